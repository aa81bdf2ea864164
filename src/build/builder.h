#pragma once
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "action/action.h"
#include "action/sandbox.h"
#include "base/digest.h"
#include "base/result.h"
#include "environment/interpreter.h"
#include "environment/virtual_environment.h"
#include "package/name.h"
#include "package/requirement.h"

namespace assay {

// The [build-system] table (PEP 517, 518): what must be there before any hook is asked.
struct BuildSystem {
  std::vector<Requirement> requirements;  // setuptools and wheel where the tree names none
  std::string backend;
  std::vector<std::string> backend_path;  // inside the tree; invalid_input if it leaves it
};

// From pyproject.toml of the tree; the setuptools default where there is none.
Result<BuildSystem> read_build_system(const Store& store, const Digest& tree);

struct BuildRequest {
  Name name;
  std::string version;
  Digest tree;
  BuildSystem system;
  std::vector<WheelFile> toolchain;  // wheels of the requirements' closure
  SandboxLimits limits;
  std::int64_t source_date_epoch = 315532800;
};

// What a hook ended with: a value, or a failure of the package's own with its log. An Error is only
// for what is not the package's fault.
struct BuildOutcome {
  std::string failure;  // "" or one sentence: "the build used more than 3600 s of CPU time"
  std::string log;      // digest of what it printed
  double cpu_seconds = 0;
  std::vector<std::string> requirements;  // of required_for_build: get_requires_for_build_wheel
  WheelFile wheel;                        // of build_wheel
  std::string metadata;                   // of metadata_of_wheel: the text of METADATA
};

// get_requires_for_build_wheel in the sandbox; no requirements where the backend has no such hook.
Result<BuildOutcome> required_for_build(ActionRunner& actions, const Interpreter& interpreter,
                                        const BuildRequest& request, std::stop_token stop);
// The METADATA that its wheel would have, by prepare_metadata_for_build_wheel in the sandbox; by build_wheel
// where the back end has no such hook.
Result<BuildOutcome> metadata_of_wheel(ActionRunner& actions, const Interpreter& interpreter,
                                       const BuildRequest& request, std::stop_token stop);
// build_wheel in the sandbox; the wheel is checked (check_wheel) and put into the store.
Result<BuildOutcome> build_wheel(ActionRunner& actions, const Interpreter& interpreter,
                                 const BuildRequest& request, std::stop_token stop);

}  // namespace assay
