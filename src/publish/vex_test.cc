#include "publish/vex.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace assay {
namespace {

using Status = VulnerabilityStatement::Status;

const Time known_until = parse_time("2026-01-01").value();

VulnerabilityStatement of(Status status) {
  return {.package = Name::normalize("flask"),
          .version = "3.0+patched.1",
          .id = "PYSEC-2026-1",
          .aliases = {"CVE-2026-1"},
          .status = status,
          .words = "It is told.",
          .scores = {{5.3, "3.1", "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:N/A:N", "GHSA-1"}},
          .cwe = {"CWE-79", "CWE-x"},
          .description = "flask leaks",
          .fixed_in = "3.1"};
}

Json open(const VulnerabilityStatement& known) {
  return parse_json(open_vex("us", known_until, {known})).value().at("statements").at(0);
}

Json cyclonedx(const VulnerabilityStatement& known) {
  return parse_json(cyclonedx_vex("set", known_until, {known})).value();
}

TEST(Vex, SaysTheSameInBothVocabularies) {
  const struct {
    Status status;
    const char* open_word;
    const char* state;
  } words[] = {{Status::affected, "affected", "exploitable"},
               {Status::not_affected, "not_affected", "not_affected"},
               {Status::fixed, "fixed", "resolved"},
               {Status::under_investigation, "under_investigation", "in_triage"}};
  for (const auto& [status, open_word, state] : words) {
    auto known = of(status);
    if (status == Status::not_affected) known.justification = "component_not_present";
    EXPECT_EQ(open(known)["status"], open_word);
    EXPECT_EQ(open(known).contains("justification"), status == Status::not_affected);
    EXPECT_EQ(cyclonedx(known)["vulnerabilities"][0]["analysis"]["state"], state);
  }
}

TEST(Vex, HasNoOpenDocumentWithoutStatements) {
  EXPECT_EQ(open_vex("us", known_until, {}), "");
  EXPECT_EQ(parse_json(cyclonedx_vex("set", known_until, {})).value()["vulnerabilities"], Json::array());
}

TEST(Vex, MapsJustificationsToTheNearestWord) {
  auto known = of(Status::not_affected);
  for (const auto& [word, nearest] :
       std::map<std::string, std::string>{{"component_not_present", "code_not_present"},
                                          {"vulnerable_code_not_present", "code_not_present"},
                                          {"vulnerable_code_not_in_execute_path", "code_not_reachable"},
                                          {"vulnerable_code_cannot_be_controlled_by_adversary",
                                           "requires_environment"},
                                          {"inline_mitigations_already_exist",
                                           "protected_by_mitigating_control"}}) {
    known.justification = word;
    EXPECT_EQ(open(known)["justification"], word);
    EXPECT_EQ(cyclonedx(known)["vulnerabilities"][0]["analysis"]["justification"], nearest);
  }
}

TEST(Vex, TellsPlansAsResponses) {
  auto known = of(Status::affected);
  for (const auto& [plan, response] : std::map<Remediation, const char*>{
           {Remediation::upgrade, "update"},
           {Remediation::mitigate, "workaround_available"},
           {Remediation::accept, "will_not_fix"}}) {
    known.plan = plan;
    EXPECT_EQ(cyclonedx(known)["vulnerabilities"][0]["analysis"]["response"], Json::array({response}));
  }
}

TEST(Vex, KeepsScoresSourcesAndWhatIsAffected) {
  const auto told = cyclonedx(of(Status::affected))["vulnerabilities"][0];
  const auto rating = told["ratings"][0];
  EXPECT_EQ(rating["method"], "CVSSv31");
  EXPECT_EQ(rating["score"], 5.3);
  EXPECT_EQ(rating["severity"], "medium");
  EXPECT_EQ(rating["source"]["name"], "GHSA-1");
  EXPECT_EQ(told["source"]["name"], "PyPA Advisory Database");
  EXPECT_EQ(told["references"][0]["id"], "CVE-2026-1");
  EXPECT_EQ(told["cwes"], Json::array({79}));
  EXPECT_EQ(told["affects"][0]["ref"], "pkg:pypi/flask@3.0%2Bpatched.1");
  EXPECT_EQ(told["affects"][0]["versions"][0]["status"], "affected");
  auto unscored = of(Status::under_investigation);
  unscored.scores.clear();
  EXPECT_EQ(cyclonedx(unscored)["vulnerabilities"][0]["ratings"][0]["severity"], "unknown");
  EXPECT_EQ(cyclonedx(unscored)["vulnerabilities"][0]["affects"][0]["versions"][0]["status"], "unknown");
}

TEST(Vex, CarriesThePatchesThatFixedIt) {
  auto known = of(Status::fixed);
  known.patches = {{"0001-fix.patch", "--- a\n+++ b\n"}};
  const auto document = cyclonedx(known);
  EXPECT_EQ(document["vulnerabilities"][0]["analysis"]["state"], "resolved_with_pedigree");
  const auto patch = document["components"][0]["pedigree"]["patches"][0];
  EXPECT_EQ(patch["resolves"][0]["id"], "PYSEC-2026-1");
  EXPECT_EQ(patch["diff"]["text"]["content"], "--- a\n+++ b\n");
}

}  // namespace
}  // namespace assay
