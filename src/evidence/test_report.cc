#include "evidence/test_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "evidence/enum_names.h"
#include "evidence/json_members.h"

namespace assay {

namespace {

constexpr EnumNames<5> statuses{"passed", "failed", "error", "skipped", "flaky"};
constexpr EnumNames<4> states{"ran", "absent", "incomplete", "impossible"};

Result<TestReport::State> parse_state(std::string_view text) {
  return value_of<TestReport::State>(states, text, "state of a test run");
}

std::string counts(const TestReport& report) {
  std::vector<std::string> parts;
  const auto add = [&](TestStatus status, std::string_view one, std::string_view many) {
    const std::size_t number = report.count(status);
    if (number > 0) parts.push_back(fmt::format("{} {}", number, number == 1 ? one : many));
  };
  add(TestStatus::passed, "passed", "passed");
  add(TestStatus::failed, "failed", "failed");
  add(TestStatus::error, "error", "errors");
  add(TestStatus::flaky, "flaky", "flaky");
  add(TestStatus::skipped, "skipped", "skipped");
  return parts.empty() ? "no test ran" : join(parts, ", ");
}

Json to_json(const TestOutcome& outcome) {
  return {{"id", outcome.id},
          {"status", to_string(outcome.status)},
          {"seconds", outcome.seconds},
          {"message", outcome.message}};
}

Result<TestOutcome> outcome_from_json(const Json& json) {
  JsonMembers members(json);
  TestOutcome outcome{.id = members.text("id"),
                      .status = members.word("status", parse_test_status),
                      .seconds = members.number("seconds"),
                      .message = members.text("message")};
  ASSAY_CHECK(members.finish());
  return outcome;
}

}  // namespace

bool fails(TestStatus status) {
  return status == TestStatus::failed || status == TestStatus::error;
}

Result<TestStatus> parse_test_status(std::string_view text) {
  return value_of<TestStatus>(statuses, text, "status of a test");
}

std::string_view to_string(TestStatus status) { return name_of(statuses, status); }

std::string_view to_string(TestReport::State state) { return name_of(states, state); }

std::size_t TestReport::count(TestStatus status) const {
  return static_cast<std::size_t>(std::ranges::count(outcomes, status, &TestOutcome::status));
}

std::string summary(const TestReport& report) {
  switch (report.state) {
    case TestReport::State::ran: return counts(report);
    case TestReport::State::absent: return "no tests";
    case TestReport::State::incomplete: return "did not end";
    case TestReport::State::impossible: return "could not be run";
  }
  return {};
}

Json to_json(const TestReport& report) {
  Json outcomes = Json::array();
  for (const auto& outcome : report.outcomes) outcomes.push_back(to_json(outcome));
  return {{"state", to_string(report.state)}, {"reason", report.reason}, {"how", report.how},
          {"outcomes", std::move(outcomes)},  {"junit", report.junit},   {"log", report.log},
          {"cpu_seconds", report.cpu_seconds}};
}

Result<TestReport> test_report_from_json(const Json& json) {
  JsonMembers members(json);
  TestReport report{.state = members.word("state", parse_state),
                    .reason = members.text("reason"),
                    .how = members.text("how"),
                    .outcomes = {},
                    .junit = members.text("junit"),
                    .log = members.text("log"),
                    .cpu_seconds = members.number("cpu_seconds")};
  members.elements("outcomes", [&](const Json& element) -> Result<> {
    ASSAY_TRY(auto outcome, outcome_from_json(element));
    report.outcomes.push_back(std::move(outcome));
    return {};
  });
  ASSAY_CHECK(context(members.finish(), "a test report"));
  return report;
}

}  // namespace assay
