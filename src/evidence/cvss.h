#pragma once
#include <string_view>

#include "base/result.h"
#include "evidence/finding.h"

namespace assay {

// The base score of a CVSS v3.0 or v3.1 vector, from 0.0 to 10.0 in tenths, computed from its
// metrics (CVSS v3.1 specification, section 7.1; v3.0, section 8.1).
// invalid_input for any other version, a missing or repeated base metric, or an unknown one.
Result<double> cvss_base_score(std::string_view vector);

Severity cvss_severity(double score);  // CVSS v3.1, section 5

}  // namespace assay
