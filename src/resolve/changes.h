#pragma once
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "resolve/resolver.h"

namespace assay {

// Where requests have no solution: the single changes of what is asked each of which gives one, in words
// ("urllib3 without its limit <2: urllib3 2.6.1 would be taken"). A limit that is lifted, a constraint, what
// was left out of a project's versions; if none of them helps, a requirement that is not asked for. A few
// are tried. cancelled, or the source's errors, if it was stopped.
Result<std::vector<std::string>> changes_that_help(std::span<const ResolutionRequest> requests,
                                                   CandidateSource& source, std::stop_token stop);

}  // namespace assay
