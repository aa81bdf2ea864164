#include "pipeline/statements_of.h"

#include <filesystem>

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "package/specifier.h"
#include "package/version.h"

namespace assay {

namespace {

using Status = VulnerabilityStatement::Status;

const AdvisoryAnswer* answer_to(const DecisionResult& decision, const StatedPackage& package,
                                const Finding& finding) {
  const auto found = std::ranges::find_if(decision.answers, [&](const AdvisoryAnswer& answer) {
    return answer.package == package.name && answer.version == package.version &&
           answer.subject == finding.fingerprint();
  });
  return found == decision.answers.end() ? nullptr : &*found;
}

const Reason* reason_for(const DecisionResult& decision, const StatedPackage& package,
                         const Finding& finding) {
  for (const auto& verdict : decision.verdicts) {
    if (verdict.package != package.name || verdict.version != package.version) continue;
    const auto reason = std::ranges::find(verdict.reasons, finding.fingerprint(), &Reason::subject);
    if (reason != verdict.reasons.end()) return &*reason;
  }
  return nullptr;
}

// Where nobody decided about it: by policy it passed, waits for a decision, or would not be published.
void tell_policy(const Reason* reason, bool scored, VulnerabilityStatement& known) {
  const auto policy = reason == nullptr || reason->policy.empty() ? "policy" : reason->policy;
  const auto weight = reason == nullptr ? Reason::Weight::info : reason->weight;
  if (weight == Reason::Weight::refuse) {
    known.words = fmt::format("Refused by {}: another version is needed.", policy);
  } else if (weight == Reason::Weight::hold) {
    known.status = Status::under_investigation;
    known.words = fmt::format("Waits for a decision by {}.", policy);
  } else {
    known.words = "Published by " + policy;
    if (!scored) known.status = Status::under_investigation;  // nobody has judged it
  }
}

using Patches = std::map<Name, std::vector<Patch>>;

std::vector<VulnerabilityStatement::Patch> patches_of(const Patches& all, const PlanState& plan) {
  std::vector<VulnerabilityStatement::Patch> patches;
  const auto own = all.find(plan.package);
  if (own == all.end()) return patches;
  for (const auto& patch : own->second) {
    auto file = std::filesystem::path(patch.file).filename().string();
    if (std::ranges::find(plan.evidence, file) == plan.evidence.end()) continue;
    patches.push_back({std::move(file), patch.text});
  }
  return patches;
}

void tell_decision(const Patches& patches, const AdvisoryAnswer& answer, VulnerabilityStatement& known) {
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
    known.patches = patches_of(patches, *answer.plan);
  } else {  // the vulnerable files are in no wheel
    known.status = Status::not_affected;
    known.justification = "vulnerable_code_not_present";
  }
}

bool is_reached(const PlanState& plan, const std::string& text) {
  const auto version = Version::parse(text);
  return version && plan.standing == PlanState::Standing::unmatched && plan.remediation == Remediation::upgrade &&
         std::ranges::any_of(plan.evidence, [&](const std::string& one) {
           const auto versions = SpecifierSet::parse(one);
           return versions && versions->contains(*version, true);
         });
}

}  // namespace

VulnerabilityStatement statement_of(const Name& package, const std::string& published, const Finding& finding,
                                    const AdvisoryAnswer* answer, const Patches& patches) {
  VulnerabilityStatement known{.package = package,
                               .version = published,
                               .id = finding.rule,
                               .aliases = finding.aliases,
                               .words = {},
                               .scores = finding.scores,
                               .cwe = finding.cwe,
                               .description = finding.message,
                               .fixed_in = finding.fixed_in};
  if (answer != nullptr) tell_decision(patches, *answer, known);
  return known;
}

void add_statements(const StatedPackage& package, const Patches& patches,
                    const DecisionResult& decision, std::vector<VulnerabilityStatement>& statements) {
  // Copies of one project in several folders have the same vulnerability; it is told once.
  std::set<std::string> told;
  for (const auto& finding : package.findings) {
    if (finding.gate != "advisories" || !told.insert(finding.rule).second) continue;
    const auto* answer = answer_to(decision, package, finding);
    auto& known = statements.emplace_back(statement_of(package.name, package.published, finding, answer, patches));
    if (answer == nullptr) tell_policy(reason_for(decision, package, finding), finding.score >= 0, known);
  }
  for (const auto& plan : decision.plans) {
    // A plan by a fingerprint alone does not say which vulnerability it was for.
    if (plan.package != package.name || !is_reached(plan, package.version) ||
        plan.finding.find('-') == std::string::npos || plan.finding.contains('/') || !told.insert(plan.finding).second) {
      continue;
    }
    statements.push_back({.package = package.name,
                          .version = package.published,
                          .id = plan.finding,
                          .aliases = {},
                          .status = Status::fixed,
                          .words = fmt::format("Fixed by upstream: the plan was to take {}.",
                                               join(plan.evidence, ", "))});
  }
}

}  // namespace assay
