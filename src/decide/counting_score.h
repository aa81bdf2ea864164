#pragma once
#include <string>

#include "curation/set.h"
#include "evidence/finding.h"

namespace assay {

// How an advisory's scores stand to the policy.
struct CountingScore {
  bool scored = false;
  double score = 0;  // the one that counts, in tenths
  std::string version;  // of CVSS: "3.1"
  std::string vector;
  bool refused = false;       // above the threshold, or at it where the policy refuses that
  bool at_threshold = false;  // exactly
  // Where versions of CVSS disagree about the refusal, all of them and why this one counts: "7.5 by
  // CVSS 3.1, 6.3 by CVSS 4.0; the highest counts"; else "".
  std::string disagreement;
};

CountingScore counting_score(const Finding& finding, const Policy::Advisories& policy);

}  // namespace assay
