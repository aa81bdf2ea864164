#pragma once
#include <set>
#include <string>

#include "base/json.h"
#include "pipeline/selection.h"
#include "pipeline/session.h"

namespace assay {

// The vetting steps that ran to their end for the package, by the names that threat models call
// them. What was not done is not among them, whatever the set's policy wants.
std::set<std::string> steps_that_ran(const Session& session, const SelectedPackage& package);
// Those that publishing performs for the release as a whole, or there is none.
std::set<std::string> release_steps(const Session& session);

// evidence/threat-model.json: for each step the packages it ran for, the practices it is evidence of
// and where that lies, or "not performed"; for each threat what answered it; and against what the
// model was reviewed.
Json threat_evidence(const Session& session, const Selection& selection);

}  // namespace assay
