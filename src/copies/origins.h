#pragma once
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "package/name.h"
#include "package/version.h"
#include "store/store.h"

namespace assay {

// A release whose files are known, so that copies of them are recognised elsewhere.
struct Origin {
  Name name;
  Version version;
  std::string licence;  // as its metadata states it, "" if it does not
  Digest tree;          // its source
};

// Origins are kept in the store: origins/<name>-<version>.json. By name, then version.
Result<std::vector<Origin>> load_origins(const Store& store);
Result<> save_origin(const Store& store, const Origin& origin);
// not_found if it is not known.
Result<> remove_origin(const Store& store, const Name& name, const Version& version);

// What the metadata in a source tree's PKG-INFO says of its licence; "" if nothing.
std::string licence_of(const Store& store, const Digest& tree);

}  // namespace assay
