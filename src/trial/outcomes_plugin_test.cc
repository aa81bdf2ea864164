#include "trial/outcomes_plugin.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(OutcomesPluginTest, ReadsTheList) {
  const auto listed = parse_outcomes(
      "{\"id\": \"tests/test_a.py::test_b[\\u00e9]\", \"status\": \"passed\", \"seconds\": 0.25, "
      "\"message\": \"\"}\n"
      "{\"id\": \"tests/test_a.py::test_c\", \"status\": \"failed\", \"seconds\": 1, "
      "\"message\": \"assert 0\"}\n"
      "{\"end\": 1}\n");
  ASSERT_TRUE(listed) << listed.error().message;
  EXPECT_TRUE(listed->ended);
  ASSERT_EQ(listed->outcomes.size(), 2U);
  EXPECT_EQ(listed->outcomes[0].id, "tests/test_a.py::test_b[\xC3\xA9]");
  EXPECT_DOUBLE_EQ(listed->outcomes[0].seconds, 0.25);
  EXPECT_EQ(listed->outcomes[1].status, TestStatus::failed);
  EXPECT_EQ(listed->outcomes[1].message, "assert 0");
}

TEST(OutcomesPluginTest, ALineThatWasCutOffMeansNoEnd) {
  const auto listed = parse_outcomes(
      "{\"id\": \"a\", \"status\": \"passed\", \"seconds\": 0, \"message\": \"\"}\n{\"id\": \"b");
  ASSERT_TRUE(listed);
  EXPECT_FALSE(listed->ended);
  EXPECT_EQ(listed->outcomes.size(), 1U);
}

TEST(OutcomesPluginTest, RefusesLinesOfOthers) {
  for (const std::string line :
       {"nonsense", "[]", "{}", "1", "{\"id\": \"a\"}", "{\"id\": \"\", \"status\": \"passed\"}",
        "{\"id\": \"a\", \"status\": \"splendid\"}", "{\"id\": 1, \"status\": \"passed\"}", ""}) {
    EXPECT_FALSE(parse_outcomes(line + "\n")) << line;
  }
}

TEST(OutcomesPluginTest, StrangeTimesCountAsNone) {
  const auto listed = parse_outcomes(
      "{\"id\": \"a\", \"status\": \"passed\", \"seconds\": -5}\n"
      "{\"id\": \"b\", \"status\": \"passed\", \"seconds\": \"long\"}\n");
  ASSERT_TRUE(listed);
  EXPECT_EQ(listed->outcomes[0].seconds, 0);
  EXPECT_EQ(listed->outcomes[1].seconds, 0);
}

}  // namespace
}  // namespace assay
