#pragma once
#include <string>
#include <vector>

#include "curation/set.h"
#include "decide/acceptances.h"
#include "decide/decide.h"
#include "evidence/verdict.h"

namespace assay {

// What one package's evidence weighs by itself, its dependencies aside.
struct Weighed {
  std::vector<Reason> reasons;
  bool unfinished = false;  // something did not run to its end
  std::vector<AdvisoryAnswer> answers;
};

// Findings, gates, builds and tests of one package, by policy and dispositions.
Weighed weigh(const PackageEvidence& evidence, const Policy& policy, Acceptances& acceptances);

// The parts of weigh().
void weigh_findings(const PackageEvidence& evidence, const Policy& policy, Acceptances& acceptances,
                    Weighed& weighed);
void weigh_builds(const PackageEvidence& evidence, Acceptances& acceptances, Weighed& weighed);
void weigh_tests(const PackageEvidence& evidence, const Policy& policy, Acceptances& acceptances,
                 Weighed& weighed);

// Its attack surfaces, by the threat model: each is answered by a step that ran for the package, or
// accepted, or it holds; so does what is new since the model was reviewed.
void weigh_threats(const PackageEvidence& evidence, const ThreatCheck& threats, Date today,
                   Weighed& weighed);

// Test results against those that a person adopted: a new failure, a vanished test and an unexpected
// pass hold, whatever was accepted of single tests.
void weigh_expected(const PackageEvidence& evidence, const ExpectedResults& expected,
                    Weighed& weighed);

// Plans for the package that nothing fits, where the policy holds it for them.
void weigh_unmatched(const PackageEvidence& evidence, const std::vector<PlanState>& plans,
                     const Policy& policy, Weighed& weighed);

// Text from a package, fit for one sentence: nothing that steers a terminal, and not too long.
std::string quoted_text(std::string_view text);

// The reason as it stands if nobody accepted it; else accepted, and by whom.
Reason unless_accepted(Reason reason, const Acceptance& acceptance);

}  // namespace assay
