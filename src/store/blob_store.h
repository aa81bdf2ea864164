#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "io/descriptor.h"

namespace assay {

struct Blob {
  Digest digest;
  std::uint64_t size = 0;
  auto operator<=>(const Blob&) const = default;
};

// Bytes by their SHA-256, as files under <root>/blobs/<2 digits>/<62 digits>, read-only. A blob is
// there whole or not at all; adding what is there does nothing. After a power cut, one that was not
// synced may be damaged: get() finds that. Many threads and processes may use one store.
class BlobStore {
 public:
  // What ended runs left in temporary() goes, unless another run is using the store.
  static Result<BlobStore> open(std::filesystem::path root);

  Result<Blob> put(std::string_view bytes);
  // A copy of the file, hashed on the way; `move` removes the file itself once the blob stands.
  Result<Blob> put_file(const std::filesystem::path& file, bool move);
  // not_found if it is missing; io if its bytes no longer have this digest (it is then removed).
  Result<std::string> get(const Digest& digest) const;
  // Every blob put so far is on the disk. One call for many blobs: whoever records that they are
  // there (an action's result) calls it before.
  Result<> sync() const;
  bool has(const Digest& digest) const;
  std::filesystem::path path_of(const Digest& digest) const;  // for reading in place
  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path temporary() const { return root_ / "tmp"; }  // same file system
  // Downloads that were cut off, by the digest they are meant to have.
  std::filesystem::path partial(const Digest& expected) const;

 private:
  explicit BlobStore(std::filesystem::path root) : root_(std::move(root)) {}
  Result<> enter();

  std::filesystem::path root_;
  std::shared_ptr<const Descriptor> in_use_;  // locked by every process that uses the store
};

}  // namespace assay
