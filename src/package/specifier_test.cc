#include "package/specifier.h"

#include <string>

#include <gtest/gtest.h>

namespace assay {

namespace {

Version version(std::string_view text) { return Version::parse(text).value(); }

bool holds(std::string_view specifier, std::string_view text) {
  return SpecifierSet::parse(specifier).value().contains(version(text));
}

// Asserts on each version in turn, so that a failure names it.
void expect(std::string_view specifier, std::initializer_list<const char*> inside,
            std::initializer_list<const char*> outside) {
  for (const char* text : inside) EXPECT_TRUE(holds(specifier, text)) << specifier << " " << text;
  for (const char* text : outside) EXPECT_FALSE(holds(specifier, text)) << specifier << " " << text;
}

TEST(Specifier, Equality) {
  expect("==1.0", {"1", "1.0.0", "1.0+local"}, {"1.0.post0", "1.0rc1", "1!1.0", "1.0.1"});
  expect("==1.0+a", {"1+A"}, {"1.0", "1.0+a.1"});
  expect("!=1.0", {"1.0.post0", "0.9"}, {"1", "1.0+local"});
  expect("!=1.0+a", {"1.0", "1.0+b"}, {"1.0+a"});
}

TEST(Specifier, Wildcards) {
  expect("==1.2.*", {"1.2", "1.2.9", "1.2.dev0", "1.2rc1", "1.2.post1", "1.2+x"},
         {"1.20", "1.3.dev0", "1", "1!1.2"});
  expect("==1.0.*", {"1", "1.0.0.4"}, {"1.1"});
  expect("!=1.2.*", {"1.3", "1.1.9"}, {"1.2", "1.2a1"});
  expect("==2!1.*", {"2!1.9"}, {"1.9"});
}

TEST(Specifier, Bounds) {
  expect(">=1.0", {"1.0", "1.0+a", "1.0.post1", "2"}, {"1.0rc1", "0.9"});
  expect("<=1.0", {"1.0", "1.0+a", "1.0.dev1", "0"}, {"1.0.post0", "1.0.0.1"});
}

TEST(Specifier, GreaterLeavesOutPostReleasesOfItsOwn) {
  expect(">1.0", {"1.0.1", "1.1.dev0"}, {"1.0", "1.0.post1", "1.0+a", "1.0.0.post3.dev1"});
  expect(">1.0.post1", {"1.0.post2", "1.0.post2.dev0"}, {"1.0.post1", "1.0.post1+a"});
  expect(">1.0a1", {"1.0a2.dev0", "1.0", "1.0+a", "1.0.post1"}, {"1.0a1.post1", "1.0a1+x"});
  expect(">1.0.dev1", {"1.0.dev2", "1.0", "1.0a1"}, {"1.0.dev1+x"});
}

TEST(Specifier, LessLeavesOutPreReleasesOfItsOwn) {
  expect("<1.0", {"0.9", "0.9.post1"}, {"1.0", "1.0rc1", "1.0.dev0", "1.0a1.post2"});
  expect("<1.0rc1", {"1.0b9", "1.0.dev1", "1.0rc1.dev1"}, {"1.0rc1", "1.0rc1.post1"});
  expect("<1.0.post1", {"1.0", "1.0rc1", "1.0.post0"}, {"1.0.post1.dev0", "1.0.post1"});
}

TEST(Specifier, Compatible) {
  expect("~=2.2", {"2.2", "2.9", "2.2.post3", "2.2+x"}, {"3.0.dev0", "2.1", "2.2rc1"});
  expect("~=2.2.0", {"2.2", "2.2.9"}, {"2.3", "2.3.dev0"});
  expect("~=2.2rc1", {"2.2rc1", "2.2", "2.9"}, {"3", "2.2b1"});
  expect("~=1!1.0", {"1!1.5"}, {"1.5", "2!1.5"});
}

TEST(Specifier, ArbitraryEqualityComparesSpellings) {
  const auto set = SpecifierSet::parse("===1.0-Post1").value();
  EXPECT_TRUE(set.contains_text("1.0-post1"));
  EXPECT_FALSE(set.contains_text("1.0.post1"));
  EXPECT_FALSE(set.contains(version("1.0-post1")));  // a Version is written normalized
  EXPECT_TRUE(SpecifierSet::parse("===what ever").has_value() == false);
  EXPECT_TRUE(SpecifierSet::parse("===whatever").value().contains_text("WhatEver"));
}

TEST(Specifier, WhatIsNoVersionMatchesNoOtherOperator) {
  EXPECT_FALSE(SpecifierSet::parse("!=1.0").value().contains_text("dog"));
  EXPECT_FALSE(SpecifierSet::parse("===dog,>=1").value().contains_text("dog"));
  EXPECT_TRUE(SpecifierSet().contains_text("dog"));
}

TEST(Specifier, Refuses) {
  for (const char* text :
       {"", "1.0", "=1.0", "=>1", ">1,", "> =1", ">=1.*", "<1.0.*", "~=1", "~=1!1", "~=1.0.*",
        "==1.0a1.*", "==1.0+x.*", "==1.0.*.*", "==1.*.0", ">=1.0+x", "~=1.0+x", "<1+1", "==*",
        ">=dog", "==1.0 foo", "!1", "===a;b", "===a)", "\xE2\x89\xA5" "1"}) {
    EXPECT_FALSE(Specifier::parse(text)) << text;
  }
}

TEST(Specifier, KeepsItsSpelling) {
  const auto clause = Specifier::parse(" >= v1.0-RC1 ").value();
  EXPECT_EQ(clause.op(), ">=");
  EXPECT_EQ(clause.version_text(), "v1.0-RC1");
  EXPECT_EQ(clause.str(), ">=v1.0-RC1");
  EXPECT_EQ(Specifier::parse("== 1.2.*").value().version_text(), "1.2.*");
}

TEST(SpecifierSet, AllClausesHold) {
  expect(" >=1.0 , !=1.5.*,<2,", {"1.4", "1.6"}, {"1.5.3", "2.0", "0.9", "2.0rc1"});
  EXPECT_TRUE(SpecifierSet::parse("").value().empty());
  EXPECT_TRUE(holds("", "1.0"));
  EXPECT_FALSE(SpecifierSet::parse(">=1;<2"));
}

TEST(SpecifierSet, IsPrintedSortedWithoutClausesThatSayTheSame) {
  EXPECT_EQ(SpecifierSet::parse("<2, >=1.0,!= 1.5").value().str(), "!=1.5,<2,>=1.0");
  EXPECT_EQ(SpecifierSet::parse("==1.0.0,==1.0, == v1").value().str(), "==1.0");
  EXPECT_EQ(SpecifierSet::parse("~=1.0,~=1.0.0").value().str(), "~=1.0,~=1.0.0");
  EXPECT_EQ(SpecifierSet::parse("===A,===a").value().str(), "===A,===a");
}

TEST(SpecifierSet, PreReleasePolicy) {
  const auto final_only = SpecifierSet::parse(">=1.0").value();
  EXPECT_TRUE(final_only.contains(version("2.0rc1")));
  EXPECT_TRUE(final_only.contains(version("2.0rc1"), true));
  EXPECT_FALSE(final_only.contains(version("2.0rc1"), false));
  EXPECT_TRUE(final_only.contains(version("2.0.post1"), false));
  EXPECT_FALSE(SpecifierSet().contains(version("1.0.dev1"), false));
  EXPECT_FALSE(SpecifierSet::parse("===1.0a1").value().contains_text("1.0a1", false));
}

TEST(SpecifierSet, AdmitsPreReleasesThatItNames) {
  const auto admits = [](std::string_view text) {
    return SpecifierSet::parse(text).value().admits_prereleases();
  };
  EXPECT_TRUE(admits(">=1.0a1"));
  EXPECT_TRUE(admits(">0.5,<2.0.dev0"));
  EXPECT_TRUE(admits("===1.0rc1"));
  EXPECT_FALSE(admits("!=1.0a1"));
  EXPECT_FALSE(admits(">=1.0.post1"));
  EXPECT_FALSE(admits("===dog"));
  EXPECT_FALSE(admits(""));
}

}  // namespace

}  // namespace assay
