#pragma once
#include <string>

#include "check/check.h"

namespace assay {

// A finding as one JSON object without a line end, the line that `--format json` has for it.
std::string finding_line(const CheckedPath& path, const CheckedFinding& checked);

}  // namespace assay
