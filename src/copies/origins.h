#pragma once
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "action/action.h"
#include "base/result.h"
#include "evidence/path_role.h"
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

// Origins are kept in the store: origins/<name>-<version>.json.
Result<std::vector<Origin>> load_origins(const Store& store);
Result<> save_origin(const Store& store, const Origin& origin);

// What the metadata in a source tree's PKG-INFO says of its licence; "" if nothing.
std::string licence_of(const Store& store, const Digest& tree);

// A Python file by what it does: the digest of its tokens, without comments, strings' content, white
// space and import statements, which are what copying changes.
struct NormalFile {
  std::string path;
  Digest digest;
};

// The Python files of a tree that ship and have at least 60 tokens; smaller ones are alike by chance,
// and so are set-up files and tests. An action.
Result<std::vector<NormalFile>> normal_files(
    ActionRunner& actions, const Digest& tree,
    const std::function<PathRole(std::string_view)>& role_of, std::stop_token stop = {});

// Files of another project in a tree.
struct Copy {
  Name origin;
  std::vector<Version> versions;   // that fit best, oldest first: more than one if they are alike there
  std::string licence;
  std::string folder;              // that all of the copies lie in
  std::vector<std::string> paths;
  std::size_t of = 0;              // how many files the origin has
};

// Copies of what the origins have, but of the package itself: at least three files, or a third of the
// origin's. What was changed beyond names of imports is not recognised.
std::vector<Copy> find_copies(const Name& self, const std::vector<NormalFile>& files,
                              const std::vector<std::pair<Origin, std::vector<NormalFile>>>& origins);

}  // namespace assay
