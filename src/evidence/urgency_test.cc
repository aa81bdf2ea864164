#include "evidence/urgency.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace assay {
namespace {

Date day(const char* text) { return parse_date(text).value(); }

Urgency both() {
  return {.exploited = Urgency::Exploited{day("2024-05-01"), day("2024-05-22"), true},
          .predicted = Urgency::Predicted{0.9431, 0.9712, day("2026-11-25")},
          .not_known = {"my EPSS"}};
}

TEST(Urgency, IsTold) {
  EXPECT_EQ(in_words(Urgency{}), "");
  EXPECT_EQ(in_words(both()),
            "known to be exploited since 2024-05-01, also by ransomware, EPSS 94 % (97th "
            "percentile), what my EPSS says is not known");
  const auto words = [](double probability, double percentile) {
    return in_words({.predicted = Urgency::Predicted{probability, percentile, day("2026-11-25")}});
  };
  EXPECT_EQ(words(0.0004, 0.1159), "EPSS under 0.1 % (11th percentile)");
  EXPECT_EQ(words(0.0042, 0.9199), "EPSS 0.4 % (91st percentile)");
  EXPECT_EQ(words(0.0142, 0.62), "EPSS 1 % (62nd percentile)");
  EXPECT_EQ(words(1, 1), "EPSS 100 % (100th percentile)");
  EXPECT_EQ(words(0.5, 0.93), "EPSS 50 % (93rd percentile)");
}

TEST(Urgency, ComesBackFromItsJson) {
  EXPECT_EQ(urgency_from_json(to_json(both())).value(), both());
  EXPECT_EQ(urgency_from_json(to_json(Urgency{})).value(), Urgency{});
  for (const char* text : {"[]", R"({"exploited": 1})", R"({"exploited": {"since": "May"}})",
                           R"({"predicted": {"probability": "1"}})", R"({"not-known": 1})"}) {
    EXPECT_FALSE(urgency_from_json(parse_json(text).value())) << text;
  }
}

TEST(Urgency, OfTwoIdsTheMorePressingCounts) {
  Urgency urgency = both();
  urgency.add({.exploited = Urgency::Exploited{day("2023-01-01"), {}, false},
               .predicted = Urgency::Predicted{0.1, 0.2, day("2026-11-25")},
               .not_known = {"my EPSS", "KEV"}});
  EXPECT_EQ(format_date(urgency.exploited->since), "2023-01-01");
  EXPECT_TRUE(urgency.exploited->ransomware);
  EXPECT_EQ(urgency.predicted->probability, 0.9431);
  EXPECT_EQ(urgency.not_known, (std::vector<std::string>{"my EPSS", "KEV"}));
  Urgency nothing;
  nothing.add(both());
  EXPECT_EQ(nothing, both());
}

}  // namespace
}  // namespace assay
