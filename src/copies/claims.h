#pragma once
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "action/action.h"
#include "base/result.h"
#include "copies/source_prints.h"
#include "package/name.h"
#include "package/version.h"

namespace assay {

// What a package itself says of another project's code in it. It may be wrong either way.
struct Claim {
  enum class Kind {
    manifest,  // a line such as "urllib3==1.26.17" of _vendor/vendor.txt
    metadata,  // a .dist-info or .egg-info folder beside the code
    marker,  // __version__ = "1.26.17" in vendored code; the name is its folder's, or the module's
    notice,  // a licence or notice file in a vendored folder, whose name is the project's
  } kind;
  Name name;
  std::optional<Version> version;  // never of a notice
  std::string licence;             // of metadata, "" if not stated
  std::string path;                // where it is said
  std::uint32_t line = 0;          // 0 where the file as a whole says it
  std::string folder;              // that the code would lie in, "" or ending in "/"
};

// The claims in a tree, in its files' order. What can't be read as a claim is none; files over 1
// MiB are not read. An action.
Result<std::vector<Claim>> vendor_claims(ActionRunner& actions, const Digest& tree,
                                         const RoleOf& role_of, std::stop_token stop = {});

}  // namespace assay
