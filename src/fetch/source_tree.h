#pragma once
#include <string>
#include <string_view>

#include "action/action.h"
#include "base/digest.h"
#include "base/result.h"
#include "evidence/path_role.h"
#include "io/archive.h"
#include "package/name.h"
#include "package/version.h"

namespace assay {

// A source distribution unpacked safely into the store, without the one top folder that PEP 625
// prescribes. An action: the second time costs nothing. A malicious or broken archive is
// invalid_input with the member and the cause; the pipeline makes it a refused package.
Result<Digest> unpack_sdist(ActionRunner& actions, const Digest& archive,
                            std::string_view file_name, const ArchiveLimits& limits = {});

// What a path of a source distribution is for, by its name alone.
PathRole role_of(std::string_view path);

}  // namespace assay
