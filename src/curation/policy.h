#pragma once
#include "curation/set.h"
#include "curation/table_reader.h"

namespace assay {

// [policy] with its tables, over the defaults that are in `policy`.
void read_policy(TableReader& table, Policy& policy);

// The part of a new set file that shows every policy setting, commented out.
std::string policy_template();

}  // namespace assay
