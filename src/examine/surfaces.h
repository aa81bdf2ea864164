#pragma once
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "action/action.h"
#include "base/result.h"
#include "evidence/path_role.h"
#include "evidence/surface.h"

namespace assay {

// The attack surfaces of a source tree: of its code that ships and of what runs when it is built.
// An action. A file too large to be read as Python (1 MiB) counts as dynamic code: what was not
// read is not clean.
Result<std::vector<Surface>> source_surfaces(
    ActionRunner& actions, const Digest& tree,
    const std::function<PathRole(std::string_view)>& role_of, std::stop_token stop = {});

// Those that show in a wheel: by its paths, as RECORD has them, and the text of entry_points.txt.
std::vector<Surface> wheel_surfaces(const std::vector<std::string>& paths,
                                    std::string_view entry_points);

// Both lists as one, sorted by kind.
std::vector<Surface> merged(std::vector<Surface> surfaces, const std::vector<Surface>& more);

}  // namespace assay
