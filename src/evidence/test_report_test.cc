#include "evidence/test_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace assay {
namespace {

TestReport sample() {
  return {.state = TestReport::State::ran,
          .reason = "",
          .how = "pytest, as pyproject.toml asks",
          .outcomes = {{"tests/test_a.py::test_one", TestStatus::passed, 0.25, ""},
                       {"tests/test_a.py::test_two[x]", TestStatus::failed, 1, "assert 1 == 2"},
                       {"tests/test_b.py", TestStatus::error, 0, "no module named c"},
                       {"tests/test_a.py::test_three", TestStatus::skipped, 0, "needs a network"},
                       {"tests/test_a.py::test_five", TestStatus::flaky, 0, "timed out"},
                       {"tests/test_a.py::test_four", TestStatus::passed, 0.5, ""}},
          .junit = "aa",
          .log = "bb",
          .cpu_seconds = 2.5};
}

TEST(TestReport, RoundTripsThroughJson) {
  TestReport absent;
  absent.reason = "no tests in the source distribution";
  for (const TestReport& report : {sample(), absent}) {
    const std::string text = compact(to_json(report));
    const auto read = test_report_from_json(*parse_json(text));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(compact(to_json(*read)), text);
    EXPECT_EQ(read->outcomes.size(), report.outcomes.size());
  }
}

TEST(TestReport, RefusesBadJson) {
  for (const char* key : {"state", "reason", "how", "outcomes", "junit", "log", "cpu_seconds"}) {
    Json missing = to_json(sample());
    missing.erase(key);
    EXPECT_FALSE(test_report_from_json(missing)) << key;
  }
  Json status = to_json(sample());
  status["outcomes"][1]["status"] = "xfailed";
  const auto read = test_report_from_json(status);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("xfailed"), std::string::npos);
}

TEST(TestReport, SumsUpInWords) {
  EXPECT_EQ(summary(sample()), "2 passed, 1 failed, 1 error, 1 flaky, 1 skipped");
  TestReport report;
  EXPECT_EQ(summary(report), "no tests");
  report.state = TestReport::State::incomplete;
  EXPECT_EQ(summary(report), "did not end");
  report.state = TestReport::State::impossible;
  EXPECT_EQ(summary(report), "could not be run");
  report.state = TestReport::State::ran;
  EXPECT_EQ(summary(report), "no test ran");
}

}  // namespace
}  // namespace assay
