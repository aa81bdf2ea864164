#pragma once
#include <filesystem>

#include "base/result.h"
#include "store/blob_store.h"
#include "store/catalogue.h"

namespace assay {

// The blobs and their catalogue: $ASSAY_STORE, else $XDG_CACHE_HOME/assay, else ~/.cache/assay.
struct Store {
  BlobStore blobs;
  Catalogue catalogue;

  static Result<Store> open(const std::filesystem::path& root);
};

std::filesystem::path default_store_path();
// The store that a command was given, "" for the default.
Result<Store> open_store(const std::filesystem::path& given);

}  // namespace assay
