#pragma once
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "resolve/resolver.h"

namespace assay {

struct Changes {
  // In words: "urllib3 without its limit <2: urllib3 2.6.1 would be taken".
  std::vector<std::string> help;
  // Those of which it is not known, each with the reason.
  std::vector<std::string> untried;
};

// Where requests have no solution: the single changes of what is asked each of which gives one. A limit that
// is lifted, or a pin that becomes an upper limit; a constraint; what was left out of a project's versions;
// if none of them helps, a requirement that is not asked for. The search is bounded by what it reads, not
// by time, so that the same question has the same answer; nothing is built for it. cancelled if it was
// stopped.
Result<Changes> changes_that_help(std::span<const ResolutionRequest> requests, CandidateSource& source,
                                  std::stop_token stop);

// All of them as sentences.
std::string in_words(const Changes& changes);

}  // namespace assay
