#include "decide/acceptances.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
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
    return fmt::format("{} {}", disposition.subject == Subject::plan ? "was due on" : "expired on",
                       format_date(disposition.expires));
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
  if (disposition.subject == Subject::plan) {
    return fmt::format("{}, as a plan that {} carries out by {}: {}",
                       printable(disposition.reviewer), printable(disposition.owner), until, reason);
  }
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

bool covers(const std::optional<SpecifierSet>& versions, std::string_view text) {
  const auto version = Version::parse(text);
  return versions && (versions->empty() || (version && versions->contains(*version, true)));
}

}  // namespace

Acceptances::Acceptances(const std::vector<Disposition>& dispositions, Date today) {
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
    }
  }
  return acceptance;
}

Acceptance Acceptances::finding(const PackageVersion& package, const Finding& finding) {
  return look_up(package, Subject::finding, [&](const Disposition& disposition) {
    return fits_finding(disposition, finding);
  });
}

Acceptance Acceptances::advisory(const PackageVersion& package, const Finding& finding) {
  const auto fits = [&](const Disposition& disposition) {
    return fits_finding(disposition, finding);
  };
  Acceptance acceptance = look_up(package, Subject::not_affected, fits);
  if (!acceptance.accepted) {
    const auto plan = look_up(package, Subject::plan, fits);
    if (plan.accepted || acceptance.lapsed.empty()) acceptance = plan;
  }
  if (!acceptance.accepted && look_up(package, Subject::finding, fits).accepted) {
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

std::vector<std::string> Acceptances::notes(const std::vector<PackageVersion>& packages) const {
  std::vector<std::string> notes;
  for (const auto& [disposition, versions, lapse, fitted] : entries_) {
    const auto note = [&](std::string_view what) {
      notes.push_back(fmt::format("{}: the {} of {} {}", place_of(disposition),
                                  kind_of(disposition), subject_of(disposition), what));
    };
    const auto in_set = std::ranges::find(
        packages, disposition.package,
        [](const PackageVersion& package) -> const Name& { return package.name; });
    const bool covered = std::ranges::any_of(packages, [&](const PackageVersion& package) {
      return package.name == disposition.package && covers(versions, package.version);
    });
    if (!lapse.empty()) {
      note(lapse + "; it does not count");
    } else if (disposition.subject == Subject::ban) {
      continue;  // that nothing of it is in the set is what it is for
    } else if (in_set == packages.end()) {
      note("is not needed: the package is not in the set");
    } else if (!covered) {
      note(fmt::format("is for versions {}; this one is {}", printable(disposition.versions),
                       printable(in_set->version)));
    } else if (!fitted) {
      note("is not needed: there is nothing like it any more");
    }
  }
  return notes;
}

}  // namespace assay
