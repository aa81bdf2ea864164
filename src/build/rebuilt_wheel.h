#pragma once
#include "action/action.h"
#include "base/result.h"
#include "environment/virtual_environment.h"
#include "package/version.h"

namespace assay {

// The same wheel under another version: in its file name, its .dist-info and .data folders, METADATA
// and RECORD. So whoever has it sees that it is not what upstream published. An action.
// invalid_input if the wheel can't be read.
Result<WheelFile> as_rebuilt(ActionRunner& actions, const WheelFile& wheel, const Version& version);

}  // namespace assay
