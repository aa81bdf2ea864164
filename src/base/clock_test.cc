#include "base/clock.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

std::string read_back(std::string_view text) {
  const auto time = parse_time(text);
  return time ? format_time(*time) : "refused: " + time.error().message;
}

TEST(Clock, ReadsEveryFormOfATime) {
  EXPECT_EQ(read_back("2026-11-25T02:16:00Z"), "2026-11-25T02:16:00Z");
  EXPECT_EQ(read_back("2026-11-25t02:16:00z"), "2026-11-25T02:16:00Z");
  EXPECT_EQ(read_back("2026-11-25 02:16:00Z"), "2026-11-25T02:16:00Z");
  EXPECT_EQ(read_back("2026-11-25T02:16:59.999999Z"), "2026-11-25T02:16:59Z");
  EXPECT_EQ(read_back("2026-11-25T02:16:00+05:30"), "2026-11-24T20:46:00Z");
  EXPECT_EQ(read_back("2026-12-31T23:30:00-01:00"), "2027-01-01T00:30:00Z");
  EXPECT_EQ(read_back("2026-11-25"), "2026-11-25T00:00:00Z");
  EXPECT_EQ(read_back("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00Z");
}

TEST(Clock, RefusesWhatIsNoTime) {
  for (const std::string_view text :
       {"", "2026", "2026-11-25T", "2026-11-25T02:16:00", "2026-11-25T02:16Z",
        "2026-02-30T00:00:00Z", "2026-13-01", "2026-11-25T24:00:00Z", "2026-11-25T02:60:00Z",
        "2026-11-25T02:16:61Z", "2026-11-25T02:16:00.Z", "2026-11-25T02:16:00+24:00",
        "2026-11-25T02:16:00+01:60", "2026-11-25T02:16:00+0100", "2026-11-25T02:16:00Z ",
        "2026-11-25X02:16:00Z", "-026-11-25T02:16:00Z", "2026-11-25T-2:16:00Z",
        "2026-11-25T02:16:00.5"}) {
    const auto time = parse_time(text);
    ASSERT_FALSE(time) << text;
    EXPECT_EQ(time.error().kind, ErrorKind::invalid_input) << text;
  }
}

TEST(Clock, ADateIsADayOfTheCalendar) {
  EXPECT_EQ(format_date(*parse_date("2024-02-29")), "2024-02-29");
  for (const std::string_view text :
       {"", "2023-02-29", "2024-2-9", "2024-00-10", "2024-10-00", "24-10-10", "2024/10/10",
        "2024-10-10 ", "+024-10-10", "abcd-ef-gh"}) {
    EXPECT_FALSE(parse_date(text)) << text;
  }
}

TEST(Clock, TheDateOfATimeIsThatOfUtc) {
  EXPECT_EQ(format_date(date_of(*parse_time("2026-11-25T23:30:00-01:00"))), "2026-11-26");
  EXPECT_EQ(format_date(date_of(*parse_time("1969-12-31T23:59:59Z"))), "1969-12-31");
}

TEST(Clock, AnErrorQuotesTheBeginningOnly) {
  const auto time = parse_time(std::string(100'000, 'x'));
  ASSERT_FALSE(time);
  EXPECT_LT(time.error().message.size(), 120U);
}

}  // namespace
}  // namespace assay
