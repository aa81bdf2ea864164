#pragma once
#include <vector>

#include "decide/decide.h"
#include "evidence/verdict.h"

namespace assay {

// Holds back whatever needs a package that is not published, directly or not, with a reason that
// names the way there. `verdicts` are those of the packages by themselves, in the evidence's order.
void take_dependants(const std::vector<PackageEvidence>& evidence, std::vector<Verdict>& verdicts);

}  // namespace assay
