#include "evidence/cvss.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace assay {
namespace {

// tests/differential/cvss_differential.py compares scores and refusals by the hundred thousand; these
// stand for what each specification says.

struct KnownScores {
  const char* vector;
  double base;
  std::optional<double> temporal;
  std::optional<double> environmental;
};

void expect_scores(const KnownScores& known) {
  const auto vector = CvssVector::parse(known.vector);
  ASSERT_TRUE(vector) << vector.error().message;
  const auto scores = vector->scores();
  EXPECT_EQ(scores.base, known.base) << known.vector;
  EXPECT_EQ(scores.temporal, known.temporal) << known.vector;
  EXPECT_EQ(scores.environmental, known.environmental) << known.vector;
}

// The three examples of the guide's section 3.3, and its limits.
TEST(Cvss, Version2) {
  for (const KnownScores& known : {
           KnownScores{"AV:N/AC:L/Au:N/C:N/I:N/A:C", 7.8, std::nullopt, std::nullopt},
           {"AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C", 7.8, 6.4, std::nullopt},
           {"AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H", 7.8, 6.4, 9.2},
           {"AV:N/AC:L/Au:N/C:C/I:C/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:L", 10.0, 8.3, 9.0},
           {"AV:L/AC:H/Au:N/C:C/I:C/A:C/E:POC/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:M", 6.2, 4.9, 7.5},
           {"(AV:N/AC:L/Au:N/C:N/I:N/A:N)", 0.0, std::nullopt, std::nullopt},
           {"AV:N/AC:L/Au:N/C:P/I:P/A:P/E:ND/TD:ND", 7.5, std::nullopt, std::nullopt},
           {"AV:N/AC:L/Au:N/C:P/I:P/A:P/TD:N", 7.5, std::nullopt, 0.0},
           // Below zero before it is cut: the adjusted impact is so small.
           {"AV:L/AC:H/Au:M/C:N/I:N/A:P/AR:L", 0.8, std::nullopt, 0.0},
       }) {
    expect_scores(known);
  }
}

TEST(Cvss, Version3Base) {
  for (const auto& [vector, score] : std::initializer_list<std::pair<const char*, double>>{
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
           {"CVSS:3.1/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N", 9.8},  // section 6: any order
       }) {
    expect_scores({vector, score, score, score});
  }
}

TEST(Cvss, Version3TemporalAndEnvironmental) {
  for (const KnownScores& known : {
           KnownScores{"CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N/E:P/RL:O/RC:C", 6.1, 5.5, 5.5},
           {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:X/RL:X/RC:X", 9.8, 9.8, 9.8},
           {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/MC:N/MI:N/MA:N", 9.8, 9.8, 0.0},
           {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L/AR:H/MAV:P", 5.3, 5.3, 3.1},
           // The modified impact of a changed scope is where 3.1 is not 3.0 (v3.1, section 7.3).
           {"CVSS:3.0/AV:P/AC:H/PR:L/UI:R/S:U/C:H/I:H/A:H/CR:H/IR:H/AR:H/MS:C", 6.2, 6.2, 6.9},
           {"CVSS:3.1/AV:P/AC:H/PR:L/UI:R/S:U/C:H/I:H/A:H/CR:H/IR:H/AR:H/MS:C", 6.2, 6.2, 7.0},
       }) {
    expect_scores(known);
  }
}

TEST(Cvss, Version4) {
  const std::string base = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";
  for (const auto& [vector, score] : std::initializer_list<std::pair<std::string, double>>{
           {base, 9.3},
           {base + "/MSI:S", 10.0},
           {base + "/E:X/CR:X/MAV:X", 9.3},
           {base + "/S:P/AU:Y/R:I/V:C/RE:H/U:Red", 9.3},  // supplemental ones change nothing
           {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0},
           {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0.0},
           {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N", 8.7},
           {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N/AR:L", 7.9},
           {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N/MSI:H", 7.7},
           // As an advisory was published: not in the specification's order.
           {"CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:H/SC:N/VI:H/SI:N/VA:H/SA:N", 8.7},
       }) {
    expect_scores({vector.c_str(), score, std::nullopt, std::nullopt});
  }
}

TEST(Cvss, Version4SaysWhatWentIntoTheScore) {
  const std::string base = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";
  const auto name = [](const std::string& text) { return CvssVector::parse(text)->nomenclature(); };
  EXPECT_EQ(name(base), "CVSS-B");
  EXPECT_EQ(name(base + "/E:X/CR:X/S:P"), "CVSS-B");
  EXPECT_EQ(name(base + "/E:P"), "CVSS-BT");
  EXPECT_EQ(name(base + "/MAV:L"), "CVSS-BE");
  EXPECT_EQ(name(base + "/E:A/AR:H"), "CVSS-BTE");
  EXPECT_EQ(name("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P"), "");
}

TEST(Cvss, AVectorInWords) {
  const auto words = [](const char* text) { return CvssVector::parse(text)->in_words(); };
  EXPECT_EQ(words("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"),
            "over the network, low complexity, no privileges, no user interaction, scope unchanged; "
            "high impact on confidentiality, no impact on integrity and availability");
  EXPECT_EQ(words("(AV:L/AC:M/Au:S/C:C/I:C/A:C/E:POC/RL:ND)"),
            "from within the system, medium complexity, authentication once; complete impact on "
            "confidentiality, integrity and availability; exploitability: proof of concept");
  EXPECT_EQ(words("CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:L/VI:H/VA:L/SC:N/SI:N/SA:N/E:A/MSI:S"),
            "by physical access, high complexity, attack requirements present, high privileges, "
            "active user interaction; low impact on confidentiality, high impact on integrity, low "
            "impact on availability; on other systems no impact; exploit maturity: attacked, modified "
            "integrity of other systems: safety");
}

TEST(Cvss, AnErrorNamesTheMetric) {
  const auto error = [](std::string_view text) {
    const auto vector = CvssVector::parse(text);
    EXPECT_FALSE(vector) << text;
    EXPECT_EQ(vector.error().kind, ErrorKind::invalid_input);
    return vector.error().message;
  };
  EXPECT_EQ(error("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H"),
            "not a CVSS vector (A missing): CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H");
  EXPECT_TRUE(error("CVSS:4.0/AV:N").contains("(AC, AT, PR, UI, VC, VI, VA, SC, SI, SA missing)"));
  EXPECT_TRUE(error("CVSS:3.1/AV:N/AV:N").contains("(AV is given twice)"));
  EXPECT_TRUE(error("CVSS:3.1/AV:N/E:X/E:U").contains("(E is given twice)"));
  EXPECT_TRUE(error("CVSS:3.1/AV:Q").contains("(an unknown value of AV)"));
  EXPECT_TRUE(error("CVSS:3.1/Au:N").contains("(an unknown metric \"Au\")"));
  EXPECT_TRUE(error("AV:N/\x1b[2J:H").contains("an unknown metric \"\\x1b[2J\""));
}

TEST(Cvss, RefusesWhatIsNoVector) {
  for (const char* vector :
       {"", "/", ":", "CVSS:", "CVSS:3.1", "CVSS:3.1/", "(", ")", "()", "(AV:N/AC:L/Au:N/C:P/I:P/A:P",
        "AV:N/AC:L/Au:N/C:P/I:P/A:P)", "((AV:N/AC:L/Au:N/C:P/I:P/A:P))",
        "CVSS:2.0/AV:N/AC:L/Au:N/C:P/I:P/A:P", "CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:X", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:HH",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/", "CVSS:3.1//AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/AV:N:/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.1/AV/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "(CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H)", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H ",
        "cvss:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "9.8"}) {
    const auto parsed = CvssVector::parse(vector);
    ASSERT_FALSE(parsed) << vector;
    EXPECT_EQ(parsed.error().kind, ErrorKind::invalid_input);
    EXPECT_LT(parsed.error().message.size(), 400U);
  }
  EXPECT_FALSE(CvssVector::parse(std::string(1 << 20, '/')));
}

TEST(Cvss, SeverityWordsOfEachScale) {
  using enum Severity;
  struct Known {
    double score;
    Severity v2, v3_and_4;
  };
  for (const Known& known : {Known{0, low, none}, {0.1, low, low}, {3.9, low, low}, {4.0, medium, medium},
                             {6.9, medium, medium}, {7.0, high, high}, {8.9, high, high},
                             {9.0, high, critical}, {10.0, high, critical}}) {
    EXPECT_EQ(cvss_severity(CvssVersion::v2_0, known.score), known.v2) << known.score;
    for (const auto version : {CvssVersion::v3_0, CvssVersion::v3_1, CvssVersion::v4_0}) {
      EXPECT_EQ(cvss_severity(version, known.score), known.v3_and_4) << known.score;
    }
  }
}

}  // namespace
}  // namespace assay
