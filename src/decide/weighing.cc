#include "decide/weighing.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace assay {

namespace {

constexpr std::string_view required_gates[] = {"advisories", "weaknesses", "secrets"};

void note_missing_gates(const PackageEvidence& evidence, Weighed& weighed) {
  for (const auto gate : required_gates) {
    if (std::ranges::find(evidence.gates_run, gate) != evidence.gates_run.end()) continue;
    weighed.unfinished = true;
    auto text = fmt::format("The {} gate did not run to its end.", gate);
    if (gate == "advisories" && !evidence.advisories_not_known.empty()) {
      text = fmt::format("What is known against it is not all known: {}.", quoted_text(evidence.advisories_not_known));
    }
    weighed.reasons.push_back({Reason::Weight::hold, std::string(gate), std::move(text), "", "", ""});
  }
}

void note_refusal_and_error(const PackageEvidence& evidence, Weighed& weighed) {
  if (!evidence.refusal.empty()) {
    weighed.reasons.push_back(
        {Reason::Weight::refuse, "package",
         fmt::format("The package is refused: {}.", quoted_text(evidence.refusal)), "", "", ""});
  }
  if (!evidence.error.empty()) {
    weighed.unfinished = true;
    weighed.reasons.push_back(
        {Reason::Weight::hold, "package",
         fmt::format("It could not be finished: {}.", quoted_text(evidence.error)), "", "", ""});
  }
}

}  // namespace

std::string quoted_text(std::string_view text) {
  constexpr std::size_t longest = 400;  // bytes
  std::string shown = shortened(printable(trim(text)), longest);
  while (shown.ends_with('.')) shown.pop_back();
  return shown;
}

Reason unless_accepted(Reason reason, const Acceptance& acceptance) {
  if (acceptance.accepted) {
    reason.weight = Reason::Weight::accepted;
    reason.accepted_by = acceptance.accepted_by;
  } else if (!acceptance.lapsed.empty()) {
    reason.text += " " + acceptance.lapsed;
  }
  return reason;
}

void weigh_unmatched(const PackageEvidence& evidence, const std::vector<PlanState>& plans,
                     const Policy& policy, Weighed& weighed) {
  if (policy.plans.unmatched != "hold" || evidence.proof_to_come) return;
  for (const auto& plan : plans) {
    if (plan.standing != PlanState::Standing::unmatched || plan.package != evidence.name ||
        plan.version != evidence.version) {
      continue;
    }
    weighed.reasons.push_back({Reason::Weight::hold, "plans",
                               fmt::format("The plan for {} at {} {}.", quoted_text(plan.finding),
                                           quoted_text(plan.place), plan.why),
                               policy_line(policy, "policy.plans.unmatched"), "", ""});
  }
}

Weighed weigh(const PackageEvidence& evidence, const Policy& policy, Acceptances& acceptances) {
  Weighed weighed;
  note_refusal_and_error(evidence, weighed);
  weigh_findings(evidence, policy, acceptances, weighed);
  note_missing_gates(evidence, weighed);
  weigh_builds(evidence, acceptances, weighed);
  weigh_tests(evidence, policy, acceptances, weighed);
  return weighed;
}

}  // namespace assay
