#include <fmt/format.h>

#include <map>

#include "base/text.h"
#include "decide/counting_score.h"
#include "decide/weighing.h"
#include "evidence/cvss.h"

namespace assay {

namespace {

using Weight = Reason::Weight;

std::string place_of(const Finding& finding) {
  if (finding.path.empty()) return "the package";
  const auto path = quoted_text(finding.path);
  return finding.line == 0 ? path : fmt::format("{}:{}", path, finding.line);
}

// The vector as written and in words.
std::string vector_text(const std::string& written) {
  if (written.empty()) return {};
  const auto vector = CvssVector::parse(written);
  return vector ? fmt::format(" {}: {}.", written, vector->in_words())
                : fmt::format(" {}.", quoted_text(written));
}

// Why a score that is not above the threshold is worth a look all the same.
std::string threshold_text(const CountingScore& score, const Policy& policy) {
  if (!score.at_threshold || score.refused) return {};
  const bool high = cvss_severity(score.vector, score.score).value_or(Severity::none) >= Severity::high;
  return fmt::format(" {:.1f} is not above {:.1f}{}.", score.score, policy.advisories.refuse_above,
                     high ? ", though high by CVSS's words" : "");
}

// What matters first: a line of a table may show no more.
std::string advisory_text(const Finding& finding, const CountingScore& score,
                          const Policy& policy) {
  std::vector<std::string> first;
  if (score.scored) first.push_back(fmt::format("CVSS {:.1f}", score.score));
  if (!finding.urgency.empty()) first.push_back(quoted_text(in_words(finding.urgency)));
  std::string text = join(first, ", ");
  if (!text.empty()) text += ": ";
  text += quoted_text(finding.rule);
  if (!finding.aliases.empty())
    text += fmt::format(" ({})", quoted_text(join(finding.aliases, ", ")));
  text += finding.fixed_in.empty() ? ", no fixed version is known"
                                   : fmt::format(", fixed in {}", quoted_text(finding.fixed_in));
  text += fmt::format(": {}.", quoted_text(finding.message));
  if (!score.disagreement.empty()) text += fmt::format(" {}.", score.disagreement);
  return text + threshold_text(score, policy) + vector_text(score.vector);
}

// The setting that decides about an advisory.
std::string_view deciding_setting(const CountingScore& score) {
  if (!score.scored) return "policy.advisories.hold-unscored";
  if (!score.refused) return "policy.advisories.hold-lower";
  return score.at_threshold ? "policy.advisories.at-threshold" : "policy.advisories.refuse-above";
}

// Above the threshold a person's word does not count, but a patch that was shown to work does: the
// package as it is published does not have the flaw any more.
Reason unless_mended(Reason reason, const Acceptance& acceptance) {
  const auto standing = acceptance.plan && acceptance.plan->remediation == Remediation::patch
                            ? acceptance.plan->standing
                            : PlanState::Standing::unmatched;
  if (standing == PlanState::Standing::done) return unless_accepted(std::move(reason), acceptance);
  const bool awaited = standing == PlanState::Standing::awaited;
  reason.weight = awaited ? Weight::hold : Weight::refuse;
  if (acceptance.accepted) {
    reason.text += " That a person accepted it does not count here.";
  } else if (acceptance.plan) {
    reason.text += " " + acceptance.lapsed;
  }
  return reason;
}

Reason weigh_advisory(const Finding& finding, const Policy& policy, const Acceptance& acceptance) {
  const auto score = counting_score(finding, policy.advisories);
  Reason reason{Weight::info,
                "advisories",
                advisory_text(finding, score, policy),
                policy_line(policy, deciding_setting(score)),
                finding.fingerprint(),
                ""};
  if (score.refused) return unless_mended(std::move(reason), acceptance);
  if (finding.urgency.exploited && policy.advisories.refuse_exploited) {
    reason.policy = policy_line(policy, "policy.advisories.refuse-exploited");
    return unless_mended(std::move(reason), acceptance);
  }
  if (score.scored ? policy.advisories.hold_lower : policy.advisories.hold_unscored) {
    reason.weight = Weight::hold;
  }
  // What a trusted source would have said may be what matters.
  if (!finding.urgency.not_known.empty()) reason.weight = Weight::hold;
  return unless_accepted(std::move(reason), acceptance);
}

// The places of one finding: the same text may stand in a file many times.
std::string file_finding_text(const Finding& finding, std::size_t places) {
  auto text = fmt::format("{}: {} ({}", place_of(finding), quoted_text(finding.message),
                          quoted_text(finding.rule));
  if (places > 1) text += fmt::format(", here and in {} more places", places - 1);
  return text + ").";
}

// The severity from which what a gate finds asks for a decision; none for a gate without a policy,
// whose findings always ask.
Severity asks_from(const std::string& gate, const Policy& policy) {
  if (gate == "weaknesses") return parse_severity(policy.weaknesses.hold_from).value_or(Severity::none);
  if (gate == "behaviour") return parse_severity(policy.behaviour.hold_from).value_or(Severity::none);
  // A copy alone harms nobody, and its flaws are advisories; a file that was not looked at may.
  return gate == "copies" || gate == "secrets" ? Severity::medium : Severity::none;
}

bool weighs(const Finding& finding, const Policy& policy) {
  const auto from = asks_from(finding.gate, policy);
  const auto sure = parse_confidence(policy.weaknesses.confidence_from).value_or(Confidence::low);
  return from == Severity::none || (finding.severity >= from && finding.confidence >= sure);
}

bool counts_there(const Finding& finding) { return ships(finding.role) || counts_anywhere(finding); }

Reason weigh_file_finding(const Finding& finding, std::size_t places, const Policy& policy,
                          const Acceptance& acceptance) {
  Reason reason{Weight::hold, finding.gate,          file_finding_text(finding, places),
                "",           finding.fingerprint(), ""};
  if (finding.gate == "weaknesses") {
    reason.policy = policy_line(policy, "policy.weaknesses.hold-from");
  }
  if (finding.gate == "behaviour") {
    reason.policy = policy_line(policy, "policy.behaviour.hold-from");
  }
  if (finding.gate == "secrets" && finding.severity > Severity::medium) {
    reason.policy = policy_line(policy, "policy.secrets.refuse");
    if (policy.secrets.refuse) {
      reason.weight = Weight::refuse;
      if (acceptance.accepted) reason.text += " That a person accepted it does not count here.";
      return reason;
    }
  }
  return unless_accepted(std::move(reason), acceptance);
}

// What never asks for a decision, told together: a number and why it is harmless.
struct Harmless {
  std::string gate;
  std::string rule;
  std::string why;
  std::string place;  // of a copy, each of which is told; else ""
  auto operator<=>(const Harmless&) const = default;
};

std::string why_harmless(const Finding& finding, const Policy& policy) {
  if (finding.gate == "copies") return "copied code alone holds nothing";
  if (ships(finding.role)) {
    if (finding.severity >= asks_from(finding.gate, policy)) {
      return fmt::format("less sure than {}", policy_line(policy, "policy.weaknesses.confidence-from"));
    }
    if (finding.gate != "weaknesses" && finding.gate != "behaviour") return "of low severity";
    return fmt::format("less severe than {}",
                       policy_line(policy, fmt::format("policy.{}.hold-from", finding.gate)));
  }
  if (finding.gate == "secrets" && finding.role == PathRole::test) {
    return "in tests, where a key is a fixture and protects nothing";
  }
  switch (finding.role) {
    case PathRole::test: return "in tests, which are not installed";
    case PathRole::docs: return "in documentation, which is not run";
    case PathRole::tool: return "in what only the package's developers run";
    default: return "in examples, which are not installed";
  }
}

Reason harmless_reason(const Harmless& harmless, const std::vector<const Finding*>& findings) {
  const auto& first = *findings.front();
  auto text = findings.size() == 1
                  ? fmt::format("{}: {} ({})", place_of(first), quoted_text(first.message),
                                quoted_text(harmless.rule))
                  : fmt::format("{} findings of {}, the first in {}", findings.size(),
                                quoted_text(harmless.rule), place_of(first));
  return {Weight::info,
          harmless.gate,
          fmt::format("{}: {}.", text, harmless.why),
          "",
          findings.size() == 1 ? first.fingerprint() : "",
          ""};
}

}  // namespace

void weigh_findings(const PackageEvidence& evidence, const Policy& policy, Acceptances& acceptances,
                    Weighed& weighed) {
  std::vector<std::pair<std::string, std::vector<const Finding*>>> asking;  // by fingerprint
  std::map<std::string, std::size_t> seen;
  std::map<Harmless, std::vector<const Finding*>> harmless;
  for (const auto& finding : evidence.findings) {
    if (finding.gate != "advisories" && (!counts_there(finding) || !weighs(finding, policy))) {
      const auto place = finding.gate == "copies" ? place_of(finding) : "";
      harmless[{finding.gate, finding.rule, why_harmless(finding, policy), place}].push_back(&finding);
      continue;
    }
    const auto [place, is_new] = seen.emplace(finding.fingerprint(), asking.size());
    if (is_new) asking.push_back({place->first, {}});
    asking[place->second].second.push_back(&finding);
  }
  for (const auto& [fingerprint, findings] : asking) {
    const auto& finding = *findings.front();
    if (finding.gate != "advisories") {
      weighed.reasons.push_back(weigh_file_finding(finding, findings.size(), policy,
                                                   acceptances.finding(evidence, finding)));
      continue;
    }
    const auto acceptance = acceptances.advisory(evidence, finding);
    weighed.reasons.push_back(weigh_advisory(finding, policy, acceptance));
    if (weighed.reasons.back().weight != Weight::accepted) continue;
    weighed.answers.push_back({evidence.name, evidence.version, fingerprint, acceptance.justification,
                               acceptance.accepted_by, acceptance.plan});
  }
  for (const auto& [group, findings] : harmless) {
    weighed.reasons.push_back(harmless_reason(group, findings));
  }
}

}  // namespace assay
