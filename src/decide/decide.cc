#include "decide/decide.h"

#include <algorithm>

#include "decide/acceptances.h"
#include "decide/dependants.h"
#include "decide/weighing.h"

namespace assay {

namespace {

using Weight = Reason::Weight;

bool has(const std::vector<Reason>& reasons, Weight weight) {
  return std::ranges::find(reasons, weight, &Reason::weight) != reasons.end();
}

// A sure "no" stands, whatever else is not known; what is not known outweighs what waits for a
// person.
Decision decision_for(const Weighed& weighed) {
  if (has(weighed.reasons, Weight::refuse)) return Decision::refused;
  if (weighed.unfinished) return Decision::unfinished;
  return has(weighed.reasons, Weight::hold) ? Decision::held : Decision::published;
}

void sort_heaviest_first(std::vector<Reason>& reasons) {
  std::ranges::stable_sort(reasons, std::ranges::greater(), &Reason::weight);
}

}  // namespace

bool DecisionResult::all_published() const {
  return !verdicts.empty() && std::ranges::all_of(verdicts, [](const Verdict& verdict) {
    return verdict.decision == Decision::published;
  });
}

DecisionResult decide(const Policy& policy, const std::vector<Disposition>& dispositions,
                      const std::vector<PackageEvidence>& evidence, Date today,
                      const ThreatCheck& threats, const ExpectedResults& expected) {
  DecisionResult result;
  Acceptances acceptances(dispositions, today);
  std::vector<PackageVersion> packages;
  for (const auto& package : evidence) {
    packages.push_back({package.name, package.version});
    auto weighed = weigh(package, policy, acceptances);
    weigh_expected(package, expected, weighed);
    weigh_threats(package, threats, today, weighed);
    const auto decision = decision_for(weighed);
    result.verdicts.push_back(
        {package.name, package.version, decision, std::move(weighed.reasons)});
  }
  take_dependants(evidence, result.verdicts);
  for (auto& verdict : result.verdicts) sort_heaviest_first(verdict.reasons);
  result.disposition_notes = acceptances.notes(packages);
  return result;
}

std::vector<Reason> reasons_against(const Policy& policy,
                                    const std::vector<Disposition>& dispositions, const Name& name,
                                    const std::string& version, std::vector<Finding> findings,
                                    Date today) {
  PackageEvidence evidence{.name = name, .version = version};
  evidence.findings = std::move(findings);
  auto reasons = decide(policy, dispositions, {evidence}, today).verdicts.front().reasons;
  // What did not run has no subject: it was not asked for here.
  std::erase_if(reasons, [](const Reason& reason) {
    return reason.weight < Weight::hold || reason.subject.empty();
  });
  return reasons;
}

}  // namespace assay
