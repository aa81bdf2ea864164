#include "package/version.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace assay {

namespace {

Version version(std::string_view text) { return Version::parse(text).value(); }

std::string normalized(std::string_view text) {
  const auto parsed = Version::parse(text);
  return parsed ? parsed->str() : "refused";
}

TEST(Version, NormalizesSpellings) {
  EXPECT_EQ(normalized("V1.02"), "1.2");
  EXPECT_EQ(normalized("0!3.0"), "3.0");
  EXPECT_EQ(normalized("02!3"), "2!3");
  EXPECT_EQ(normalized("1.0ALPHA"), "1.0a0");
  EXPECT_EQ(normalized("1.0-beta_2"), "1.0b2");
  EXPECT_EQ(normalized("1.0preview3"), "1.0rc3");
  EXPECT_EQ(normalized("1.0c"), "1.0rc0");
  EXPECT_EQ(normalized("1.0-4"), "1.0.post4");
  EXPECT_EQ(normalized("1.0rev"), "1.0.post0");
  EXPECT_EQ(normalized("1.0.r_7.DEV"), "1.0.post7.dev0");
  EXPECT_EQ(normalized("1.0+Ubuntu_007-A"), "1.0+ubuntu.7.a");
}

TEST(Version, UnicodeWhiteSpaceAroundItIsStripped) {
  EXPECT_EQ(normalized("\t1.0\r\n"), "1.0");
  EXPECT_EQ(normalized("\xC2\xA0" "1.0\xE3\x80\x80"), "1.0");
  EXPECT_EQ(normalized("1 .0"), "refused");
}

TEST(Version, RefusesLegacyAndBrokenOnes) {
  for (const char* text : {"", " ", "v", "1.", ".1", "1..2", "1!", "!1", "1.0x", "1.0+", "1.0+a+b",
                           "1.0+a..b", "1.0-a-b-c", "dog", "2004-01-xyz", "1.0.dev1.post1", "1.0,2",
                           "1.0--1", "+1", "1.0+\xC3\xA9", "\xD9\xA3", "1.0a1b1", "1*"}) {
    EXPECT_FALSE(Version::parse(text)) << text;
  }
}

TEST(Version, OrderOfOneRelease) {
  const std::vector<std::string> ascending{
      "0.9",           "1.0.dev0",   "1.0.dev1",      "1.0a1.dev1", "1.0a1",     "1.0a1.post0.dev2",
      "1.0a1.post0",   "1.0a2",      "1.0b0",         "1.0rc1",     "1.0rc10",   "1.0",
      "1.0+a",         "1.0+a.b",    "1.0+a.0",       "1.0+b",      "1.0+5",     "1.0+5.a",
      "1.0+10",        "1.0.post0.dev1", "1.0.post0", "1.0.post1",  "1.0.0.1",   "1.1.dev0",
      "1.10",          "1!0.1"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t k = 0; k < ascending.size(); ++k) {
      EXPECT_EQ(version(ascending[i]) <=> version(ascending[k]), i <=> k)
          << ascending[i] << " and " << ascending[k];
    }
  }
}

TEST(Version, TrailingZerosMeanNothing) {
  EXPECT_EQ(version("1"), version("1.0.0"));
  EXPECT_EQ(version("0"), version("0.0"));
  EXPECT_EQ(version("1.0rc1"), version("1c1"));
  EXPECT_NE(version("1.0+1"), version("1.0"));
}

TEST(Version, NumbersHaveAnyLength) {
  const std::string nines(5000, '9');
  const std::string more = "1" + std::string(5000, '0');
  EXPECT_LT(version(nines), version(more));
  EXPECT_EQ(normalized("000" + nines), nines);
  EXPECT_LT(version("1.0.dev18446744073709551615"), version("1.0.dev18446744073709551616"));
  EXPECT_LT(version("1+99999999999999999999"), version("1+100000000000000000000"));
}

TEST(Version, Parts) {
  const auto all = version("2!1.0rc3.post4.dev5+Local.6");
  EXPECT_EQ(all.str(), "2!1.0rc3.post4.dev5+local.6");
  EXPECT_EQ(all.public_version(), "2!1.0rc3.post4.dev5");
  EXPECT_EQ(all.base_version(), "2!1.0");
  EXPECT_EQ(all.local(), "local.6");
  EXPECT_TRUE(all.is_prerelease());
  EXPECT_TRUE(all.is_postrelease());
  EXPECT_TRUE(all.is_devrelease());
  EXPECT_FALSE(version("1.0.post1").is_prerelease());
  EXPECT_TRUE(version("1.0.dev1").is_prerelease());
}

TEST(Version, ComparePublicLeavesLocalPartsOut) {
  EXPECT_TRUE(version("1.0+a").compare_public(version("1+b")) == 0);
  EXPECT_TRUE(version("1.0+z").compare_public(version("1.0.post0")) < 0);
}

}  // namespace

}  // namespace assay
