#pragma once
#include <cstddef>
#include <string>

#include "pipeline/run.h"

namespace assay {

// The closing table (package, version, gates, tests, verdict, why), then every reason that holds
// something back in full, notes and the last line. `columns` 0: nothing is cut.
std::string closing_words(const RunReport& report, std::size_t columns);

}  // namespace assay
