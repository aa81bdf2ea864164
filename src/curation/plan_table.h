#pragma once
#include <string>
#include <vector>

#include "curation/table_reader.h"
#include "evidence/disposition.h"

namespace assay {

// The members of [[plan]] that no other table has: decision, owner, evidence, score.
void read_plan(TableReader& table, Disposition::Plan& plan);
// The same as they are written, a line each.
std::string plan_text(const Disposition::Plan& plan);

// The platforms that [[not-affected]] is reasoned for: "targets".
std::vector<std::string> read_targets(TableReader& table);

// An array of strings as it is written.
std::string toml_list(const std::vector<std::string>& texts);

// Whether a plan's evidence is a file of patches/; else it is a test.
bool is_patch_file(std::string_view evidence);

}  // namespace assay
