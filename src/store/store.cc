#include "store/store.h"

#include "base/variable.h"

namespace assay {

Result<Store> Store::open(const std::filesystem::path& root) {
  ASSAY_TRY(auto blobs, BlobStore::open(root));
  ASSAY_TRY(auto catalogue, Catalogue::open(blobs));
  return Store{std::move(blobs), std::move(catalogue)};
}

std::filesystem::path default_store_path() {
  const std::filesystem::path store = variable("ASSAY_STORE");
  if (!store.empty()) return store;
  const std::filesystem::path cache = variable("XDG_CACHE_HOME");
  if (!cache.empty()) return cache / "assay";
  const std::filesystem::path home = variable("HOME");
  if (!home.empty()) return home / ".cache" / "assay";
  return ".assay";
}

Result<Store> open_store(const std::filesystem::path& given) {
  return Store::open(given.empty() ? default_store_path() : given);
}

}  // namespace assay
