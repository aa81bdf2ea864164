#include "evidence/advisory.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "evidence/affected_versions.h"

namespace assay {
namespace {

const Name acme = Name::normalize("acme");

Version version(std::string_view text) { return *Version::parse(text); }

Advisory parse(std::string_view text) {
  auto advisory = Advisory::parse(text);
  EXPECT_TRUE(advisory) << advisory.error().message;
  return *advisory;
}

// A record on "acme" with one ECOSYSTEM range of these events and these versions.
Advisory record(const std::string& events, const std::string& versions = "[]") {
  return parse(R"({"id": "X-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "Acme"},
                  "versions": )" +
               versions + R"(, "ranges": [{"type": "ECOSYSTEM", "events": )" + events + "}]}]}");
}

void expect_affected(const Advisory& advisory, std::initializer_list<const char*> yes,
                     std::initializer_list<const char*> no) {
  for (const char* text : yes) EXPECT_TRUE(advisory.affects(acme, version(text))) << text;
  for (const char* text : no) EXPECT_FALSE(advisory.affects(acme, version(text))) << text;
}

TEST(Advisory, ListsVersionsWhateverTheirSpelling) {
  const auto listed = record("[]", R"(["1.0", "v2.0.0", "1!3.0", "04.1", "5.0rc1", "6-1", " 7.0 ", "8.0+local"])");
  expect_affected(listed, {"1", "1.0.0", "2", "1!3", "4.1.0", "5rc1", "6.post1", "7", "8+local"},
                  {"0", "1.0.1", "10", "2.1", "3.0", "1!3.1", "4", "4.10", "5", "6", "8", "1!1.0"});
}

TEST(Advisory, OfACommitWhatItsRangesNameIsKnown) {
  using OfCommit = Advisory::OfCommit;
  const std::string a(40, 'a'), b(40, 'b'), c(40, 'c'), d(64, 'd');
  const auto with_git = [](const std::string& events) {
    return parse(R"({"id": "X-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "acme"}, "versions": ["1.0"],
                    "ranges": [{"type": "GIT", "repo": "https://git.example/x", "events": )" + events + "}]}]}");
  };
  const auto open = with_git(R"([{"introduced": "0"}, {"fixed": ")" + b + R"("}, {"fixed": ")" + d + "\"}]");
  EXPECT_EQ(open.of_commit(acme, a), OfCommit::not_known) << "history would tell";
  EXPECT_EQ(open.of_commit(acme, b), OfCommit::not_affected);
  EXPECT_EQ(open.of_commit(acme, d), OfCommit::not_affected);
  const auto closed = with_git(R"([{"introduced": ")" + a + R"("}, {"last_affected": ")" + std::string(40, 'C') + "\"}]");
  EXPECT_EQ(closed.of_commit(acme, a), OfCommit::affected);
  EXPECT_EQ(closed.of_commit(acme, c), OfCommit::affected) << "whichever case it is written in";
  EXPECT_EQ(closed.of_commit(acme, b), OfCommit::not_known);
  EXPECT_EQ(closed.of_commit(Name::normalize("other"), a), OfCommit::not_told);
  EXPECT_EQ(with_git(R"([{"introduced": "0"}])").of_commit(acme, a), OfCommit::affected);
  EXPECT_EQ(record("[]", R"(["1.0"])").of_commit(acme, a), OfCommit::not_told);
  EXPECT_EQ(Advisory::parse(compact(to_json(closed)))->of_commit(acme, a), OfCommit::affected) << "read back";
  const auto cut_off = with_git(R"([{"introduced": "abc123"}])");
  EXPECT_EQ(cut_off.of_commit(acme, a), OfCommit::not_told);
  EXPECT_FALSE(cut_off.malformed.empty());
  auto withdrawn = closed;
  withdrawn.withdrawn = true;
  EXPECT_EQ(withdrawn.of_commit(acme, a), OfCommit::not_told);
}

