#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "action/sandbox.h"
#include "base/result.h"

namespace assay {

// A platform that packages are built and tested for: this machine's own, or one of another processor
// whose programs an emulator runs.
struct Target {
  std::string platform;                 // "linux-s390x"
  std::optional<ForeignSystem> system;  // nothing: this machine's own
  // Digest of what a build or a test sees of it (compiler, C library, distribution, installed
  // packages, emulator): part of their keys.
  std::string fingerprint;

  // Where its files are seen from outside the sandbox.
  std::filesystem::path root() const { return system ? system->root : "/"; }
};

// "host", this machine's platform by its name, or one whose system `scripts/target` installed.
// not_found with what must be done if there is none, invalid_input where no emulator is known for it.
Result<Target> find_target(const std::string& name);

// The platform this machine is ("linux-x86_64"), and its Target::fingerprint.
std::string host_platform();
std::string host_fingerprint();

}  // namespace assay
