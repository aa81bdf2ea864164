#include "decide/plans.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "curation/plan_table.h"
#include "decide/counting_score.h"
#include "package/specifier.h"
#include "package/version.h"

namespace assay {

namespace {

using Standing = PlanState::Standing;

// What shows, or does not show, that a plan is carried out.
struct Proof {
  Standing standing = Standing::in_time;
  std::string why;
};

Proof unproven(std::string why) { return {Standing::unproven, std::move(why)}; }

bool names(std::string_view pattern, std::string_view text) {
  return pattern.ends_with('*') ? text.starts_with(pattern.substr(0, pattern.size() - 1))
                                : pattern == text;
}

std::string unapplied_patch(const PlanState& plan, const PackageEvidence& evidence) {
  for (const auto& one : plan.evidence) {
    if (is_patch_file(one) && std::ranges::find(evidence.patches, one) == evidence.patches.end()) return one;
  }
  return "";
}

// Why the tests of one trial do not show it, or "".
std::string untested(std::string_view pattern, const PackageEvidence::Tests& trial) {
  if (trial.report.state != TestReport::State::ran) {
    return fmt::format("the tests with Python {} did not run to their end", trial.python);
  }
  std::size_t seen = 0;
  for (const auto& outcome : trial.report.outcomes) {
    if (!names(pattern, outcome.id)) continue;
    ++seen;
    if (outcome.status == TestStatus::passed) continue;
    return fmt::format("the test {} did not pass with Python {}: {}", printable(outcome.id), trial.python,
                       to_string(outcome.status));
  }
  return seen > 0 ? ""
                  : fmt::format("the trial with Python {} has no test {}", trial.python,
                                printable(pattern));
}

Proof proof_of_patch(const PlanState& plan, const Finding& finding, const PackageEvidence& evidence) {
  if (const auto missing = unapplied_patch(plan, evidence); !missing.empty()) {
    return unproven(fmt::format("names the patch {}, which is not applied", printable(missing)));
  }
  std::vector<std::string> tests;
  std::ranges::copy_if(plan.evidence, std::back_inserter(tests),
                       [](const std::string& one) { return !is_patch_file(one); });
  if (finding.gate != "advisories") return unproven("is for a finding that the patched source still has");
  if (tests.empty()) {
    return unproven("names no test that shows that its patch works; an advisory goes by the version, "
                    "which a patch does not change");
  }
  if (evidence.proof_to_come) return {Standing::awaited, "waits for its tests"};
  if (evidence.tests.empty()) return unproven("names tests, and none were run");
  for (const auto& trial : evidence.tests) {
    for (const auto& test : tests) {
      if (const auto why = untested(test, trial); !why.empty()) {
        return unproven(fmt::format("is not shown: {}", why));
      }
    }
  }
  return {Standing::done, fmt::format("is done: the patch is applied, and {} passed",
                                      printable(join(tests, ", ")))};
}

bool lies_in(std::string_view file, const std::set<std::string>& source) {
  return std::ranges::any_of(source, [&](const std::string& path) {
    return path == file || (path.ends_with(file) && path[path.size() - file.size() - 1] == '/');
  });
}

Proof proof_of_strip(const PlanState& plan, const PackageEvidence& evidence) {
  if (evidence.proof_to_come) return {Standing::awaited, "waits for its wheels"};
  if (!evidence.files) return unproven("names files, and the wheels' are not known");
  for (const auto& file : plan.evidence) {
    if (evidence.files->wheels.contains(file)) {
      return unproven(fmt::format("names {}, which is in a wheel", printable(file)));
    }
    if (!lies_in(file, evidence.files->source)) {
      return unproven(fmt::format("names {}, which the source does not have either", printable(file)));
    }
  }
  return {Standing::done, fmt::format("is done: no wheel has {}", printable(join(plan.evidence, ", ")))};
}

bool reached(const PlanState& plan, std::string_view text) {
  const auto version = Version::parse(text);
  return version && std::ranges::any_of(plan.evidence, [&](const std::string& one) {
    const auto versions = SpecifierSet::parse(one);
    return versions && versions->contains(*version, true);
  });
}

Proof proof_of_upgrade(const PlanState& plan, const PackageEvidence& evidence) {
  if (!reached(plan, evidence.version)) return {};
  return unproven(fmt::format("ends with {}, and {} is still affected", printable(join(plan.evidence, ", ")),
                              printable(evidence.version)));
}

Proof proof_of_accept(const Finding& finding, const Policy& policy) {
  if (finding.gate != "advisories") return {};
  const auto line = policy_line(policy, "policy.plans.accept-up-to");
  const auto score = counting_score(finding, policy.advisories);
  if (!score.scored) return {Standing::not_allowed, fmt::format("accepts what has no score ({})", line)};
  if (score.score <= policy.plans.accept_up_to) return {};
  return {Standing::not_allowed, fmt::format("accepts a score of {:.1f} ({})", score.score, line)};
}

Proof proof_of(const PlanState& plan, const Finding& finding, const PackageEvidence& evidence,
               const Policy& policy) {
  switch (plan.remediation) {
    case Remediation::upgrade: return proof_of_upgrade(plan, evidence);
    case Remediation::patch: return proof_of_patch(plan, finding, evidence);
    case Remediation::strip: return proof_of_strip(plan, evidence);
    case Remediation::mitigate: return {};
    case Remediation::accept: return proof_of_accept(finding, policy);
  }
  return {};
}

std::string score_words(double score) {
  return score < 0 ? "no score" : fmt::format("a score of {:.1f}", score);
}

// What is worse than when the plan was written; a lower score changes nothing.
std::string staleness(const Disposition::Plan& plan, const Finding& finding, const Policy& policy) {
  if (!plan.score || finding.gate != "advisories") return "";
  const double written = std::round(*plan.score * 10) / 10;
  const auto counting = counting_score(finding, policy.advisories);
  const double now = counting.scored ? counting.score : -1;
  if ((written >= 0) == counting.scored && now <= written) return "";
  return fmt::format("was written for {}; by now it has {}", score_words(written), score_words(now));
}

// What attackers do now was no part of what the plan weighed.
std::string newly_exploited(const Disposition& plan, const Finding& finding) {
  const auto& exploited = finding.urgency.exploited;
  if (!exploited || exploited->since <= plan.date) return "";
  return fmt::format("was written on {}; since {} it is known to be exploited", format_date(plan.date),
                     format_date(exploited->since));
}

PlanState beginning(const Disposition& plan) {
  return {.package = plan.package,
          .version = {},
          .finding = plan.rule.empty() ? plan.fingerprint : plan.rule,
          .subject = {},
          .remediation = plan.plan.remediation,
          .owner = plan.plan.owner,
          .due = plan.expires,
          .evidence = plan.plan.evidence,
          .reason = plan.reason,
          .place = fmt::format("{}:{}", plan.file, plan.line),
          .standing = Standing::unmatched,
          .why = {},
          .counts = false};
}

void set(PlanState& state, Standing standing, std::string why, bool counts) {
  state.standing = standing;
  state.why = std::move(why);
  state.counts = counts;
}

}  // namespace

PlanState state_of(const Disposition& plan, const Finding& finding, const PackageEvidence& evidence,
                   const Policy& policy, Date today) {
  PlanState state = beginning(plan);
  state.version = evidence.version;
  state.subject = finding.fingerprint();
  if (today < plan.date) {
    set(state, Standing::to_come,
        fmt::format("is dated {}, which is still to come", format_date(plan.date)), false);
    return state;
  }
  const auto proof = proof_of(state, finding, evidence, policy);
  const bool sound = proof.standing == Standing::in_time || proof.standing == Standing::done;
  const bool done = proof.standing == Standing::done;
  auto worse = staleness(plan.plan, finding, policy);
  // What is mended is so whoever would use it.
  if (worse.empty() && !done) worse = newly_exploited(plan, finding);
  if (!sound) {
    set(state, proof.standing, proof.why, false);
  } else if (!worse.empty()) {
    set(state, Standing::stale, worse, policy.plans.stale == "tell");
  } else if (done) {
    set(state, Standing::done, proof.why, true);
  } else if (today > plan.expires) {
    set(state, Standing::overdue, fmt::format("was due on {}", format_date(plan.expires)),
        policy.plans.overdue == "tell");
  } else {
    set(state, Standing::in_time, "", true);
  }
  return state;
}

PlanState unmatched_state(const Disposition& plan, const PackageEvidence* evidence, Date today) {
  PlanState state = beginning(plan);
  if (today < plan.date) {
    set(state, Standing::to_come,
        fmt::format("is dated {}, which is still to come", format_date(plan.date)), false);
    return state;
  }
  if (evidence == nullptr) {
    set(state, Standing::unmatched, "is not needed: the set has no such package and version", false);
    return state;
  }
  state.version = evidence->version;
  const bool by_rescan = state.remediation == Remediation::patch && std::ranges::all_of(state.evidence, is_patch_file);
  if (by_rescan && unapplied_patch(state, *evidence).empty()) {
    set(state, Standing::done, "is done: the patch is applied, and the rescan finds it no more", false);
  } else if (state.remediation == Remediation::upgrade && reached(state, evidence->version)) {
    set(state, Standing::unmatched,
        fmt::format("is reached: the set has {}; it can go", printable(evidence->version)), false);
  } else {
    set(state, Standing::unmatched, "is not needed: there is nothing like it any more; it can go", false);
  }
  return state;
}

std::string in_words(const PlanState& plan) {
  const auto evidence = printable(join(plan.evidence, ", "));
  const auto owner = printable(plan.owner);
  const auto due = format_date(plan.due);
  if (plan.standing == Standing::done) {
    return fmt::format("as a plan to {} that {}", to_string(plan.remediation), plan.why);
  }
  if (plan.remediation == Remediation::accept) {
    return fmt::format("as a plan to live with it until {}, for which {} answers", due, owner);
  }
  return fmt::format("as a plan to {}{} that {} carries out by {}", to_string(plan.remediation),
                     evidence.empty() ? "" : fmt::format(" ({})", evidence), owner, due);
}

}  // namespace assay