TEST(AdvisoryParse, ReadsAnOsvRecord) {
  const Advisory advisory = parse(R"({
    "schema_version": "1.7.0", "id": "GHSA-1", "modified": "2023-10-10T14:28:19.389317Z",
    "published": "2023-10-04T17:15:00Z", "aliases": ["CVE-2023-1", "PYSEC-2023-1"],
    "summary": "leaks a header", "details": "long\ntext",
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N"}, {"type": "Ubuntu", "score": "low"}],
    "database_specific": {"cwe_ids": ["CWE-200"]},
    "affected": [
      {"package": {"ecosystem": "npm", "name": "acme"}, "versions": ["1"]},
      {"package": {"ecosystem": "PyPI", "name": "Acme_Tools"},
       "severity": [{"type": "CVSS_V4", "score": "CVSS:4.0/AV:N"}],
       "ranges": [{"type": "GIT", "events": [{"introduced": "0"}]},
                  {"type": "ECOSYSTEM", "events": [{"introduced": "1"}, {"fixed": "2"}]}],
       "versions": ["1.0"]}]})");
  EXPECT_EQ(advisory.id, "GHSA-1");
  EXPECT_EQ(advisory.aliases, (std::vector<std::string>{"CVE-2023-1", "PYSEC-2023-1"}));
  EXPECT_EQ(advisory.summary, "leaks a header");
  EXPECT_EQ(format_time(*advisory.modified), "2023-10-10T14:28:19Z");
  EXPECT_EQ(advisory.severity, std::vector<std::string>{"CVSS:3.1/AV:N"});
  EXPECT_EQ(advisory.cwe, std::vector<std::string>{"CWE-200"});
  ASSERT_EQ(advisory.affected.size(), 1U);
  EXPECT_EQ(advisory.affected[0].name.str(), "acme-tools");
  EXPECT_EQ(advisory.affected[0].severity, std::vector<std::string>{"CVSS:4.0/AV:N"});
  EXPECT_EQ(advisory.affected[0].ranges.size(), 1U);
  EXPECT_TRUE(advisory.malformed.empty());
}

TEST(AdvisoryParse, WrittenOutItReadsBackTheSame) {
  const char* texts[] = {
      R"({"id": "A"})",
      R"({"id": "B", "aliases": ["C"], "summary": "s", "published": "2020-01-01T00:00:00Z",
          "modified": "2021-01-01T00:00:00Z", "withdrawn": "2020-06-01T00:00:00Z",
          "severity": [{"type": "CVSS_V2", "score": "AV:N"}, {"type": "CVSS_V4", "score": "CVSS:4.0/A"}],
          "database_specific": {"cwe_ids": ["CWE-1"]},
          "affected": [{"package": {"ecosystem": "PyPI", "name": "a"}, "versions": ["1", "2"],
            "severity": [{"type": "CVSS_V3", "score": "CVSS:3.0/A"}],
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"last_affected": "1"},
                        {"limit": "*"}, {"fixed": "3"}]}]}]})"};
  for (const char* text : texts) {
    const std::string once = compact(to_json(parse(text)));
    EXPECT_EQ(compact(to_json(parse(once))), once);
  }
}

TEST(AdvisoryParse, WithoutASummaryTheFirstLineOfTheDetailsStandsForIt) {
  EXPECT_EQ(parse(R"({"id": "A", "details": "\n First line.\nSecond."})").summary, "First line.");
  std::string umlauts;
  for (int i = 0; i < 300; ++i) umlauts += "ü";
  const auto one_word = parse(R"({"id": "A", "details": "x)" + umlauts + "\"}").summary;
  EXPECT_TRUE(one_word.ends_with("ü…")) << "no character is cut in two";
  EXPECT_EQ(one_word.size(), 199U + std::string("…").size());
  const auto words = parse(R"({"id": "A", "details": "short )" + umlauts + "\"}").summary;
  EXPECT_EQ(words, "short…") << "nor a word";
}

