#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "package/marker.h"
#include "package/tag.h"

namespace assay {

// A Python of this machine. It is trusted: it is asked, outside the sandbox and isolated (-I),
// about itself only.
struct Interpreter {
  std::filesystem::path executable;          // resolved
  std::vector<std::filesystem::path> roots;  // what must be seen read-only to run it, outside /usr
  std::string version;                       // "3.11"
  std::string full_version;                  // "3.11.2"
  MarkerEnvironment markers;
  TagFacts tag_facts;
  std::vector<Tag> tags;    // supported, best first
  std::string fingerprint;  // digest of what it is: part of each action's key
};

// `version` is "3.11" or "host" (python3 of the PATH). Looks at /usr/bin and /usr/local/bin first,
// then PATH, then pyenv's versions; not_found says where it looked and what is there.
Result<Interpreter> find_interpreter(const std::string& version);
// The platform this machine builds for ("linux-x86_64") and the digest of what a build or a test
// sees of it (compiler, C library, distribution, installed packages), which is part of their keys.
std::string host_platform();
std::string host_fingerprint();

}  // namespace assay
