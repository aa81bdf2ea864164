#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "decide/weighing.h"

namespace assay {

namespace {

using State = TestReport::State;
using Weight = Reason::Weight;

bool is_refused(const Weighed& weighed) {
  return std::ranges::any_of(weighed.reasons,
                             [](const Reason& reason) { return reason.weight == Weight::refuse; });
}

// What stopped a package earlier says why there is no build and no test; another line would not add
// to it.
bool stopped_before(const PackageEvidence& evidence, const Weighed& weighed) {
  return !evidence.error.empty() || is_refused(weighed);
}

void unfinished(Weighed& weighed, std::string gate, std::string text) {
  weighed.unfinished = true;
  weighed.reasons.push_back({Weight::hold, std::move(gate), std::move(text), "", "", ""});
}

bool has_wheel(const PackageEvidence& evidence, std::string_view python) {
  return std::ranges::any_of(evidence.builds, [&](const PackageEvidence::Build& build) {
    return build.python == python && build.failure.empty();
  });
}

std::string counts_of(const TestReport& report) {
  std::vector<std::string> parts;
  for (const auto status :
       {TestStatus::passed, TestStatus::failed, TestStatus::error, TestStatus::flaky, TestStatus::skipped}) {
    const auto count = report.count(status);
    if (count == 0) continue;
    parts.push_back(fmt::format("{} {}", count,
                                status == TestStatus::error ? "with an error" : to_string(status)));
  }
  return join(parts, ", ");
}

// Why a report says nothing for the package, a sentence; "" for one that does.
std::string missing_trial(const PackageEvidence::Tests& tests) {
  const auto& report = tests.report;
  const auto why = report.reason.empty() ? "" : ": " + quoted_text(report.reason);
  switch (report.state) {
    case State::absent: return fmt::format("The source distribution carries no tests{}.", why);
    case State::impossible:
      return fmt::format("The tests can't be run with Python {}{}.", tests.python, why);
    case State::incomplete:
      return fmt::format("The tests did not run to their end with Python {}{}.", tests.python, why);
    case State::ran: break;
  }
  if (report.outcomes.empty()) {
    return fmt::format("Not one test was found in the run with Python {}.", tests.python);
  }
  if (report.count(TestStatus::skipped) == report.outcomes.size()) {
    return fmt::format("All {} tests were skipped with Python {}.", report.outcomes.size(),
                       tests.python);
  }
  return "";
}

std::string_view words_for(TestStatus status) {
  switch (status) {
    case TestStatus::failed: return "fails";
    case TestStatus::error: return "ends in an error";
    case TestStatus::flaky: return "failed, and passed when it was run again,";
    case TestStatus::passed:
    case TestStatus::skipped: break;
  }
  return to_string(status);
}

void weigh_outcomes(const PackageVersion& package, const PackageEvidence::Tests& tests,
                    const Policy& policy, Acceptances& acceptances, Weighed& weighed) {
  for (const auto& outcome : tests.report.outcomes) {
    const bool flaky = outcome.status == TestStatus::flaky;
    if (!fails(outcome.status) && !flaky) continue;
    const auto message = trim(outcome.message).empty() ? "" : ": " + quoted_text(outcome.message);
    Reason reason{flaky && !policy.tests.hold_flaky ? Weight::info : Weight::hold,
                  "tests",
                  fmt::format("{} {} with Python {}{}.", quoted_text(outcome.id),
                              words_for(outcome.status), tests.python, message),
                  flaky ? policy_line(policy, "policy.tests.hold-flaky") : "",
                  outcome.id,
                  ""};
    weighed.reasons.push_back(
        unless_accepted(std::move(reason), acceptances.test(package, outcome.id, tests.python)));
  }
}

// Says how tests that ran on two platforms ended there: what differs is the platform's, or shows that
// the package was never tried on it.
void compare_platforms(const PackageEvidence::Tests& there, const PackageEvidence::Tests& here,
                       Weighed& weighed) {
  std::map<std::string, TestStatus> ended;
  for (const auto& outcome : here.report.outcomes) ended[outcome.id] = outcome.status;
  std::size_t same = 0;
  std::size_t only_there = 0;
  std::vector<std::string> different;
  for (const auto& outcome : there.report.outcomes) {
    const auto found = ended.find(outcome.id);
    if (found == ended.end()) {
      ++only_there;
      continue;
    }
    if (found->second == outcome.status) {
      ++same;
    } else {
      different.push_back(fmt::format("{} {} there and {} here", quoted_text(outcome.id),
                                      to_string(outcome.status), to_string(found->second)));
    }
    ended.erase(found);
  }
  weighed.reasons.push_back(
      {Weight::info, "platforms",
       fmt::format("Tests with Python {} beside those with {}: {} the same, {} not, {} only there, {} "
                   "only here.",
                   there.python, here.python, same, different.size(), only_there, ended.size()),
       "", "", ""});
  for (const auto& one : different) {
    weighed.reasons.push_back({Weight::info, "platforms", one + ".", "", "", ""});
  }
}

void weigh_report(const PackageVersion& package, const PackageEvidence::Tests& tests,
                  const Policy& policy, Acceptances& acceptances, Weighed& weighed) {
  weigh_outcomes(package, tests, policy, acceptances, weighed);
  const auto missing = missing_trial(tests);
  if (missing.empty()) {
    weighed.reasons.push_back(
        {Weight::info, "tests",
         fmt::format("Upstream's tests with Python {}: {}.", tests.python, counts_of(tests.report)),
         "", "", ""});
    return;
  }
  Reason reason{policy.tests.required ? Weight::hold : Weight::info, "tests", missing,
                policy_line(policy, "policy.tests.required"),        "",      ""};
  weighed.reasons.push_back(unless_accepted(std::move(reason), acceptances.tests(package)));
}

}  // namespace

void weigh_builds(const PackageEvidence& evidence, Acceptances& acceptances, Weighed& weighed) {
  const PackageVersion package{evidence.name, evidence.version};
  if (evidence.builds.empty() && !stopped_before(evidence, weighed)) {
    unfinished(weighed, "build", "No wheel was built.");
  }
  const bool any_wheel = std::ranges::any_of(
      evidence.builds, [](const PackageEvidence::Build& build) { return build.failure.empty(); });
  for (const auto& [python, failure] : evidence.builds) {
    if (failure.empty()) continue;
    Reason reason{Weight::hold,
                  "build",
                  fmt::format("The build failed with Python {}: {}.", python, quoted_text(failure)),
                  "",
                  python,
                  ""};
    const auto acceptance = acceptances.build(package);
    // Without any wheel there is nothing that could be published.
    weighed.reasons.push_back(any_wheel ? unless_accepted(std::move(reason), acceptance) : reason);
  }
}

void weigh_tests(const PackageEvidence& evidence, const Policy& policy, Acceptances& acceptances,
                 Weighed& weighed) {
  const PackageVersion package{evidence.name, evidence.version};
  for (const auto& tests : evidence.tests) {
    // A failed build is the reason already; its tests had nothing to run against.
    if (!has_wheel(evidence, tests.python) && tests.report.outcomes.empty() &&
        !evidence.builds.empty()) {
      continue;
    }
    weigh_report(package, tests, policy, acceptances, weighed);
    const auto here =
        std::ranges::find(evidence.tests, tests.counterpart, &PackageEvidence::Tests::python);
    if (here == evidence.tests.end()) continue;
    if (tests.report.state == State::ran && here->report.state == State::ran) {
      compare_platforms(tests, *here, weighed);
    }
  }
  if (stopped_before(evidence, weighed)) return;
  for (const auto& build : evidence.builds) {
    const bool tried = std::ranges::any_of(
        evidence.tests,
        [&](const PackageEvidence::Tests& tests) { return tests.python == build.python; });
    if (!build.failure.empty() || tried) continue;
    unfinished(weighed, "tests",
               fmt::format("The tests were not tried with Python {}.", build.python));
  }
}

}  // namespace assay