TEST(AdvisoryParse, RefusesWhatIsNoRecord) {
  for (const char* text : {"", "{", "[]", "42", "null", R"({"aliases": []})", R"({"id": ""})",
                           R"({"id": 7})", "{\"id\": \"\xff\"}", R"({"id": "A"} {"id": "B"})"}) {
    const auto advisory = Advisory::parse(text);
    ASSERT_FALSE(advisory) << text;
    EXPECT_EQ(advisory.error().kind, ErrorKind::invalid_input);
  }
  EXPECT_FALSE(Advisory::parse(std::string(100'000, '[')));
  EXPECT_FALSE(Advisory::parse(R"({"id": ")" + std::string(17U << 20, 'a') + "\"}"));
}

TEST(AdvisoryParse, SurvivesMalformedPartsAndTellsThem) {
  const Advisory advisory = parse(R"({
    "id": "X", "aliases": "CVE-1", "modified": "yesterday", "severity": {"type": "CVSS_V3"},
    "affected": [
      7,
      {"package": {"ecosystem": "PyPI", "name": "not a name!"}},
      {"package": {"ecosystem": "PyPI", "name": "empty"}},
      {"package": {"ecosystem": "PyPI", "name": "acme"},
       "versions": ["1.0", "one", 3],
       "ranges": [{"type": "RPM", "events": [{"introduced": "0"}]},
                  {"type": "ECOSYSTEM", "events": [{"introduced": "2.0"}, {"fixed": "soon"},
                                                   {"reported": "1"}, {"fixed": "3.0"}, null]}]}]})");
  expect_affected(advisory, {"1.0", "2.0", "2.9"}, {"1.1", "3.0"});
  const std::string told = join(advisory.malformed, "\n");
  for (const char* part : {"aliases", "modified", "severity", "not a name!", "empty", "one",
                           "versions", "RPM", "soon", "no known kind"}) {
    EXPECT_NE(told.find(part), std::string::npos) << part << " is not told in:\n" << told;
  }
}

TEST(AdvisoryParse, CountsFaultsBeyondTheFew) {
  std::string versions = "[\"1\"";
  for (int i = 0; i < 5000; ++i) versions += ", \"bad one\"";
  const Advisory advisory = record("[]", versions + "]");
  EXPECT_LE(advisory.malformed.size(), 21U);
  EXPECT_EQ(advisory.malformed.back(), "and 4981 more faults");
  expect_affected(advisory, {"1"}, {"2"});
}

TEST(AdvisoryParse, BoundsTheEvents) {
  std::string events = R"([{"introduced": "1"})";
  for (int i = 0; i < 20'000; ++i) events += R"(, {"fixed": "2"})";
  const Advisory advisory = record(events + "]");
  EXPECT_EQ(advisory.affected.at(0).ranges.at(0).size(), 10'000U);
  EXPECT_EQ(advisory.malformed.at(0), "more events than a record can have");
  expect_affected(advisory, {"1"}, {"2"});
}

TEST(AdvisoryAffects, VersionsAreComparedByPep440) {
  expect_affected(record("[]", R"(["1.0", "2.0rc1"])"), {"1", "1.0.0", "2.0-rc.1"},
                  {"1.0.post1", "1.0+local", "2.0"});
}

TEST(AdvisoryAffects, UnionOfVersionsAndRanges) {
  expect_affected(record(R"([{"introduced": "2"}, {"fixed": "3"}])", R"(["1.0"])"),
                  {"1.0", "2", "2.9.post1", "3rc1"}, {"1.1", "3"});
}

TEST(AdvisoryAffects, IntroducedZeroIsBeforeEverything) {
  expect_affected(record(R"([{"introduced": "0"}, {"fixed": "1.0"}])"),
                  {"0", "0.dev0", "0a1", "0.9", "1.0.dev1"}, {"1.0", "1!0"});
  expect_affected(record(R"([{"introduced": "0"}])"), {"0.dev0", "999", "1!1"}, {});
  expect_affected(record(R"([{"introduced": "0.0"}])"), {"0", "1"}, {"0.dev0"});
}

TEST(AdvisoryAffects, SeveralStretchesInAnyOrder) {
  const Advisory advisory = record(
      R"([{"introduced": "2.0.0"}, {"fixed": "2.0.6"}, {"introduced": "0"}, {"fixed": "1.26.17"}])");
  expect_affected(advisory, {"0.1", "1.26.16", "2.0.0", "2.0.5"},
                  {"1.26.17", "1.99", "2.0.0rc1", "2.0.6", "3"});
}

TEST(AdvisoryAffects, LastAffectedIsIncluded) {
  expect_affected(record(R"([{"introduced": "1.0"}, {"last_affected": "1.5"}])"),
                  {"1.0", "1.5", "1.5.0"}, {"0.9", "1.5.post1", "1.5.1", "2"});
  expect_affected(record(R"([{"introduced": "1.5"}, {"last_affected": "1.5"}])"), {"1.5"},
                  {"1.4", "1.6"});
}

TEST(AdvisoryAffects, LimitCutsARangeOff) {
  expect_affected(record(R"([{"introduced": "1"}, {"limit": "2"}])"), {"1", "1.9"},
                  {"0.9", "2", "3"});
  expect_affected(record(R"([{"introduced": "1"}, {"limit": "2"}, {"limit": "4"}])"), {"1", "3"},
                  {"4"});
  expect_affected(record(R"([{"introduced": "1"}, {"limit": "*"}])"), {"1", "99"}, {"0.9"});
}

TEST(AdvisoryAffects, EventsOfOneVersionInEitherOrder) {
  // Two stretches that meet are one; a stretch that ends where it begins is none. One that begins
  // where another would have ended begins.
  expect_affected(
      record(R"([{"introduced": "2"}, {"fixed": "3"}, {"introduced": "1"}, {"fixed": "2"}])"),
      {"1", "2", "2.5"}, {"3"});
  expect_affected(record(R"([{"introduced": "1"}, {"fixed": "1"}])"), {}, {"0.9", "1", "2"});
  expect_affected(record(R"([{"fixed": "1"}, {"introduced": "1"}])"), {"1", "2"}, {"0.9"});
  expect_affected(record(R"([{"introduced": "1"}, {"last_affected": "1"}, {"introduced": "2"}])"),
                  {"1", "2", "3"}, {"0.9", "1.1"});
}

// The schema's pseudocode: any entry, any range, each with its own events and limits.
TEST(AdvisoryAffects, EveryEntryAndRangeByItself) {
  const Advisory advisory = parse(R"({"id": "X", "affected": [
    {"package": {"ecosystem": "PyPI", "name": "acme"},
     "ranges": [{"type": "GIT", "repo": "r", "events": [{"introduced": "0"}]},
                {"type": "ECOSYSTEM", "events": [{"introduced": "1"}, {"fixed": "2"}]},
                {"type": "ECOSYSTEM", "events": [{"introduced": "1.5"}, {"limit": "3"}]}]},
    {"package": {"ecosystem": "npm", "name": "acme"}, "versions": ["7"]},
    {"package": {"ecosystem": "PyPI", "name": "Acme"}, "versions": ["4"]}]})");
  expect_affected(advisory, {"1", "1.9", "2", "2.9", "4.0"}, {"0.9", "3", "5", "7"});
  EXPECT_TRUE(advisory.malformed.empty());
}

TEST(AdvisoryAffects, WithoutAnIntroducedEventNothingIs) {
  const Advisory advisory = record(R"([{"fixed": "2"}])");
  expect_affected(advisory, {}, {"1", "2"});
  EXPECT_EQ(advisory.malformed.at(0), "acme: a range in which nothing is introduced");
}

// What can't be read makes no range smaller, and is told.
TEST(AdvisoryAffects, BoundsThatCantBeRead) {
  const auto told = [](const std::string& events, const std::vector<std::string>& affected,
                       const std::vector<std::string>& unaffected) {
    const Advisory advisory = record(events);
    for (const auto& one : affected) EXPECT_TRUE(advisory.affects(acme, version(one))) << events;
    for (const auto& one : unaffected) EXPECT_FALSE(advisory.affects(acme, version(one))) << events;
    return join(advisory.malformed, "\n");
  };
  EXPECT_EQ(told(R"([{"introduced": "long ago"}, {"fixed": "2"}])", {"0.dev0", "1"}, {"2"}),
            "event \"introduced\": not a version: long ago");
  EXPECT_EQ(told(R"([{"introduced": 0}, {"fixed": "2"}])", {"1"}, {"2"}),
            "event \"introduced\" is not a string");
  EXPECT_EQ(told(R"([{"introduced": ""}, {"fixed": "2"}])", {"1"}, {"2"}),
            "event \"introduced\": not a version: ");
  EXPECT_EQ(told(R"([{"introduced": "1"}, {"last_affected": "2.6.0-NA"}])", {"1", "99"}, {"0.9"}),
            "event \"last_affected\": not a version: 2.6.0-NA");
  EXPECT_EQ(told(R"([{"introduced": "1"}, {"limit": "soon"}])", {"1", "99"}, {"0.9"}),
            "event \"limit\": not a version: soon");
  EXPECT_EQ(told(R"([{"introduced": "1", "fixed": "2"}])", {"1"}, {"0.9", "2"}),
            "an event of several kinds, each of which is taken");
  EXPECT_EQ(told(R"([{"introduced": "1"}, {"last_affected": "2"}, {"fixed": "3"}])", {"1", "2"},
                 {"2.1", "3"}),
            "acme: a range with both fixed and last_affected");
}

TEST(AdvisoryAffects, ARangeOfSemanticVersionsIsReadByPep440AndTold) {
  const Advisory advisory = parse(R"({"id": "X", "affected": [
    {"package": {"ecosystem": "PyPI", "name": "acme"},
     "ranges": [{"type": "SEMVER", "events": [{"introduced": "1.0.0-alpha.1"}, {"fixed": "2.0.0"}]}]},
    {"package": {"name": "acme"}, "versions": ["5"]}]})");
  expect_affected(advisory, {"1.0a1", "1.9"}, {"1.0.dev1", "2", "5"});
  EXPECT_EQ(join(advisory.malformed, "\n"),
            "acme: a range of the type \"SEMVER\"\na package without an ecosystem");
}

