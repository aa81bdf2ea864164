#include "decide/acceptances.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "decide/plans.h"
#include "package/version.h"

namespace assay {

namespace {

using Subject = Disposition::Subject;

bool matches(std::string_view pattern, std::string_view text) {
  if (!pattern.ends_with('*')) return pattern == text;
  return text.starts_with(pattern.substr(0, pattern.size() - 1));
}

bool fits_finding(const Disposition& disposition, const Finding& finding) {
  if (disposition.fingerprint.empty() && disposition.rule.empty()) return false;
  const bool named = disposition.rule.empty() || disposition.rule == finding.rule ||
                     std::ranges::find(finding.aliases, disposition.rule) != finding.aliases.end();
  return named && (disposition.path.empty() || matches(disposition.path, finding.path)) &&
         (disposition.fingerprint.empty() || disposition.fingerprint == finding.fingerprint());
}

// `expires` is the last day on which it counts.
std::string lapse_of(const Disposition& disposition, Date today) {
  if (today > disposition.expires) {
    return fmt::format("expired on {}", format_date(disposition.expires));
  }
  if (disposition.counts_on(today)) return "";
  return fmt::format("is dated {}, which is still to come", format_date(disposition.date));
}

std::string_view kind_of(const Disposition& disposition) {
  if (disposition.subject == Subject::ban) return "ban";
  return disposition.subject == Subject::plan ? "plan" : "acceptance";
}

std::string words_of(const Disposition& disposition) {
  const auto reason = printable(disposition.reason);
  const auto until = format_date(disposition.expires);
  if (disposition.subject == Subject::not_affected) {
    return fmt::format("{}, until {}, as not affected ({}): {}", printable(disposition.reviewer),
                       until, disposition.justification, reason);
  }
  return fmt::format("{}, until {}: {}", printable(disposition.reviewer), until, reason);
}

std::string place_of(const Disposition& disposition) {
  return fmt::format("{}:{}", disposition.file, disposition.line);
}

// "the finding weaknesses/insecure-url in src/x.py of flask"
std::string subject_of(const Disposition& disposition) {
  const auto& package = disposition.package.str();
  switch (disposition.subject) {
    case Subject::test:
      return fmt::format("the test {} of {}", printable(disposition.test), package);
    case Subject::tests: return fmt::format("the missing tests of {}", package);
    case Subject::build: return fmt::format("the failing build of {}", package);
    case Subject::ban: return fmt::format("{} {}", package, printable(disposition.versions));
    case Subject::finding:
    case Subject::plan:
    case Subject::not_affected: break;
  }
  const auto& what = disposition.rule.empty() ? disposition.fingerprint : disposition.rule;
  const auto where =
      disposition.path.empty() ? "" : fmt::format(" in {}", printable(disposition.path));
  return fmt::format("the finding {}{} of {}", printable(what), where, package);
}

// One that is reasoned for some platforms counts if the set is for no other.
bool is_for(const Disposition& disposition, const std::vector<std::string>& targets) {
  if (disposition.targets.empty()) return true;
  return !targets.empty() && std::ranges::all_of(targets, [&](const std::string& target) {
    return std::ranges::find(disposition.targets, target) != disposition.targets.end();
  });
}

bool covers(const std::optional<SpecifierSet>& versions, std::string_view text) {
  const auto version = Version::parse(text);
  return versions && (versions->empty() || (version && versions->contains(*version, true)));
}

}  // namespace

Acceptances::Acceptances(const std::vector<Disposition>& dispositions, const Policy& policy, Date today)
    : policy_(policy), today_(today) {
  for (const auto& disposition : dispositions) {
    auto versions = SpecifierSet::parse(disposition.versions);
    entries_.push_back({disposition, versions ? std::optional(*std::move(versions)) : std::nullopt,
                        lapse_of(disposition, today)});
  }
}

template <class Fits>
Acceptance Acceptances::look_up(const PackageVersion& package, Subject subject, Fits fits) {
  Acceptance acceptance;
  for (auto& entry : entries_) {
    const auto& disposition = entry.disposition;
    if (disposition.subject != subject || disposition.package != package.name) continue;
    if (!covers(entry.versions, package.version) || !fits(disposition)) continue;
    entry.fitted = true;
    if (!entry.lapse.empty()) {
      acceptance.lapsed = fmt::format("The {} at {} {}.", kind_of(disposition),
                                      place_of(disposition), entry.lapse);
    } else if (!acceptance.accepted) {
      acceptance.accepted = true;
      acceptance.accepted_by = words_of(disposition);
      acceptance.justification = disposition.justification;
    }
  }
  return acceptance;
}

// One that counts, else why the last one that fits does not.
Acceptance Acceptances::plan(const PackageEvidence& package, const Finding& finding) {
  Acceptance acceptance;
  for (auto& entry : entries_) {
    const auto& disposition = entry.disposition;
    if (disposition.subject != Subject::plan || disposition.package != package.name) continue;
    if (!covers(entry.versions, package.version) || !fits_finding(disposition, finding)) continue;
    entry.fitted = true;
    auto state = state_of(disposition, finding, package, policy_, today_);
    entry.states.push_back(state);
    if (acceptance.accepted) continue;
    if (state.counts) {
      acceptance.accepted = true;
      acceptance.accepted_by = fmt::format("{}, {}: {}", printable(disposition.reviewer), in_words(state),
                                           printable(disposition.reason));
    } else {
      acceptance.lapsed = fmt::format("The plan at {} {}.", place_of(disposition), state.why);
    }
    acceptance.plan = std::move(state);
  }
  return acceptance;
}

Acceptance Acceptances::finding(const PackageEvidence& package, const Finding& finding) {
  auto acceptance = look_up({package.name, package.version}, Subject::finding,
                            [&](const Disposition& disposition) { return fits_finding(disposition, finding); });
  auto planned = plan(package, finding);
  if (acceptance.accepted || !(planned.accepted || acceptance.lapsed.empty())) return acceptance;
  return planned;
}

Acceptance Acceptances::advisory(const PackageEvidence& package, const Finding& finding) {
  const PackageVersion version{package.name, package.version};
  const auto fits = [&](const Disposition& disposition) {
    return fits_finding(disposition, finding);
  };
  Acceptance acceptance = look_up(version, Subject::not_affected, [&](const Disposition& disposition) {
    return fits(disposition) && is_for(disposition, package.targets);
  });
  const auto planned = plan(package, finding);
  if (!acceptance.accepted && (planned.accepted || acceptance.lapsed.empty())) acceptance = planned;
  if (!acceptance.accepted && acceptance.lapsed.empty() &&
      look_up(version, Subject::not_affected, fits).accepted) {
    acceptance.lapsed = fmt::format("A [[not-affected]] for other platforms than the set's ({}) does not count.",
                                    join(package.targets, ", "));
  }
  if (!acceptance.accepted && look_up(version, Subject::finding, fits).accepted) {
    acceptance.lapsed = "A [[finding]] that accepts it does not count: a known vulnerability wants a "
                        "[[plan]] with an owner and a day, or a reason why it does not count here "
                        "([[not-affected]]).";
  }
  return acceptance;
}

Acceptance Acceptances::test(const PackageVersion& package, std::string_view id,
                             std::string_view python) {
  return look_up(package, Subject::test, [&](const Disposition& disposition) {
    return matches(disposition.test, id) &&
           (disposition.python.empty() || disposition.python == python);
  });
}

Acceptance Acceptances::tests(const PackageVersion& package) {
  return look_up(package, Subject::tests, [](const Disposition&) { return true; });
}

Acceptance Acceptances::build(const PackageVersion& package) {
  return look_up(package, Subject::build, [](const Disposition&) { return true; });
}

// What a person should know of it, or "".
std::string Acceptances::fault_of(const Entry& entry, const std::vector<PackageEvidence>& packages) const {
  const auto& disposition = entry.disposition;
  const auto in_set = std::ranges::find(packages, disposition.package, &PackageEvidence::name);
  const bool covered = std::ranges::any_of(packages, [&](const PackageEvidence& package) {
    return package.name == disposition.package && covers(entry.versions, package.version);
  });
  if (disposition.subject != Subject::plan && !entry.lapse.empty()) {
    return entry.lapse + "; it does not count";
  }
  if (disposition.subject == Subject::ban) return "";  // that the set has nothing of it is what it is for
  if (in_set == packages.end()) return "is not needed: the package is not in the set";
  if (!covered) {
    return fmt::format("is for versions {}; this one is {}", printable(disposition.versions),
                       printable(in_set->version));
  }
  if (disposition.subject == Subject::plan) {
    const auto states = states_of(entry, packages);
    const auto told = std::ranges::find_if(
        states, [](const PlanState& state) { return needs_attention(state.standing); });
    if (told == states.end()) return "";
    const bool is_of_something = told->standing != PlanState::Standing::unmatched;
    return told->why + (is_of_something && !told->counts ? "; it does not count" : "");
  }
  return entry.fitted ? "" : "is not needed: there is nothing like it any more";
}

std::vector<std::string> Acceptances::notes(const std::vector<PackageEvidence>& packages) const {
  std::vector<std::string> notes;
  for (const auto& entry : entries_) {
    const auto fault = fault_of(entry, packages);
    if (fault.empty()) continue;
    notes.push_back(fmt::format("{}: the {} of {} {}", place_of(entry.disposition),
                                kind_of(entry.disposition), subject_of(entry.disposition), fault));
  }
  return notes;
}

std::vector<PlanState> Acceptances::states_of(const Entry& entry,
                                              const std::vector<PackageEvidence>& packages) const {
  if (entry.fitted) return entry.states;
  const auto covered = std::ranges::find_if(packages, [&](const PackageEvidence& package) {
    return package.name == entry.disposition.package && covers(entry.versions, package.version);
  });
  return {unmatched_state(entry.disposition, covered == packages.end() ? nullptr : &*covered, today_)};
}

std::vector<PlanState> Acceptances::plans(const std::vector<PackageEvidence>& packages) const {
  std::vector<PlanState> plans;
  for (const auto& entry : entries_) {
    if (entry.disposition.subject != Subject::plan) continue;
    auto states = states_of(entry, packages);
    std::ranges::move(states, std::back_inserter(plans));
  }
  return plans;
}

}  // namespace assay
