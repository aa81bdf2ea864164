#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "decide/weighing.h"

namespace assay {

namespace {

using Weight = Reason::Weight;

// What is not as it was expected, by kind, each with the tests' ids.
using Deviations = std::map<std::string, std::vector<std::string>>;

void compare(const ExpectedTests& expected, const TestReport& report, Deviations& held,
             std::size_t& added) {
  std::map<std::string, TestStatus> now;
  for (const auto& outcome : report.outcomes) now[printable(outcome.id)] = outcome.status;
  for (const auto& [id, status] : expected.outcomes) {
    const auto found = now.find(id);
    if (found == now.end()) {
      held["vanished"].push_back(id);
    } else if (fails(found->second) && !fails(status)) {
      held["fail, though they were expected to pass"].push_back(id);
    } else if (fails(status) && found->second == TestStatus::passed) {
      held["pass, though they were expected to fail"].push_back(id);
    } else if (status == TestStatus::passed && found->second == TestStatus::skipped) {
      held["are skipped, though they were expected to pass"].push_back(id);
    }
  }
  added = std::ranges::count_if(
      now, [&](const auto& one) { return !expected.outcomes.contains(one.first); });
}

std::string first_of(const std::vector<std::string>& ids) {
  constexpr std::size_t most = 3;
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < std::min(most, ids.size()); ++i) shown.push_back(quoted_text(ids[i]));
  auto text = join(shown, ", ");
  if (ids.size() > most) text += fmt::format(" and {} more", ids.size() - most);
  return text;
}

}  // namespace

void weigh_expected(const PackageEvidence& evidence, const ExpectedResults& expected,
                    Weighed& weighed) {
  for (const auto& [python, report, counterpart] : evidence.tests) {
    const auto known = expected.find({evidence.name, python});
    if (known == expected.end() || report.state != TestReport::State::ran) continue;
    Deviations held;
    std::size_t added = 0;
    compare(known->second, report, held, added);
    for (const auto& [what, ids] : held) {
      weighed.reasons.push_back(
          {Weight::hold, "expected-tests",
           fmt::format("With Python {}, {} {}: {}. Judge them, then adopt the results anew.", python,
                       counted(ids.size(), "test"), what, first_of(ids)),
           "", "", ""});
    }
    if (!held.empty()) continue;
    weighed.reasons.push_back(
        {Weight::info, "expected-tests",
         fmt::format("The results with Python {} are those expected{}, adopted on {} by {}.", python,
                     added == 0 ? "" : fmt::format(" ({} new)", counted(added, "test")),
                     format_date(known->second.date), quoted_text(known->second.adopted_by)),
         "", "", ""});
  }
}

}  // namespace assay
