#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "curation/expected_tests.h"
#include "curation/set.h"
#include "curation/threat_model.h"
#include "evidence/disposition.h"
#include "evidence/finding.h"
#include "evidence/plan_state.h"
#include "evidence/test_report.h"
#include "evidence/verdict.h"
#include "package/name.h"

namespace assay {

// All that is known of one package of the set when the run comes to decide.
struct PackageEvidence {
  Name name;
  std::string version;
  std::vector<Finding> findings;       // of every gate
  std::vector<std::string> gates_run;  // "advisories", "weaknesses", "secrets": what ran to its end
  struct Build {
    std::string python;
    std::string failure;  // "" if there is a wheel
  };
  std::vector<Build> builds;
  struct Tests {
    std::string python;
    TestReport report;
    // The interpreter of this machine whose results are put beside those of another platform's; ""
    // for this machine's own.
    std::string counterpart = "";
  };
  std::vector<Tests> tests;
  std::vector<Surface> surfaces;
  std::set<std::string> steps;     // vetting steps that ran for it
  std::string refusal;             // not "": a malicious archive, a bad wheel …
  std::string error;               // not "": an Error on the way, in words
  std::vector<Name> dependencies;  // in the set
  std::vector<std::string> patches;  // files of the set's patches that are applied to its source
  // Only where a plan to strip asks for them.
  struct Files {
    std::set<std::string> source;
    std::set<std::string> wheels;  // all of its wheels', by their RECORD
  };
  std::optional<Files> files;
  bool proof_to_come = false;  // wheels and tests are made later in this run
  std::vector<std::string> targets = {};  // platforms that the set is for
  // Where the gate "advisories" did not run to its end: which sources could not be asked, with why.
  std::string advisories_not_known = "";
};

// What a person's decision about an advisory comes to, where it counts.
struct AdvisoryAnswer {
  Name package;
  std::string version;
  std::string subject;        // the finding's fingerprint
  std::string justification;  // OpenVEX's word for why it is not affected; "" if it is
  std::string words;          // "reviewer, until date: reason"
  std::optional<PlanState> plan;
};

struct DecisionResult {
  std::vector<Verdict> verdicts;               // in the order of the evidence
  std::vector<std::string> disposition_notes;  // expired, stale and unused ones, each in a sentence
  std::vector<PlanState> plans;                // every plan, once for each finding that it is for
  std::vector<AdvisoryAnswer> answers;
  bool all_published() const;
};

// What the set's threat model says, and when somebody looked at it last.
struct ThreatCheck {
  bool wanted = false;  // false: surfaces are not weighed
  const ThreatModel* model = nullptr;
  const ThreatReview* review = nullptr;
  std::set<std::string> release_steps = {};  // that publishing will perform, or fail
};

// Weighs evidence by policy and dispositions. A gate that did not run to its end is unfinished,
// never passed. A package that is not published takes its dependants with it.
DecisionResult decide(const Policy& policy, const std::vector<Disposition>& dispositions,
                      const std::vector<PackageEvidence>& evidence, Date today,
                      const ThreatCheck& threats = {},
                      const ExpectedResults& expected = {});

// What stands against a package for these findings alone, heaviest first: for where there is nothing
// else to go by, since it is not selected yet, is published already, or is a commit.
std::vector<Reason> reasons_against(const Policy& policy,
                                    const std::vector<Disposition>& dispositions, const Name& name,
                                    const std::string& version, std::vector<Finding> findings,
                                    Date today);
// The same with more that is known of the package.
std::vector<Reason> reasons_against(const Policy& policy,
                                    const std::vector<Disposition>& dispositions,
                                    const PackageEvidence& evidence, Date today);

}  // namespace assay
