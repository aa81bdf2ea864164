#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "action/action.h"
#include "base/result.h"
#include "environment/target.h"
#include "package/marker.h"
#include "package/tag.h"

namespace assay {

// A Python of this machine, or of a system that an emulator runs. It is trusted: it is asked,
// isolated (-I), about itself only.
struct Interpreter {
  Target target;
  std::filesystem::path executable;          // resolved
  std::vector<std::filesystem::path> roots;  // what must be seen read-only to run it, outside /usr
  std::string version;                       // "3.11"
  std::string full_version;                  // "3.11.2"
  MarkerEnvironment markers;
  TagFacts tag_facts;
  std::vector<Tag> tags;    // supported, best first
  std::string fingerprint;  // digest of what it is: part of each action's key

  // By which a set's builds and tests are told apart: "3.11", or "3.11-linux-s390x" if it is not
  // this machine's own.
  std::string id() const { return target.system ? version + "-" + target.platform : version; }
};

// `version` is "3.11" or "host" (python3 of the PATH). Looks at /usr/bin and /usr/local/bin first,
// then PATH, then pyenv's versions; not_found says where it looked and what is there.
Result<Interpreter> find_interpreter(const std::string& version);
// The same of a target; "host" is its python3. What a foreign one says of itself is an action.
Result<Interpreter> find_interpreter(const std::string& version, const Target& target,
                                     ActionRunner& actions, std::stop_token stop);

}  // namespace assay
