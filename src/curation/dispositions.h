#pragma once
#include <filesystem>
#include <vector>

#include "base/result.h"
#include "evidence/disposition.h"

namespace assay {

// What people decided, beside the set: dispositions/<package>.toml, a file for each package, and
// dispositions.toml for all of a small set. [[finding]], [[plan]], [[not-affected]], [[test]],
// [[tests]], [[build]] and [[ban]] tables. Errors as in load_set. No file is no dispositions.
Result<std::vector<Disposition>> load_dispositions(const std::filesystem::path& folder);

// Adds one to dispositions/<package>.toml, behind what stands there, and returns the file's path.
Result<std::filesystem::path> add_disposition(const std::filesystem::path& folder,
                                              const Disposition& disposition);

}  // namespace assay
