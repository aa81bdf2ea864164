#pragma once
#include <string>

#include "action/action.h"
#include "base/result.h"
#include "environment/virtual_environment.h"

namespace assay {

// The same wheel under the version <version>+<local> (PEP 440, "local version identifiers"): in its
// file name, its .dist-info and .data folders, METADATA and RECORD. So whoever has it sees that it
// is not what upstream published. An action. invalid_input if the wheel can't be read.
Result<WheelFile> as_rebuilt(ActionRunner& actions, const WheelFile& wheel, const std::string& local);

}  // namespace assay
