#include "action/action.h"

#include <condition_variable>
#include <mutex>
#include <set>

namespace assay {

namespace {

// Length first, so that no two lists of texts run together to the same bytes.
void add(Sha256& hash, std::string_view text) {
  hash.update(std::to_string(text.size()));
  hash.update(":");
  hash.update(text);
}

void add(Sha256& hash, const std::vector<std::string>& texts) {
  hash.update(std::to_string(texts.size()));
  hash.update(";");
  for (const auto& text : texts) add(hash, text);
}

}  // namespace

Digest ActionKey::digest() const {
  Sha256 hash;
  add(hash, kind);
  add(hash, version);
  add(hash, inputs);
  add(hash, parameters);
  return hash.finish();
}

// The actions that run now, so that a second thread waits for the first one's result.
struct ActionRunner::UnderWay {
  std::mutex mutex;
  std::condition_variable ended;
  std::set<Digest> keys;

  // One thread's turn at an action. Whoever waited for it looks for its result first, and does the
  // work itself if there is none.
  class Turn {
   public:
    Turn(UnderWay& under_way, const Digest& key) : under_way_(under_way), key_(key) {
      std::unique_lock lock(under_way_.mutex);
      under_way_.ended.wait(lock, [&] { return !under_way_.keys.contains(key_); });
      under_way_.keys.insert(key_);
    }
    ~Turn() {
      {
        std::scoped_lock lock(under_way_.mutex);
        under_way_.keys.erase(key_);
      }
      under_way_.ended.notify_all();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    UnderWay& under_way_;
    const Digest key_;
  };
};

ActionRunner::ActionRunner(Store& store)
    : store_(store), under_way_(std::make_unique<UnderWay>()) {}
ActionRunner::~ActionRunner() = default;

Result<std::string> ActionRunner::run(const ActionKey& key,
                                      const std::function<Result<std::string>()>& work,
                                      bool* from_cache) {
  const Digest digest = key.digest();
  const UnderWay::Turn turn(*under_way_, digest);
  return run_alone(digest, key.kind, work, from_cache);
}

Result<std::string> ActionRunner::run_alone(const Digest& digest, const std::string& kind,
                                            const std::function<Result<std::string>()>& work,
                                            bool* from_cache) {
  if (from_cache != nullptr) *from_cache = false;
  ASSAY_TRY(const auto known, store_.catalogue.action_result(digest));
  if (known) {
    // A result that was lost or damaged is made again.
    if (auto bytes = store_.blobs.get(*known)) {
      if (from_cache != nullptr) *from_cache = true;
      return bytes;
    }
  }
  ASSAY_TRY(auto bytes, work());
  ASSAY_CHECK(keep(digest, kind, bytes));
  return bytes;
}

Result<Digest> ActionRunner::keep(const Digest& digest, const std::string& kind,
                                  std::string_view bytes) {
  ASSAY_TRY(const auto blob, store_.blobs.put(bytes));
  ASSAY_CHECK(store_.blobs.sync());  // what the result names is there before the result is
  ASSAY_CHECK(store_.catalogue.set_action_result(digest, kind, blob.digest));
  return blob.digest;
}

Result<Digest> ActionRunner::run_to_blob(const ActionKey& key,
                                         const std::function<Result<std::string>()>& work) {
  const Digest digest = key.digest();
  const UnderWay::Turn turn(*under_way_, digest);
  ASSAY_TRY(const auto known, store_.catalogue.action_result(digest));
  if (known && store_.blobs.has(*known)) return *known;
  ASSAY_TRY(const auto bytes, work());
  return keep(digest, key.kind, bytes);
}

}  // namespace assay
