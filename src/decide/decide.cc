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
  Acceptances acceptances(dispositions, policy, today);
  std::vector<Weighed> all;
  for (const auto& package : evidence) {
    auto& weighed = all.emplace_back(weigh(package, policy, acceptances));
    weigh_expected(package, expected, weighed);
    weigh_threats(package, threats, today, weighed);
    std::ranges::move(weighed.answers, std::back_inserter(result.answers));
  }
  result.plans = acceptances.plans(evidence);
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    weigh_unmatched(evidence[i], result.plans, policy, all[i]);
    const auto decision = decision_for(all[i]);
    result.verdicts.push_back(
        {evidence[i].name, evidence[i].version, decision, std::move(all[i].reasons)});
  }
  take_dependants(evidence, result.verdicts);
  for (auto& verdict : result.verdicts) sort_heaviest_first(verdict.reasons);
  result.disposition_notes = acceptances.notes(evidence);
  return result;
}

std::vector<Reason> reasons_against(const Policy& policy,
                                    const std::vector<Disposition>& dispositions, const Name& name,
                                    const std::string& version, std::vector<Finding> findings,
                                    Date today) {
  PackageEvidence evidence{.name = name, .version = version};
  evidence.findings = std::move(findings);
  return reasons_against(policy, dispositions, evidence, today);
}

std::vector<Reason> reasons_against(const Policy& policy,
                                    const std::vector<Disposition>& dispositions,
                                    const PackageEvidence& evidence, Date today) {
  auto reasons = decide(policy, dispositions, {evidence}, today).verdicts.front().reasons;
  // What did not run has no subject: it was not asked for here.
  std::erase_if(reasons, [](const Reason& reason) {
    return reason.weight < Weight::hold || reason.subject.empty();
  });
  return reasons;
}

}  // namespace assay
