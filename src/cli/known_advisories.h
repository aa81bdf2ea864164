#pragma once
#include <string>
#include <vector>

#include "advisories/advisory_database.h"
#include "base/json.h"

namespace assay {

// A vulnerability as `assay advisories` shows it, in a line or two.
std::string list_words(const KnownVulnerability& known, const Name& package);
// All that the sources say of it, for a person.
std::string show_words(const KnownVulnerability& known);
Json to_json(const KnownVulnerability& known);

// The ids of other records and the aliases, sorted.
std::vector<std::string> other_ids(const KnownVulnerability& known);

}  // namespace assay
