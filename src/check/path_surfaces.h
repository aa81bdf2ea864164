#pragma once
#include <filesystem>
#include <stop_token>

#include "base/result.h"
#include "evidence/capability.h"
#include "check/project_roles.h"

namespace assay {

// What the code of a folder, a source distribution, a wheel or a single file can do. Links are not
// followed; what can't be read counts as `unread`. Everything in a wheel ships. Errors: a path that
// is not there, an archive that is refused.
Result<PackageSurfaces> surfaces_of_path(const std::filesystem::path& path,
                                         const RoleTeller& teller,
                                         std::stop_token stop = {});

}  // namespace assay
