#pragma once
#include <string>
#include <vector>

#include "decide/decide.h"
#include "pipeline/selection.h"
#include "pipeline/session.h"
#include "publish/vex.h"

namespace assay {

// What the release says of each known vulnerability that touches the package: those of its version,
// with what was decided, and those that a plan to upgrade has left behind. `version` is the published
// one, which may say that the package was patched.
void add_statements(const Session& session, const SelectedPackage& package, const std::string& version,
                    const DecisionResult& decision, std::vector<VulnerabilityStatement>& statements);

}  // namespace assay
