#include "examine/rule.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace assay {
namespace {

constexpr std::string_view whole = R"(title = "T"
why = "W"
remedy = "R"
confidence = "low"
aliases = ["B1"]
check = "c"
severity = "high"
cwe = ["CWE-1"]
[[pattern]]
expression = "abc"
caseless = true
[lists]
words = ["a", "b"]
[[must-match]]
path = "x.py"
role = "test"
text = "abc"
[[must-not-match]]
path = "y.py"
text = "abd"
severity = "low"
)";

TEST(Rule, ReadsARuleFile) {
  const auto rule = Rule::parse("gate/rules/thing.toml", whole);
  ASSERT_TRUE(rule) << rule.error().message;
  EXPECT_EQ(rule->about.id, "gate/thing");
  EXPECT_EQ(rule->about.title, "T");
  EXPECT_EQ(rule->about.confidence, Confidence::low);
  EXPECT_EQ(rule->about.aliases, (std::vector<std::string>{"B1"}));
  EXPECT_EQ(rule->check, "c");
  EXPECT_EQ(rule->about.severity, Severity::high);
  EXPECT_TRUE(rule->patterns.at(0).caseless);
  EXPECT_EQ(rule->list("words"), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(rule->list("others").empty());
  EXPECT_EQ(rule->must_match.at(0).severity, Severity::high);
  EXPECT_EQ(rule->must_match.at(0).role, PathRole::test);
  EXPECT_EQ(rule->must_not_match.at(0).severity, Severity::low);
}

TEST(Rule, ListsStandInPatterns) {
  const std::string good(whole);
  const auto rule = Rule::parse(
      "gate/rules/thing.toml",
      replace_all(replace_all(good, "\"abc\"\ncase", "'\\b(?:${words})\\('\ncase"), "[\"a\", \"b\"]",
                  "[\"a.x(y)\", \"b B1\"]"));
  ASSERT_TRUE(rule) << rule.error().message;
  EXPECT_EQ(rule->patterns.at(0).expression, "\\b(?:a\\.x|b)\\(");
  EXPECT_FALSE(Rule::parse("gate/rules/thing.toml", replace_all(good, "\"abc\"\nc", "'${no}'\nc")));
}

TEST(Rule, RefusesWhatIsNoRuleAndSaysWhere) {
  const auto refused = [](const std::string& text) {
    const auto rule = Rule::parse("gate/rules/thing.toml", text);
    return rule ? std::string("taken") : rule.error().message;
  };
  const std::string good(whole);
  EXPECT_EQ(refused(good + "[[must-match]]\n"), "gate/rules/thing.toml:22: \"path\" is no text");
  EXPECT_EQ(refused(replace_all(good, "check =", "chekc =")),
            "gate/rules/thing.toml:6: unknown key \"chekc\"");
  EXPECT_TRUE(refused(replace_all(good, "\"high\"", "\"dire\"")).contains("dire"));
  EXPECT_TRUE(refused(replace_all(good, "\"high\"", "3")).contains("severity"));
  EXPECT_TRUE(refused(replace_all(good, "\"test\"", "\"toast\"")).contains("toast"));
  EXPECT_TRUE(refused(replace_all(good, "true", "1")).contains("caseless"));
  EXPECT_TRUE(refused(replace_all(good, "[\"a\", \"b\"]", "[1]")).contains("words"));
  EXPECT_TRUE(refused(good.substr(0, good.find("[[must-not"))).contains("must-not-match"));
  EXPECT_TRUE(refused("check = ").starts_with("gate/rules/thing.toml:1:"));
  EXPECT_FALSE(Rule::parse("gate/thing.toml", whole));
}

TEST(Rule, RulesetsDifferByCodeAndGate) {
  EXPECT_EQ(ruleset_digest("secrets", "1"), ruleset_digest("secrets", "1"));
  EXPECT_NE(ruleset_digest("secrets", "1"), ruleset_digest("secrets", "2"));
  EXPECT_NE(ruleset_digest("secrets", "1"), ruleset_digest("weaknesses", "1"));
}

}  // namespace
}  // namespace assay
