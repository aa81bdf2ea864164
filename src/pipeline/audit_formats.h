#pragma once
#include <string>
#include <vector>

#include "base/json.h"
#include "pipeline/audit.h"
#include "publish/vex.h"

// What an audit comes to, for programs.
namespace assay {

// docs/reference/audit-json.md tells its members.
Json to_json(const AuditReport& report);
// SARIF 2.1.0: a rule for each vulnerability, a result for each place that names an affected package.
std::string audit_sarif(const AuditReport& report);
// What open_vex() and cyclonedx_vex() write. Of a copy, the package that carries it is affected.
std::vector<VulnerabilityStatement> statements_of(const AuditReport& report);
// What they are about: the paths that were given.
std::string subject_of(const AuditReport& report);

}  // namespace assay
