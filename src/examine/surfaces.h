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

struct WheelContent {
  Digest wheel;
  Digest tree;  // the source it was built from
};
// Those that a wheel adds to its source: entry points, compiled files and the shared libraries of the
// machine that they need, and whatever Python or .pth files are not among those that ship in the
// source, which the build made. An action. What can't be read counts: it is not clean.
Result<std::vector<Surface>> wheel_surfaces(
    ActionRunner& actions, const WheelContent& wheel,
    const std::function<PathRole(std::string_view)>& role_of);

// Both lists as one, sorted by kind.
std::vector<Surface> merged(std::vector<Surface> surfaces, const std::vector<Surface>& more);

}  // namespace assay
