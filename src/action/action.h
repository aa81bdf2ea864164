#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "store/store.h"

namespace assay {

// The name of a unit of work: its kind, the version of the code or rules that do it, its
// parameters, and the digests of everything it reads. Equal names have equal results.
struct ActionKey {
  std::string kind;                     // "build", "examine", …
  std::string version;                  // raised when the code that does it changes its answers
  std::vector<std::string> inputs;      // digests in hex, in a fixed order
  std::vector<std::string> parameters;  // whatever else decides the result, in a fixed order

  Digest digest() const;
};

// Runs an action once: a result that the store has is returned, otherwise `work` is called and what
// it returns is kept. Errors are not kept, so that they are tried again; a bad package is a result.
// Two threads that ask for the same action at once cause one run of it.
class ActionRunner {
 public:
  explicit ActionRunner(Store& store);
  ~ActionRunner();

  // The result is whatever bytes `work` makes, by custom one JSON document.
  Result<std::string> run(const ActionKey& key, const std::function<Result<std::string>()>& work,
                          bool* from_cache = nullptr);
  // The same for a result that is read in place: the digest of the blob that the store then has.
  Result<Digest> run_to_blob(const ActionKey& key, const std::function<Result<std::string>()>& work);
  Store& store() { return store_; }

 private:
  struct UnderWay;
  Result<std::string> run_alone(const Digest& digest, const std::string& kind,
                                const std::function<Result<std::string>()>& work, bool* from_cache);

  Result<Digest> keep(const Digest& digest, const std::string& kind, std::string_view bytes);

  Store& store_;
  std::unique_ptr<UnderWay> under_way_;
};

}  // namespace assay
