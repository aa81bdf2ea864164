#pragma once
#include <filesystem>

#include "base/json.h"
#include "base/result.h"
#include "pipeline/run.h"

namespace assay {

// What the last run of a set came to, published or not: DIR/releases/.last-run.json, for commands
// that explain it. It is a copy of what `assay run --json` prints.
Result<> keep_last_run(const std::filesystem::path& set_folder, const RunReport& report);
// not_found, with what to do, if the set was never run.
Result<Json> read_last_run(const std::filesystem::path& set_folder);

}  // namespace assay
