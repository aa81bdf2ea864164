#include "evidence/finding.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace assay {
namespace {

Finding sample() {
  return {.gate = "weaknesses",
          .rule = "weaknesses/insecure-url",
          .severity = Severity::medium,
          .path = "pkg/update.py",
          .line = 12,
          .column = 7,
          .role = PathRole::vendored,
          .message = "fetches without TLS",
          .symbol = "",
          .context = "",
          .excerpt = "http://downloads.acme.example/x",
          .cwe = {"CWE-319"},
          .aliases = {},
          .score = -1,
          .vector = "",
          .scores = {},
          .fixed_in = ""};
}

Finding advisory() {
  Finding finding = sample();
  finding.gate = "advisories";
  finding.rule = "PYSEC-2023-192";
  finding.aliases = {"CVE-2023-43804"};
  finding.score = 8.1;
  finding.vector = "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:N";
  finding.scores = {{8.1, "3.1", finding.vector, "PYSEC-2023-192"},
                    {5.9, "4.0", "CVSS:4.0/AV:N", "GHSA-1"}};
  finding.fixed_in = "2.0.6";
  return finding;
}

TEST(Finding, RoundTripsThroughJson) {
  for (const Finding& finding : {sample(), advisory(), Finding{}}) {
    const std::string text = compact(to_json(finding));
    const auto read = finding_from_json(*parse_json(text));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(compact(to_json(*read)), text);
    EXPECT_EQ(read->fingerprint(), finding.fingerprint());
    EXPECT_EQ(read->score, finding.score);
    EXPECT_EQ(read->role, finding.role);
  }
}

TEST(Finding, EvidenceOfBeforeAffectedVersionsWereToldIsRead) {
  auto finding = advisory();
  finding.affected = "<2.0.6";
  Json json = to_json(finding);
  EXPECT_EQ(finding_from_json(json).value().affected, "<2.0.6");
  json["affected"] = 3;
  EXPECT_FALSE(finding_from_json(json));
  json.erase("affected");
  EXPECT_EQ(finding_from_json(json).value().affected, "");
}

TEST(Finding, EvidenceOfBeforeThereWereManyScoresIsRead) {
  Json old = to_json(advisory());
  old.erase("scores");
  const auto read = finding_from_json(old);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->score, 8.1);
  EXPECT_TRUE(read->scores.empty());
  for (const Json& wrong : {Json("9.8"), Json{9.8}, Json{{{"score", "9.8"}}}, Json(nullptr)}) {
    old["scores"] = wrong;
    EXPECT_FALSE(finding_from_json(old)) << wrong;
  }
}

TEST(Finding, JsonSaysWhereThereIsNoScore) {
  EXPECT_TRUE(to_json(sample()).at("score").is_null());
  EXPECT_EQ(to_json(advisory()).at("score"), 8.1);
}

TEST(Finding, RefusesBadJsonAndNamesTheMember) {
  const Json good = to_json(sample());
  EXPECT_FALSE(finding_from_json(Json::array()));
  for (const auto& [key, value] : good.items()) {
    if (key == "scores" || key == "affected") continue;  // see above and below
    Json missing = good;
    missing.erase(key);
    const auto read = finding_from_json(missing);
    ASSERT_FALSE(read) << key;
    EXPECT_NE(read.error().message.find("\"" + key + "\""), std::string::npos);
    Json wrong = good;
    wrong[key] = Json::object();
    EXPECT_FALSE(finding_from_json(wrong)) << key;
  }
  Json word = good;
  word["severity"] = "dreadful";
  EXPECT_FALSE(finding_from_json(word));
  Json line = good;
  line["line"] = -1;
  EXPECT_FALSE(finding_from_json(line));
}

Finding in_a_function() {
  Finding finding = sample();
  finding.symbol = "Updater.fetch";
  finding.context = "get('http://downloads.acme.example/x')";
  return finding;
}

TEST(Finding, FingerprintStaysWhereOnlyThePlaceMoves) {
  Finding moved = in_a_function();
  moved.path = "pkg/renamed.py";
  moved.line = 99;
  moved.column = 1;
  moved.message = "said otherwise";
  moved.severity = Severity::low;
  EXPECT_EQ(moved.fingerprint(), in_a_function().fingerprint());
  EXPECT_EQ(moved.fingerprint().size(), 16U);
}

TEST(Finding, FingerprintTellsRuleRoleSymbolAndContextApart) {
  Finding rule = in_a_function();
  Finding role = rule;
  Finding symbol = rule;
  Finding context = rule;
  rule.rule = "weaknesses/other";
  role.role = PathRole::test;
  symbol.symbol = "Updater.check";
  context.context = "run('http://downloads.acme.example/x')";
  for (const Finding& other : {rule, role, symbol, context}) {
    EXPECT_NE(other.fingerprint(), in_a_function().fingerprint());
  }
}

TEST(Finding, WithoutContextItIsKnownByPathAndText) {
  Finding path = sample(), text = sample(), spaced = sample();
  path.path = "pkg/other.py";
  text.excerpt = "http://downloads.acme.example/y";
  spaced.excerpt = " \t" + spaced.excerpt + "\n ";
  EXPECT_NE(path.fingerprint(), sample().fingerprint());
  EXPECT_NE(text.fingerprint(), sample().fingerprint());
  EXPECT_EQ(spaced.fingerprint(), sample().fingerprint());
}

TEST(Finding, AnAdvisoryIsKnownByItsId) {
  Finding later = advisory();
  later.excerpt = "urllib3 2.0.5";
  later.score = 7.5;
  later.fixed_in = "2.0.7";
  EXPECT_EQ(later.fingerprint(), advisory().fingerprint());
  later.rule = "PYSEC-2023-212";
  EXPECT_NE(later.fingerprint(), advisory().fingerprint());
}

TEST(Words, GoBothWays) {
  for (const char* word : {"none", "low", "medium", "high", "critical"}) {
    EXPECT_EQ(to_string(*parse_severity(word)), word);
  }
  for (const char* word :
       {"shipped", "test", "docs", "example", "vendored", "generated", "build"}) {
    EXPECT_EQ(to_string(*parse_path_role(word)), word);
  }
  EXPECT_FALSE(parse_severity("Medium"));
  EXPECT_FALSE(parse_path_role(""));
}

}  // namespace
}  // namespace assay
