#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "store/blob_store.h"

namespace assay {

// What was fetched from a URL, and how to ask whether it is still so.
struct CachedPage {
  Digest body;
  std::string etag;
  std::string last_modified;
  std::string content_type;
  std::string url;  // after redirects
  Time fetched{};   // when it was last fetched or found unchanged
  bool absent = false;  // the server knows no such page (404); `body` is then empty
};

// The SQLite database beside the blobs. It only says which blob answers which question; each
// answer is also a small file under <root>/actions/ or <root>/pages/, so that a lost or damaged
// database is rebuilt from them, whenever that shows. Many threads and processes may use it.
class Catalogue {
 public:
  static Result<Catalogue> open(const BlobStore& store);
  ~Catalogue();
  Catalogue(Catalogue&&) noexcept;
  Catalogue& operator=(Catalogue&&) noexcept;

  Result<std::optional<Digest>> action_result(const Digest& key);
  Result<> set_action_result(const Digest& key, std::string_view kind, const Digest& result);

  Result<std::optional<CachedPage>> page(std::string_view url);
  Result<> set_page(std::string_view url, const CachedPage& page);

 private:
  struct State;
  explicit Catalogue(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace assay
