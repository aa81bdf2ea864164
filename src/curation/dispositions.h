#pragma once
#include <filesystem>
#include <vector>

#include "base/result.h"
#include "evidence/disposition.h"

namespace assay {

// dispositions.toml beside the set: [[finding]], [[test]], [[tests]] and [[build]] tables. Errors
// as in load_set. A missing file is no dispositions.
Result<std::vector<Disposition>> load_dispositions(const std::filesystem::path& folder);

}  // namespace assay
