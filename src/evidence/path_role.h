#pragma once
#include <string_view>

#include "base/result.h"

namespace assay {

// What a file of a source tree is for. It weighs a finding; it never hides one.
enum class PathRole { shipped, test, docs, example, vendored, generated, build };

std::string_view to_string(PathRole role);
Result<PathRole> parse_path_role(std::string_view text);

}  // namespace assay
