#include "evidence/cvss.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

struct KnownScore {
  const char* vector;
  double score;
};

// Scores by an implementation of others; all 5,184 base vectors were compared with it once.
constexpr KnownScore known_scores[] = {
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:N/I:N/A:N", 0.0},
    {"CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N", 1.6},
    {"CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:C/C:L/I:N/A:N", 1.8},
    {"CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1},
    {"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:N", 8.1},
    {"CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:C/C:H/I:N/A:N", 6.1},
    {"CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 8.8},
    {"CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 8.8},
    {"CVSS:3.1/AV:N/AC:H/PR:H/UI:N/S:C/C:L/I:L/A:L", 5.5},
    {"CVSS:3.0/AV:N/AC:H/PR:H/UI:N/S:C/C:L/I:L/A:L", 5.5},
    {"CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", 7.5},
    {"CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N/E:P/RL:O/RC:C", 6.1},
    {"CVSS:3.1/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N", 9.8},
};

TEST(Cvss, KnownScores) {
  for (const auto& [vector, expected] : known_scores) {
    const auto score = cvss_base_score(vector);
    ASSERT_TRUE(score) << score.error().message;
    EXPECT_EQ(*score, expected) << vector;
  }
}

TEST(Cvss, RefusesWhatIsNoV3Vector) {
  for (const char* vector : {"", "CVSS:3.1", "CVSS:3.1/", "AV:N/AC:L/Au:N/C:P/I:P/A:P",
                             "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
                             "CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                             "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",           // A is missing
                             "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",  // AV twice
                             "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:X",       // no such value
                             "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:HH",
                             "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/",
                             "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/ZZ:H",
                             "cvss:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}) {
    const auto score = cvss_base_score(vector);
    ASSERT_FALSE(score) << vector;
    EXPECT_EQ(score.error().kind, ErrorKind::invalid_input);
  }
  EXPECT_FALSE(cvss_base_score(std::string(1 << 20, '/')));
}

TEST(Cvss, SeverityWords) {
  EXPECT_EQ(cvss_severity(-1), Severity::none);
  EXPECT_EQ(cvss_severity(0), Severity::none);
  EXPECT_EQ(cvss_severity(0.1), Severity::low);
  EXPECT_EQ(cvss_severity(3.9), Severity::low);
  EXPECT_EQ(cvss_severity(4.0), Severity::medium);
  EXPECT_EQ(cvss_severity(6.9), Severity::medium);
  EXPECT_EQ(cvss_severity(7.0), Severity::high);
  EXPECT_EQ(cvss_severity(8.9), Severity::high);
  EXPECT_EQ(cvss_severity(9.0), Severity::critical);
  EXPECT_EQ(cvss_severity(10.0), Severity::critical);
}

}  // namespace
}  // namespace assay
