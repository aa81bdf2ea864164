#pragma once
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "action/action.h"
#include "base/result.h"
#include "copies/fingerprints.h"
#include "evidence/path_role.h"

namespace assay {

// A Python file of a tree.
struct FilePrint {
  std::string path;
  PathRole role;
  Digest content;  // of its bytes
  CodePrint code;
};

struct SourcePrints {
  std::vector<FilePrint> files;        // by path
  std::vector<std::string> too_large;  // Python files over 16 MiB, which are not looked at
};

using RoleOf = std::function<PathRole(std::string_view)>;

// The Python files of a tree that are installed, without what only builds it. An action.
Result<SourcePrints> source_prints(ActionRunner& actions, const Digest& tree, const RoleOf& role_of,
                                   std::stop_token stop = {});

}  // namespace assay
