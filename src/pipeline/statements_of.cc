#include "pipeline/statements_of.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "package/specifier.h"

namespace assay {

namespace {

using Status = VulnerabilityStatement::Status;

const AdvisoryAnswer* answer_to(const DecisionResult& decision, const SelectedPackage& package,
                                const Finding& finding) {
  const auto found = std::ranges::find_if(decision.answers, [&](const AdvisoryAnswer& answer) {
    return answer.package == package.name && answer.version == package.version.str() &&
           answer.subject == finding.fingerprint();
  });
  return found == decision.answers.end() ? nullptr : &*found;
}

// The setting that let it pass where nobody decided about it.
std::string policy_words(const DecisionResult& decision, const SelectedPackage& package,
                         const Finding& finding) {
  for (const auto& verdict : decision.verdicts) {
    if (verdict.package != package.name || verdict.version != package.version.str()) continue;
    const auto reason = std::ranges::find(verdict.reasons, finding.fingerprint(), &Reason::subject);
    if (reason != verdict.reasons.end() && !reason->policy.empty()) return "Published by " + reason->policy;
  }
  return "Published by policy.";
}

std::vector<VulnerabilityStatement::Patch> patches_of(const Session& session, const PlanState& plan) {
  std::vector<VulnerabilityStatement::Patch> patches;
  const auto own = session.patches.find(plan.package);
  if (own == session.patches.end()) return patches;
  for (const auto& patch : own->second) {
    auto file = fs::path(patch.file).filename().string();
    if (std::ranges::find(plan.evidence, file) == plan.evidence.end()) continue;
    patches.push_back({std::move(file), patch.text});
  }
  return patches;
}

void tell_decision(const Session& session, const AdvisoryAnswer& answer, VulnerabilityStatement& known) {
  known.words = "Accepted by " + answer.words;
  if (!answer.justification.empty()) {
    known.status = Status::not_affected;
    known.justification = answer.justification;
    return;
  }
  if (!answer.plan) return;
  known.plan = answer.plan->remediation;
  if (answer.plan->standing != PlanState::Standing::done) return;
  if (answer.plan->remediation == Remediation::patch) {
    known.status = Status::fixed;
    known.patches = patches_of(session, *answer.plan);
  } else {  // the vulnerable files are in no wheel
    known.status = Status::not_affected;
    known.justification = "vulnerable_code_not_present";
  }
}

VulnerabilityStatement statement_of(const Session& session, const SelectedPackage& package,
                                    const std::string& version, const Finding& finding,
                                    const DecisionResult& decision) {
  VulnerabilityStatement known{.package = package.name,
                               .version = version,
                               .id = finding.rule,
                               .aliases = finding.aliases,
                               .words = {},
                               .scores = finding.scores,
                               .cwe = finding.cwe,
                               .description = finding.message,
                               .fixed_in = finding.fixed_in};
  if (const auto* answer = answer_to(decision, package, finding)) {
    tell_decision(session, *answer, known);
  } else {
    known.words = policy_words(decision, package, finding);
    // What has no score and no decision nobody has judged.
    if (finding.score < 0) known.status = Status::under_investigation;
  }
  return known;
}

bool is_reached(const PlanState& plan, const Version& version) {
  return plan.standing == PlanState::Standing::unmatched && plan.remediation == Remediation::upgrade &&
         std::ranges::any_of(plan.evidence, [&](const std::string& one) {
           const auto versions = SpecifierSet::parse(one);
           return versions && versions->contains(version, true);
         });
}

}  // namespace

void add_statements(const Session& session, const SelectedPackage& package, const std::string& version,
                    const DecisionResult& decision, std::vector<VulnerabilityStatement>& statements) {
  // Copies of one project in several folders have the same vulnerability; it is told once.
  std::set<std::string> told;
  for (const auto& finding : package.findings) {
    if (finding.gate != "advisories" || !told.insert(finding.rule).second) continue;
    statements.push_back(statement_of(session, package, version, finding, decision));
  }
  for (const auto& plan : decision.plans) {
    // A plan by a fingerprint alone does not say which vulnerability it was for.
    if (plan.package != package.name || !is_reached(plan, package.version) ||
        plan.finding.find('-') == std::string::npos || plan.finding.contains('/') || !told.insert(plan.finding).second) {
      continue;
    }
    statements.push_back({.package = package.name,
                          .version = version,
                          .id = plan.finding,
                          .aliases = {},
                          .status = Status::fixed,
                          .words = fmt::format("Fixed by upstream: the plan was to take {}.",
                                               join(plan.evidence, ", "))});
  }
}

}  // namespace assay