TEST(AdvisoryParse, OnlyATimeWithdraws) {
  for (const char* stands : {"null", "false", "\"\"", "\"soon\"", "7"}) {
    const Advisory advisory =
        parse(std::string(R"({"id": "A", "withdrawn": )") + stands + "}");
    EXPECT_FALSE(advisory.withdrawn) << stands;
  }
  EXPECT_FALSE(parse(R"({"id": "A", "withdrawn": "soon"})").malformed.empty());
  EXPECT_TRUE(parse(R"({"id": "A", "withdrawn": "2024-11-25T22:30:36.883425Z"})").withdrawn);
}

TEST(AdvisoryAffects, OtherPackagesAndWithdrawnRecordsDoNot) {
  const Advisory advisory = record(R"([{"introduced": "0"}])");
  EXPECT_FALSE(advisory.affects(Name::normalize("acme-tools"), version("1")));
  EXPECT_TRUE(advisory.affects(Name::normalize("ACME"), version("1")));
  Advisory withdrawn = advisory;
  withdrawn.withdrawn = true;
  EXPECT_FALSE(withdrawn.affects(acme, version("1")));
  EXPECT_FALSE(parse(R"({"id": "A", "withdrawn": null})").withdrawn);
  EXPECT_TRUE(parse(R"({"id": "A", "withdrawn": "2020-01-01T00:00:00Z"})").withdrawn);
}

TEST(AffectedVersions, TheLowestFixAboveAVersion) {
  const auto fix = [](const Advisory& advisory, const Name& name, const char* above) {
    const AffectedVersions affected(advisory, name);
    const auto* fixed = affected.fixed_after(version(above));
    return fixed == nullptr ? std::string() : fixed->str();
  };
  Advisory advisory = record(
      R"([{"introduced": "2.0.0"}, {"fixed": "2.0.6"}, {"introduced": "0"}, {"fixed": "1.26.17"}])");
  EXPECT_EQ(fix(advisory, acme, "1.0"), "1.26.17");
  EXPECT_EQ(fix(advisory, acme, "2.0.1"), "2.0.6");
  EXPECT_EQ(fix(advisory, acme, "2.0.6"), "");
  EXPECT_EQ(fix(advisory, Name::normalize("other"), "1"), "");
  EXPECT_EQ(fix(record(R"([{"introduced": "0"}, {"last_affected": "2"}])"), acme, "1"), "");
  advisory.affected.push_back(record(R"([{"introduced": "0"}, {"fixed": "1.5"}])").affected[0]);
  EXPECT_EQ(fix(advisory, acme, "1.0"), "1.5") << "of several ranges";
}

}  // namespace
}  // namespace assay
