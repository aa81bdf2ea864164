#pragma once
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "action/action.h"
#include "action/sandbox.h"
#include "base/result.h"
#include "environment/interpreter.h"
#include "environment/virtual_environment.h"

namespace assay {

// Imports each module in the sandbox, in an environment of these wheels, one process for all of
// them, and tells which can't be imported and why. A module that ends the process takes those after
// it with it. An action.
Result<std::map<std::string, std::string>> import_failures(
    ActionRunner& actions, const Interpreter& interpreter, const std::vector<WheelFile>& wheels,
    const std::vector<std::string>& modules, const SandboxLimits& limits, std::stop_token stop);

}  // namespace assay
