#pragma once
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "action/action.h"
#include "base/result.h"
#include "evidence/path_role.h"
#include "evidence/capability.h"

namespace assay {

// The attack surfaces of a source tree, as SurfaceReader finds them. An action.
Result<PackageSurfaces> source_surfaces(
    ActionRunner& actions, const Digest& tree,
    const std::function<PathRole(std::string_view)>& role_of, std::stop_token stop = {});

struct WheelContent {
  Digest wheel;
  Digest tree;  // the source it was built from
};
// Those that a wheel adds to its source: entry points, compiled files and the shared libraries of the
// machine that they need, and whatever Python or .pth files are not among those that ship in the
// source, which the build made. An action. What can't be read counts: it is not clean.
Result<PackageSurfaces> wheel_surfaces(
    ActionRunner& actions, const WheelContent& wheel,
    const std::function<PathRole(std::string_view)>& role_of);

// Both as one.
PackageSurfaces merged(PackageSurfaces surfaces, const PackageSurfaces& more);

}  // namespace assay
