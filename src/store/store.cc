#include "store/store.h"

#include <cstdlib>

namespace assay {

Result<Store> Store::open(const std::filesystem::path& root) {
  ASSAY_TRY(auto blobs, BlobStore::open(root));
  ASSAY_TRY(auto catalogue, Catalogue::open(blobs));
  return Store{std::move(blobs), std::move(catalogue)};
}

std::filesystem::path default_store_path() {
  const auto variable = [](const char* name) -> std::filesystem::path {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  if (const auto store = variable("ASSAY_STORE"); !store.empty()) return store;
  if (const auto cache = variable("XDG_CACHE_HOME"); !cache.empty()) return cache / "assay";
  if (const auto home = variable("HOME"); !home.empty()) return home / ".cache" / "assay";
  return ".assay";
}

}  // namespace assay
