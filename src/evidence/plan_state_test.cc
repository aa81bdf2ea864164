#include "evidence/plan_state.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace assay {
namespace {

PlanState plan() {
  return {.package = Name::normalize("flask"),
          .version = "3.0",
          .finding = "CVE-2026-1",
          .subject = "0123456789abcdef",
          .remediation = Remediation::patch,
          .owner = "B",
          .due = parse_date("2026-03-01").value(),
          .evidence = {"0001-fix.patch", "tests/test_it.py::test_safe"},
          .reason = "The fix is small.",
          .place = "dispositions/flask.toml:1",
          .standing = PlanState::Standing::done,
          .why = "it was shown",
          .counts = true};
}

TEST(PlanState, IsReadBackAsItWasWritten) {
  const auto read = plan_state_from_json(to_json(plan()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, plan());
}

TEST(PlanState, OfAnUnknownStandingIsNone) {
  auto json = to_json(plan());
  json["state"] = "fine";
  EXPECT_FALSE(plan_state_from_json(json));
}

TEST(PlanState, KnowsTheDaysThatAreLeft) {
  EXPECT_EQ(days_left(plan(), parse_date("2026-02-27").value()), 2);
  EXPECT_EQ(days_left(plan(), parse_date("2026-03-01").value()), 0);
  EXPECT_EQ(days_left(plan(), parse_date("2026-03-02").value()), -1);
}

}  // namespace
}  // namespace assay
