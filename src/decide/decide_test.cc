#include "decide/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace assay {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;
using Weight = Reason::Weight;

const Date today = parse_date("2026-06-01").value();

// A package against which nothing stands.
PackageEvidence sound(std::string_view name, std::vector<std::string_view> dependencies = {}) {
  PackageEvidence evidence;
  evidence.name = Name::normalize(name);
  evidence.version = "1.2.3";
  evidence.gates_run = {"advisories", "weaknesses", "secrets"};
  evidence.builds = {{"3.11", ""}};
  TestReport report;
  report.state = TestReport::State::ran;
  report.outcomes = {{"tests/test_a.py::test_one", TestStatus::passed, 0.1, ""},
                     {"tests/test_a.py::test_two", TestStatus::skipped, 0, "no need"}};
  evidence.tests = {{"3.11", report}};
  for (const auto dependency : dependencies) {
    evidence.dependencies.push_back(Name::normalize(dependency));
  }
  return evidence;
}

Finding advisory(double score) {
  Finding finding;
  finding.gate = "advisories";
  finding.rule = "GHSA-x84v-xcm2-53pg";
  finding.aliases = {"CVE-2018-18074", "PYSEC-2018-28"};
  finding.message = "Credentials are sent to another host.";
  finding.score = score;
  if (score >= 0) finding.vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N";
  finding.fixed_in = "2.20.0";
  return finding;
}

Finding in_file(std::string_view gate, std::string_view path, PathRole role,
                Severity severity = Severity::medium) {
  Finding finding;
  finding.gate = gate;
  finding.rule = std::string(gate) + "/rule";
  finding.severity = severity;
  finding.path = path;
  finding.line = 7;
  finding.role = role;
  finding.message = "What was found.";
  finding.excerpt = "http://host.example/";
  return finding;
}

Disposition accept_finding(std::string_view rule) {
  Disposition disposition;
  disposition.package = Name::normalize("pkg");
  disposition.subject = Disposition::Subject::finding;
  disposition.rule = rule;
  disposition.reason = "It is a link in a comment.";
  disposition.reviewer = "A. Person";
  disposition.date = parse_date("2026-01-01").value();
  disposition.expires = parse_date("2026-12-31").value();
  disposition.file = "dispositions.toml";
  disposition.line = 12;
  return disposition;
}

Disposition plan_for(std::string_view rule) {
  auto disposition = accept_finding(rule);
  disposition.subject = Disposition::Subject::plan;
  disposition.reason = "The next release has the fix.";
  disposition.plan = {Remediation::upgrade, "B. Maintainer", {">=2.20.0"}, {}};
  return disposition;
}

Disposition accept_test(std::string_view id) {
  auto disposition = accept_finding("");
  disposition.subject = Disposition::Subject::test;
  disposition.test = id;
  return disposition;
}

Disposition accept(Disposition::Subject subject) {
  auto disposition = accept_finding("");
  disposition.subject = subject;
  return disposition;
}

Verdict verdict_of(const PackageEvidence& evidence,
                   const std::vector<Disposition>& dispositions = {}, const Policy& policy = {}) {
  return decide(policy, dispositions, {evidence}, today).verdicts.at(0);
}

std::vector<std::string> notes_for(const Disposition& disposition,
                                   const PackageEvidence& evidence) {
  return decide({}, {disposition}, {evidence}, today).disposition_notes;
}

// The reasons that speak against it.
std::vector<Reason> against(const Verdict& verdict) {
  std::vector<Reason> reasons;
  std::ranges::copy_if(verdict.reasons, std::back_inserter(reasons),
                       [](const Reason& reason) { return reason.weight >= Weight::hold; });
  return reasons;
}

PackageEvidence with(Finding finding) {
  auto evidence = sound("pkg");
  evidence.findings = {std::move(finding)};
  return evidence;
}

PackageEvidence with(TestReport report) {
  auto evidence = sound("pkg");
  evidence.tests = {{"3.11", std::move(report)}};
  return evidence;
}

TEST(Decide, PublishesWhatNothingStandsAgainst) {
  const auto result = decide({}, {}, {sound("pkg")}, today);
  EXPECT_TRUE(result.all_published());
  EXPECT_THAT(result.disposition_notes, IsEmpty());
  EXPECT_EQ(result.verdicts.at(0).package.str(), "pkg");
  EXPECT_EQ(result.verdicts.at(0).version, "1.2.3");
  EXPECT_EQ(result.verdicts.at(0).reasons.at(0).text,
            "Upstream's tests with Python 3.11: 1 passed, 1 skipped.");
  EXPECT_FALSE(decide({}, {}, {}, today).all_published()) << "an empty set is no release";
}

TEST(Advisories, AboveTheThresholdAreRefusedWithAllThatIsKnown) {
  const auto verdict = verdict_of(with(advisory(7.5)));
  EXPECT_EQ(verdict.decision, Decision::refused);
  const auto& reason = verdict.reasons.at(0);
  EXPECT_EQ(reason.weight, Weight::refuse);
  EXPECT_EQ(reason.gate, "advisories");
  EXPECT_EQ(reason.policy, "policy.advisories.refuse-above = 7.0");
  EXPECT_EQ(reason.subject, advisory(7.5).fingerprint());
  EXPECT_EQ(reason.text,
            "CVSS 7.5: GHSA-x84v-xcm2-53pg (CVE-2018-18074, PYSEC-2018-28), fixed in 2.20.0: "
            "Credentials are sent to another host. CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N: over the "
            "network, low complexity, no privileges, no user interaction, scope unchanged; high impact on "
            "confidentiality, no impact on integrity and availability.");
}

constexpr const char* vector_31 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N";
constexpr const char* vector_40 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N";

Finding advisory_of_two(double score_31, double score_40) {
  auto finding = advisory(std::max(score_31, score_40));
  finding.scores = {{score_31, "3.1", vector_31, "GHSA-1"}, {score_40, "4.0", vector_40, "GHSA-1"}};
  return finding;
}

Policy policy_that_counts(std::string_view rule) {
  Policy policy;
  policy.advisories.score = rule;
  return policy;
}

TEST(Advisories, WhereVersionsDisagreeThePolicySaysWhichScoreCounts) {
  struct Known {
    std::string_view rule;
    double v31, v40;
    Decision decision;
    std::string told;
  };
  for (const Known& known : {
           Known{"highest", 7.5, 6.3, Decision::refused,
                 "7.5 by CVSS 3.1, 6.3 by CVSS 4.0; the highest counts."},
           {"highest", 6.3, 7.5, Decision::refused,
            "7.5 by CVSS 4.0, 6.3 by CVSS 3.1; the highest counts."},
           {"newest", 7.5, 6.3, Decision::held,
            "7.5 by CVSS 3.1, 6.3 by CVSS 4.0; the newest version counts."},
           {"newest", 6.3, 7.5, Decision::refused, "the newest version counts."},
           {"3.1", 6.3, 7.5, Decision::held, "CVSS 3.1 counts."},
           {"4.0", 6.3, 7.5, Decision::refused, "CVSS 4.0 counts."},
           // Where the version that should count is missing, nothing is lost.
           {"3.0", 6.3, 7.5, Decision::refused, "the highest counts."},
       }) {
    const auto policy = policy_that_counts(known.rule);
    const auto verdict = verdict_of(with(advisory_of_two(known.v31, known.v40)), {}, policy);
    EXPECT_EQ(verdict.decision, known.decision) << known.rule;
    EXPECT_THAT(verdict.reasons.at(0).text, HasSubstr(known.told));
  }
}

TEST(Advisories, TheReasonShowsTheScoreThatCountsAndItsVector) {
  const auto verdict = verdict_of(with(advisory_of_two(7.5, 6.3)), {}, policy_that_counts("newest"));
  EXPECT_THAT(verdict.reasons.at(0).text, StartsWith("CVSS 6.3: GHSA"));
  EXPECT_THAT(verdict.reasons.at(0).text, HasSubstr(std::string(vector_40) + ": over the network"));
  EXPECT_THAT(verdict.reasons.at(0).text, Not(HasSubstr(vector_31)));
}

TEST(Advisories, VersionsThatAgreeAboutTheThresholdAreNotTold) {
  const auto text = verdict_of(with(advisory_of_two(9.8, 9.3))).reasons.at(0).text;
  EXPECT_THAT(text, Not(HasSubstr("by CVSS 4.0")));
}

TEST(Advisories, AtTheThresholdIsToldOrRefusedByPolicy) {
  EXPECT_THAT(verdict_of(with(advisory(7.0))).reasons.at(0).text,
              HasSubstr("7.0 is not above 7.0, though high by CVSS's words."));
  Policy strict;
  strict.advisories.at_threshold = "refuse";
  const auto refused = verdict_of(with(advisory(7.0)), {}, strict);
  EXPECT_EQ(refused.decision, Decision::refused);
  EXPECT_EQ(refused.reasons.at(0).policy, "policy.advisories.at-threshold = \"refuse\"");
  EXPECT_EQ(verdict_of(with(advisory(7.1)), {}, strict).reasons.at(0).policy,
            "policy.advisories.refuse-above = 7.0");
  EXPECT_EQ(verdict_of(with(advisory(6.9)), {}, strict).decision, Decision::held);
  strict.advisories.refuse_above = 5.0;
  strict.advisories.at_threshold = "flag";
  const auto medium = verdict_of(with(advisory(5.0)), {}, strict);
  EXPECT_EQ(medium.decision, Decision::held);
  EXPECT_THAT(medium.reasons.at(0).text, HasSubstr("5.0 is not above 5.0."));
}

TEST(Advisories, ExactlyAtTheThresholdAreNotRefused) {
  const auto held = verdict_of(with(advisory(7.0)));
  EXPECT_EQ(held.decision, Decision::held);
  EXPECT_EQ(held.reasons.at(0).policy, "policy.advisories.hold-lower = true");
  EXPECT_EQ(verdict_of(with(advisory(7.1))).decision, Decision::refused);
  // What a computation in binary may leave behind the tenths.
  EXPECT_EQ(verdict_of(with(advisory(7.0000000000000009))).decision, Decision::held);
  Policy lenient;
  lenient.advisories.hold_lower = false;
  const auto verdict = verdict_of(with(advisory(7.0)), {}, lenient);
  EXPECT_EQ(verdict.decision, Decision::published);
  EXPECT_THAT(verdict.reasons.at(0).text, HasSubstr("7.0"));
  EXPECT_EQ(verdict.reasons.at(0).policy, "policy.advisories.hold-lower = false");
}

TEST(Advisories, ThresholdIsThePolicys) {
  Policy strict;
  strict.advisories.refuse_above = 0;
  EXPECT_EQ(verdict_of(with(advisory(0.1)), {}, strict).decision, Decision::refused);
  EXPECT_EQ(verdict_of(with(advisory(0.0)), {}, strict).decision, Decision::held);
}

TEST(Advisories, LowerAndUnscoredOnesHoldUntilThereIsAPlan) {
  for (const double score : {5.0, -1.0}) {
    EXPECT_EQ(verdict_of(with(advisory(score))).decision, Decision::held);
    for (const std::string_view id : {"GHSA-x84v-xcm2-53pg", "CVE-2018-18074"}) {
      const auto verdict = verdict_of(with(advisory(score)), {plan_for(id)});
      EXPECT_EQ(verdict.decision, Decision::published);
      EXPECT_EQ(verdict.reasons.at(0).weight, Weight::accepted);
      EXPECT_EQ(verdict.reasons.at(0).accepted_by,
                "A. Person, as a plan to upgrade (>=2.20.0) that B. Maintainer carries out by "
                "2026-12-31: The next release has the fix.");
    }
  }
  EXPECT_EQ(verdict_of(with(advisory(-1))).reasons.at(0).policy,
            "policy.advisories.hold-unscored = true");
  Policy lenient;
  lenient.advisories.hold_unscored = false;
  EXPECT_EQ(verdict_of(with(advisory(-1)), {}, lenient).decision, Decision::published);
}

TEST(Advisories, WhatIsExploitedIsRefusedWhateverItsScore) {
  Finding exploited = advisory(3.1);
  exploited.urgency.exploited = Urgency::Exploited{.since = parse_date("2024-05-01").value()};
  const auto verdict = verdict_of(with(exploited), {plan_for("CVE-2018-18074")});
  EXPECT_EQ(verdict.decision, Decision::refused);
  EXPECT_EQ(verdict.reasons.at(0).policy, "policy.advisories.refuse-exploited = true");
  EXPECT_THAT(verdict.reasons.at(0).text,
              StartsWith("CVSS 3.1, known to be exploited since 2024-05-01: GHSA-"));
  Policy lenient;
  lenient.advisories.refuse_exploited = false;
  EXPECT_EQ(verdict_of(with(exploited), {}, lenient).decision, Decision::held);
}

TEST(Advisories, AnUnlikelyExploitLowersNothing) {
  Finding severe = advisory(9.8);
  severe.urgency.predicted = Urgency::Predicted{0.0001, 0.01, today};
  EXPECT_EQ(verdict_of(with(severe)).decision, Decision::refused);
}

TEST(Advisories, WhatATrustedSourceCouldNotBeAskedAboutHolds) {
  Policy lenient;
  lenient.advisories.hold_lower = false;
  Finding unclear = advisory(3.1);
  EXPECT_EQ(verdict_of(with(unclear), {}, lenient).decision, Decision::published);
  unclear.urgency.not_known = {"KEV"};
  EXPECT_EQ(verdict_of(with(unclear), {}, lenient).decision, Decision::held);
}

TEST(Advisories, APlanThatIsOverdueDoesNotCount) {
  auto plan = plan_for("CVE-2018-18074");
  plan.expires = parse_date("2026-05-31").value();
  const auto result = decide({}, {plan}, {with(advisory(5))}, today);
  EXPECT_EQ(result.verdicts.at(0).decision, Decision::held);
  EXPECT_THAT(result.verdicts.at(0).reasons.at(0).text,
              EndsWith("The plan at dispositions.toml:12 was due on 2026-05-31."));
  EXPECT_THAT(result.disposition_notes, ElementsAre(HasSubstr("was due on 2026-05-31")));
}

TEST(Advisories, AnAcceptanceIsNoPlan) {
  const auto verdict = verdict_of(with(advisory(5)), {accept_finding("CVE-2018-18074")});
  EXPECT_EQ(verdict.decision, Decision::held);
  EXPECT_THAT(verdict.reasons.at(0).text, HasSubstr("wants a [[plan]]"));
}

TEST(Advisories, MayNotCountHere) {
  auto unaffected = accept_finding("CVE-2018-18074");
  unaffected.subject = Disposition::Subject::not_affected;
  unaffected.justification = "vulnerable_code_not_present";
  const auto verdict = verdict_of(with(advisory(5)), {unaffected});
  EXPECT_EQ(verdict.decision, Decision::published);
  EXPECT_THAT(verdict.reasons.at(0).accepted_by,
              HasSubstr("as not affected (vulnerable_code_not_present)"));
  EXPECT_EQ(verdict_of(with(advisory(9.8)), {unaffected}).decision, Decision::refused);
}

TEST(Advisories, ThatAreRefusedHaveNoPlan) {
  const auto result = decide({}, {plan_for("CVE-2018-18074")}, {with(advisory(9.8))}, today);
  EXPECT_EQ(result.verdicts.at(0).decision, Decision::refused);
  EXPECT_THAT(result.verdicts.at(0).reasons.at(0).text, EndsWith("does not count here."));
}

// A plan to patch GHSA-x84v-xcm2-53pg, shown by the test that sound() has.
Disposition patch_plan(std::vector<std::string> evidence = {"0001-fix.patch", "tests/test_a.py::test_one"}) {
  auto plan = plan_for("CVE-2018-18074");
  plan.plan.remediation = Remediation::patch;
  plan.plan.evidence = std::move(evidence);
  return plan;
}

PackageEvidence patched(double score) {
  auto evidence = with(advisory(score));
  evidence.patches = {"0001-fix.patch"};
  return evidence;
}

PlanState only_plan(const Disposition& plan, const PackageEvidence& evidence, const Policy& policy = {}) {
  return decide(policy, {plan}, {evidence}, today).plans.at(0);
}

TEST(Plans, APatchThatWasShownToWorkLiftsARefusal) {
  const auto result = decide({}, {patch_plan()}, {patched(9.8)}, today);
  EXPECT_EQ(result.verdicts.at(0).decision, Decision::published);
  EXPECT_THAT(result.verdicts.at(0).reasons.at(0).accepted_by,
              HasSubstr("as a plan to patch that is done: the patch is applied, and tests/test_a.py::test_one passed"));
  EXPECT_EQ(result.plans.at(0).standing, PlanState::Standing::done);
  EXPECT_EQ(result.answers.at(0).plan->standing, PlanState::Standing::done);
  EXPECT_THAT(result.disposition_notes, IsEmpty());
}

TEST(Plans, NoOtherPlanLiftsARefusal) {
  for (const auto remediation : {Remediation::upgrade, Remediation::strip, Remediation::mitigate, Remediation::accept}) {
    auto plan = plan_for("CVE-2018-18074");
    plan.plan.remediation = remediation;
    plan.plan.evidence = {"pkg/a.py"};
    auto evidence = with(advisory(9.8));
    evidence.files = {{"src/pkg/a.py"}, {"pkg/b.py"}};
    Policy policy;
    policy.plans.accept_up_to = 10;
    EXPECT_EQ(verdict_of(evidence, {plan}, policy).decision, Decision::refused) << to_string(remediation);
  }
}

TEST(Plans, APatchThatIsNotShownDoesNotCount) {
  const struct {
    std::vector<std::string> evidence;
    std::string why;
  } cases[] = {{{"0002-other.patch", "tests/test_a.py::test_one"}, "names the patch 0002-other.patch, which is not applied"},
               {{"0001-fix.patch"}, "names no test that shows"},
               {{"0001-fix.patch", "tests/test_a.py::test_gone"}, "has no test tests/test_a.py::test_gone"},
               {{"0001-fix.patch", "tests/test_a.py::*"}, "test_two did not pass with Python 3.11: skipped"}};
  for (const auto& [evidence, why] : cases) {
    const auto verdict = verdict_of(patched(9.8), {patch_plan(evidence)});
    EXPECT_EQ(verdict.decision, Decision::refused);
    EXPECT_THAT(verdict.reasons.at(0).text, HasSubstr(why));
    EXPECT_EQ(verdict_of(patched(5), {patch_plan(evidence)}).decision, Decision::held) << why;
  }
  auto untested = patched(9.8);
  untested.tests.at(0).report.state = TestReport::State::incomplete;
  EXPECT_THAT(only_plan(patch_plan(), untested).why, HasSubstr("did not run to their end"));
  untested.tests.clear();
  EXPECT_EQ(only_plan(patch_plan(), untested).why, "names tests, and none were run");
}

TEST(Plans, WhatShowsAPatchIsWaitedForBeforeItIsTried) {
  auto early = patched(9.8);
  early.tests.clear();
  early.proof_to_come = true;
  EXPECT_EQ(verdict_of(early, {patch_plan()}).reasons.at(0).weight, Weight::hold) << "it is not spared";
  early.patches.clear();
  EXPECT_EQ(verdict_of(early, {patch_plan()}).reasons.at(0).weight, Weight::refuse);
}

TEST(Plans, APatchThatIsDoneIsNotOverdue) {
  auto plan = patch_plan();
  plan.expires = parse_date("2026-05-01").value();
  EXPECT_EQ(only_plan(plan, patched(5)).standing, PlanState::Standing::done);
}

TEST(Plans, ARescanShowsThatAPatchMendedAFinding) {
  auto plan = patch_plan({"0001-fix.patch"});
  plan.rule = "weaknesses/rule";
  auto evidence = with(in_file("weaknesses", "src/a.py", PathRole::shipped));
  evidence.patches = {"0001-fix.patch"};
  EXPECT_EQ(only_plan(plan, evidence).standing, PlanState::Standing::unproven);
  EXPECT_EQ(verdict_of(evidence, {plan}).decision, Decision::held);
  evidence.findings.clear();
  EXPECT_EQ(only_plan(plan, evidence).standing, PlanState::Standing::done);
  EXPECT_THAT(notes_for(plan, evidence), IsEmpty());
}

TEST(Plans, AStrippedFileIsInNoWheel) {
  auto plan = plan_for("CVE-2018-18074");
  plan.plan.remediation = Remediation::strip;
  plan.plan.evidence = {"pkg/debug.py"};
  auto evidence = with(advisory(5));
  EXPECT_THAT(only_plan(plan, evidence).why, HasSubstr("the wheels' are not known"));
  evidence.files = {{"src/pkg/debug.py"}, {"pkg/__init__.py", "pkg/debug.py"}};
  EXPECT_EQ(only_plan(plan, evidence).why, "names pkg/debug.py, which is in a wheel");
  evidence.files->wheels = {"pkg/__init__.py"};
  EXPECT_EQ(only_plan(plan, evidence).standing, PlanState::Standing::done);
  EXPECT_EQ(verdict_of(evidence, {plan}).decision, Decision::published);
  evidence.files->source = {"src/pkg/no_debug.py"};
  EXPECT_THAT(only_plan(plan, evidence).why, HasSubstr("which the source does not have either"));
}

TEST(Plans, LowScoresMayBeAcceptedForATime) {
  auto plan = plan_for("CVE-2018-18074");
  plan.plan.remediation = Remediation::accept;
  plan.plan.evidence.clear();
  EXPECT_EQ(verdict_of(with(advisory(3.9)), {plan}).decision, Decision::published);
  EXPECT_EQ(only_plan(plan, with(advisory(4.0))).why,
            "accepts a score of 4.0 (policy.plans.accept-up-to = 3.9)");
  EXPECT_EQ(only_plan(plan, with(advisory(-1))).standing, PlanState::Standing::not_allowed);
  Policy lenient;
  lenient.plans.accept_up_to = 7;
  EXPECT_EQ(verdict_of(with(advisory(5)), {plan}, lenient).decision, Decision::published);
}

TEST(Plans, AreStaleWhereMoreIsKnownThanTheyWereWrittenFor) {
  auto plan = plan_for("CVE-2018-18074");
  plan.plan.score = 5.3;
  EXPECT_EQ(only_plan(plan, with(advisory(5.3))).standing, PlanState::Standing::in_time);
  EXPECT_EQ(only_plan(plan, with(advisory(4.0))).standing, PlanState::Standing::in_time);
  EXPECT_EQ(only_plan(plan, with(advisory(6.9))).why, "was written for a score of 5.3; by now it has a score of 6.9");
  EXPECT_EQ(verdict_of(with(advisory(6.9)), {plan}).decision, Decision::held);
  EXPECT_EQ(only_plan(plan, with(advisory(-1))).standing, PlanState::Standing::stale);
  plan.plan.score = -1;
  EXPECT_EQ(only_plan(plan, with(advisory(-1))).standing, PlanState::Standing::in_time);
  EXPECT_EQ(only_plan(plan, with(advisory(0.1))).standing, PlanState::Standing::stale);
  Policy lenient;
  lenient.plans.stale = "tell";
  const auto result = decide(lenient, {plan}, {with(advisory(5))}, today);
  EXPECT_EQ(result.verdicts.at(0).decision, Decision::published);
  EXPECT_THAT(result.disposition_notes, ElementsAre(EndsWith("by now it has a score of 5.0")));
}

TEST(Plans, AreStaleOnceTheFlawIsKnownToBeExploited) {
  Policy policy;
  policy.advisories.refuse_exploited = false;  // else no plan but a patch that is shown to work counts
  const auto plan = plan_for("CVE-2018-18074");
  const auto exploited_since = [](Date since) {
    auto finding = advisory(5);
    finding.urgency.exploited = Urgency::Exploited{.since = since, .due = {}};
    return finding;
  };
  const auto later = exploited_since(Date(std::chrono::sys_days(plan.date) + std::chrono::days(1)));
  EXPECT_EQ(only_plan(plan, with(exploited_since(plan.date)), policy).standing, PlanState::Standing::in_time);
  EXPECT_EQ(only_plan(plan, with(later), policy).standing, PlanState::Standing::stale);
  EXPECT_THAT(only_plan(plan, with(later), policy).why, EndsWith("it is known to be exploited"));
  EXPECT_EQ(verdict_of(with(later), {plan}, policy).decision, Decision::held);
  policy.plans.stale = "tell";
  EXPECT_EQ(verdict_of(with(later), {plan}, policy).decision, Decision::published);
  auto mended = patched(5);
  mended.findings = {later};
  EXPECT_EQ(only_plan(patch_plan(), mended).standing, PlanState::Standing::done);
}

TEST(Plans, ThatAreOverdueMayBeToldOnly) {
  auto plan = plan_for("CVE-2018-18074");
  plan.expires = parse_date("2026-05-31").value();
  Policy lenient;
  lenient.plans.overdue = "tell";
  EXPECT_EQ(verdict_of(with(advisory(5)), {plan}, lenient).decision, Decision::published);
  EXPECT_EQ(only_plan(plan, with(advisory(5)), lenient).standing, PlanState::Standing::overdue);
}

TEST(Plans, ThatNothingFitsAreToldOrHoldTheirPackage) {
  const auto plan = plan_for("CVE-2018-18074");
  EXPECT_EQ(only_plan(plan, sound("pkg")).standing, PlanState::Standing::unmatched);
  EXPECT_EQ(verdict_of(sound("pkg"), {plan}).decision, Decision::published);
  Policy strict;
  strict.plans.unmatched = "hold";
  const auto held = verdict_of(sound("pkg"), {plan}, strict);
  EXPECT_EQ(held.decision, Decision::held);
  EXPECT_EQ(held.reasons.at(0).policy, "policy.plans.unmatched = \"hold\"");
  EXPECT_EQ(verdict_of(sound("other"), {plan}, strict).decision, Decision::published);
}

TEST(Plans, ThatAreReachedCanGo) {
  auto upgraded = sound("pkg");
  upgraded.version = "2.20.1";
  EXPECT_THAT(notes_for(plan_for("CVE-2018-18074"), upgraded), ElementsAre(EndsWith("is reached: the set has 2.20.1; it can go")));
  auto still = with(advisory(5));
  still.version = "2.20.1";
  EXPECT_EQ(only_plan(plan_for("CVE-2018-18074"), still).standing, PlanState::Standing::unproven);
}

TEST(Advisories, MayNotCountOnThePlatformsOfTheSet) {
  auto unaffected = accept_finding("CVE-2018-18074");
  unaffected.subject = Disposition::Subject::not_affected;
  unaffected.justification = "vulnerable_code_not_in_execute_path";
  unaffected.targets = {"linux-s390x", "linux-x86_64"};
  auto evidence = with(advisory(5));
  EXPECT_EQ(verdict_of(evidence, {unaffected}).decision, Decision::held) << "the set's are not known";
  evidence.targets = {"linux-s390x"};
  EXPECT_EQ(verdict_of(evidence, {unaffected}).decision, Decision::published);
  EXPECT_EQ(decide({}, {unaffected}, {evidence}, today).answers.at(0).justification, unaffected.justification);
  evidence.targets = {"linux-s390x", "linux-aarch64"};
  const auto held = verdict_of(evidence, {unaffected});
  EXPECT_EQ(held.decision, Decision::held);
  EXPECT_THAT(held.reasons.at(0).text, HasSubstr("for other platforms than the set's (linux-s390x, linux-aarch64)"));
}

TEST(Weaknesses, HoldInWhatShipsFromTheSeverityOfThePolicy) {
  for (const auto role :
       {PathRole::shipped, PathRole::build, PathRole::vendored, PathRole::generated}) {
    const auto verdict = verdict_of(with(in_file("weaknesses", "src/a.py", role)));
    EXPECT_EQ(verdict.decision, Decision::held) << to_string(role);
    EXPECT_EQ(verdict.reasons.at(0).text, "src/a.py:7: What was found (weaknesses/rule).");
    EXPECT_EQ(verdict.reasons.at(0).policy, "policy.weaknesses.hold-from = \"medium\"");
  }
  const auto low = in_file("weaknesses", "src/a.py", PathRole::shipped, Severity::low);
  const auto verdict = verdict_of(with(low));
  EXPECT_EQ(verdict.decision, Decision::published);
  EXPECT_THAT(verdict.reasons,
              Contains(testing::Field(&Reason::text, HasSubstr("less severe than policy."
                                                               "weaknesses.hold-from"))));
  Policy strict;
  strict.weaknesses.hold_from = "low";
  EXPECT_EQ(verdict_of(with(low), {}, strict).decision, Decision::held);
}

TEST(Weaknesses, NeverAskWhereTheyAreHarmless) {
  auto evidence = sound("pkg");
  for (const auto role : {PathRole::test, PathRole::docs, PathRole::example}) {
    for (const std::string path : {"x/a.py", "x/b.py"}) {
      evidence.findings.push_back(in_file("weaknesses", path, role, Severity::critical));
    }
  }
  const auto verdict = verdict_of(evidence);
  EXPECT_EQ(verdict.decision, Decision::published);
  ASSERT_THAT(verdict.reasons, SizeIs(4)) << "one for each role, and the tests'";
  EXPECT_THAT(
      verdict.reasons,
      Contains(testing::Field(&Reason::text,
                              "2 findings of weaknesses/rule, the first in x/a.py:7: in tests, "
                              "which are not installed.")));
}

TEST(Weaknesses, AreAcceptedByRulePathAndFingerprint) {
  const auto finding = in_file("weaknesses", "src/a.py", PathRole::shipped);
  auto by_path = accept_finding("weaknesses/rule");
  by_path.path = "src/a.py";
  EXPECT_EQ(verdict_of(with(finding), {by_path}).decision, Decision::published);
  by_path.path = "src/*";
  EXPECT_EQ(verdict_of(with(finding), {by_path}).decision, Decision::published);
  by_path.path = "src/b.py";
  EXPECT_EQ(verdict_of(with(finding), {by_path}).decision, Decision::held);
  auto by_fingerprint = accept_finding("");
  by_fingerprint.fingerprint = finding.fingerprint();
  EXPECT_EQ(verdict_of(with(finding), {by_fingerprint}).decision, Decision::published);
  by_fingerprint.rule = "weaknesses/another";
  EXPECT_EQ(verdict_of(with(finding), {by_fingerprint}).decision, Decision::held);
  EXPECT_EQ(verdict_of(with(finding), {accept_finding("")}).decision, Decision::held)
      << "one that names nothing accepts nothing";
  auto of_another = accept_finding("weaknesses/rule");
  of_another.package = Name::normalize("another");
  EXPECT_EQ(verdict_of(with(finding), {of_another}).decision, Decision::held);
}

TEST(Weaknesses, OfOneFingerprintAreToldOnce) {
  auto evidence = sound("pkg");
  evidence.findings = {in_file("weaknesses", "src/a.py", PathRole::shipped),
                       in_file("weaknesses", "src/a.py", PathRole::shipped)};
  evidence.findings[1].line = 70;
  const auto reasons = against(verdict_of(evidence));
  ASSERT_THAT(reasons, SizeIs(1));
  EXPECT_EQ(reasons[0].text,
            "src/a.py:7: What was found (weaknesses/rule, here and in 1 more places).");
}

TEST(Secrets, InWhatShipsAreRefused) {
  for (const auto role :
       {PathRole::shipped, PathRole::build, PathRole::vendored, PathRole::generated}) {
    const auto finding = in_file("secrets", "src/key.pem", role, Severity::high);
    const auto verdict = verdict_of(with(finding), {accept_finding("secrets/rule")});
    EXPECT_EQ(verdict.decision, Decision::refused) << to_string(role);
    EXPECT_EQ(verdict.reasons.at(0).policy, "policy.secrets.refuse = true");
    Policy lenient;
    lenient.secrets.refuse = false;
    EXPECT_EQ(verdict_of(with(finding), {}, lenient).decision, Decision::held);
    EXPECT_EQ(verdict_of(with(finding), {accept_finding("secrets/rule")}, lenient).decision,
              Decision::published);
  }
}

TEST(Secrets, ThatMayBeNoneWaitForAPerson) {
  const auto medium = in_file("secrets", "src/a.py", PathRole::shipped, Severity::medium);
  EXPECT_EQ(verdict_of(with(medium)).decision, Decision::held);
  EXPECT_EQ(verdict_of(with(medium), {accept_finding("secrets/rule")}).decision, Decision::published);
  EXPECT_EQ(verdict_of(with(in_file("secrets", "src/a.py", PathRole::shipped, Severity::low))).decision,
            Decision::published);
}

TEST(Behaviour, ThatOnlyMaliceHasCountsAnywhere) {
  for (const auto role : {PathRole::test, PathRole::tool, PathRole::docs, PathRole::example}) {
    EXPECT_EQ(verdict_of(with(in_file("behaviour", "tools/a.py", role, Severity::high))).decision,
              Decision::held);
    EXPECT_EQ(verdict_of(with(in_file("behaviour", "tools/a.py", role, Severity::medium))).decision,
              Decision::published);
  }
}

TEST(Findings, OfLowConfidenceAreToldOnly) {
  for (const auto* gate : {"weaknesses", "behaviour", "secrets"}) {
    auto finding = in_file(gate, "src/a.py", PathRole::shipped, Severity::high);
    EXPECT_NE(verdict_of(with(finding)).decision, Decision::published) << gate;
    finding.confidence = Confidence::low;
    const auto verdict = verdict_of(with(finding));
    EXPECT_EQ(verdict.decision, Decision::published) << gate;
    EXPECT_THAT(verdict.reasons,
                Contains(testing::Field(&Reason::text, testing::HasSubstr("less sure than"))));
    Policy strict;
    strict.weaknesses.confidence_from = "low";
    EXPECT_NE(verdict_of(with(finding), {}, strict).decision, Decision::published) << gate;
  }
}

TEST(Secrets, InTestsNeverAskAndSayWhy) {
  const auto verdict = verdict_of(with(in_file("secrets", "tests/key.pem", PathRole::test)));
  EXPECT_EQ(verdict.decision, Decision::published);
  EXPECT_THAT(verdict.reasons,
              Contains(testing::Field(&Reason::text,
                                      "tests/key.pem:7: What was found (secrets/rule): in tests, "
                                      "where a key is a fixture and protects nothing.")));
}

TEST(Findings, OfAGateWithoutAPolicyAreNotPassedOver) {
  EXPECT_EQ(
      verdict_of(with(in_file("malware", "setup.py", PathRole::build, Severity::none))).decision,
      Decision::held);
}

TEST(Findings, CanNotSteerATerminal) {
  auto finding = in_file("weaknesses", "src/\x1b[2J.py", PathRole::shipped);
  finding.message = std::string(5000, 'x') + "\nsecond line";
  const auto reason = verdict_of(with(finding)).reasons.at(0);
  EXPECT_EQ(reason.text.find('\x1b'), std::string::npos);
  EXPECT_EQ(reason.text.find('\n'), std::string::npos);
  EXPECT_LT(reason.text.size(), 1000u);
}

TEST(Gates, ThatDidNotRunLeaveThePackageUnfinished) {
  auto evidence = sound("pkg");
  evidence.gates_run = {"weaknesses", "secrets"};
  evidence.advisories_not_known = "our own: it is not there";
  EXPECT_EQ(verdict_of(evidence).decision, Decision::unfinished);
  EXPECT_EQ(verdict_of(evidence).reasons.at(0).text,
            "What is known against it is not all known: our own: it is not there.");
  evidence.gates_run = {"advisories", "weaknesses"};
  const auto verdict = verdict_of(evidence);
  EXPECT_EQ(verdict.decision, Decision::unfinished);
  ASSERT_THAT(against(verdict), SizeIs(1));
  EXPECT_EQ(verdict.reasons.at(0).text, "The secrets gate did not run to its end.");
}

TEST(Tests, ThatFailHoldUntilEachIsAccepted) {
  TestReport report;
  report.state = TestReport::State::ran;
  report.outcomes = {{"tests/test_net.py::test_get", TestStatus::failed, 1, "no route to host"},
                     {"tests/test_net.py::test_put", TestStatus::error, 1, ""},
                     {"tests/test_a.py::test_one", TestStatus::passed, 1, ""}};
  const auto verdict = verdict_of(with(report));
  EXPECT_EQ(verdict.decision, Decision::held);
  ASSERT_THAT(against(verdict), SizeIs(2));
  EXPECT_EQ(verdict.reasons.at(0).text,
            "tests/test_net.py::test_get fails with Python 3.11: no route to host.");
  EXPECT_EQ(verdict.reasons.at(0).subject, "tests/test_net.py::test_get");
  EXPECT_EQ(verdict.reasons.at(1).text,
            "tests/test_net.py::test_put ends in an error with Python 3.11.");

  const auto one = accept_test("tests/test_net.py::test_get");
  EXPECT_EQ(verdict_of(with(report), {one}).decision, Decision::held);
  const auto other = accept_test("tests/test_net.py::test_put");
  EXPECT_EQ(verdict_of(with(report), {one, other}).decision, Decision::published);
  EXPECT_EQ(verdict_of(with(report), {accept_test("tests/test_net.py::*")}).decision,
            Decision::published);
  EXPECT_EQ(verdict_of(with(report), {accept_test("tests/test_net.py")}).decision, Decision::held)
      << "only a star at the end stands for more";
  Policy lenient;
  lenient.tests.required = false;
  EXPECT_EQ(verdict_of(with(report), {}, lenient).decision, Decision::held)
      << "a failure is not a missing test";
}

TEST(Tests, ThatAreFlakyAreToldAndHoldIfThePolicyWantsIt) {
  TestReport report;
  report.state = TestReport::State::ran;
  report.outcomes = {{"tests/test_net.py::test_get", TestStatus::flaky, 1, "timed out"},
                     {"tests/test_a.py::test_one", TestStatus::passed, 1, ""}};
  const auto verdict = verdict_of(with(report));
  EXPECT_EQ(verdict.decision, Decision::published);
  EXPECT_EQ(verdict.reasons.at(0).weight, Reason::Weight::info);
  EXPECT_EQ(verdict.reasons.at(0).text,
            "tests/test_net.py::test_get failed, and passed when it was run again, with Python 3.11: timed out.");
  EXPECT_EQ(verdict.reasons.at(1).text, "Upstream's tests with Python 3.11: 1 passed, 1 flaky.");

  Policy strict;
  strict.tests.hold_flaky = true;
  EXPECT_EQ(verdict_of(with(report), {}, strict).decision, Decision::held);
  EXPECT_EQ(verdict_of(with(report), {accept_test("tests/test_net.py::test_get")}, strict).decision,
            Decision::published);
}

TEST(Tests, ThatSayNothingHoldIfThePolicyWantsThem) {
  TestReport none;
  none.state = TestReport::State::ran;
  TestReport skipped = none;
  skipped.outcomes = {{"t", TestStatus::skipped, 0, ""}};
  TestReport absent;
  TestReport impossible;
  impossible.state = TestReport::State::impossible;
  impossible.reason = "no pytest";
  TestReport incomplete;
  incomplete.state = TestReport::State::incomplete;
  incomplete.reason = "it used 1800 s";
  const std::pair<TestReport, std::string> reports[] = {
      {none, "Not one test was found in the run with Python 3.11."},
      {skipped, "All 1 tests were skipped with Python 3.11."},
      {absent, "The source distribution carries no tests."},
      {impossible, "The tests can't be run with Python 3.11: no pytest."},
      {incomplete, "The tests did not run to their end with Python 3.11: it used 1800 s."}};
  for (const auto& [report, text] : reports) {
    const auto verdict = verdict_of(with(report));
    EXPECT_EQ(verdict.decision, Decision::held) << text;
    EXPECT_EQ(verdict.reasons.at(0).text, text);
    EXPECT_EQ(verdict.reasons.at(0).policy, "policy.tests.required = true");
    const auto accepted = verdict_of(with(report), {accept(Disposition::Subject::tests)});
    EXPECT_EQ(accepted.decision, Decision::published) << text;
    EXPECT_EQ(accepted.reasons.at(0).weight, Weight::accepted);
    Policy lenient;
    lenient.tests.required = false;
    EXPECT_EQ(verdict_of(with(report), {}, lenient).decision, Decision::published) << text;
  }
}

TEST(Tests, ThatFailedBeforeARunEndedStillCount) {
  TestReport report;
  report.state = TestReport::State::incomplete;
  report.outcomes = {{"t::a", TestStatus::failed, 1, ""}};
  EXPECT_EQ(verdict_of(with(report), {accept(Disposition::Subject::tests)}).decision,
            Decision::held);
}

TEST(Tests, ThatWereNotTriedLeaveThePackageUnfinished) {
  auto evidence = sound("pkg");
  evidence.builds.push_back({"3.12", ""});
  const auto verdict = verdict_of(evidence);
  EXPECT_EQ(verdict.decision, Decision::unfinished);
  EXPECT_EQ(verdict.reasons.at(0).text, "The tests were not tried with Python 3.12.");
}

TEST(Builds, ThatFailHoldWithTheFailure) {
  auto evidence = sound("pkg");
  evidence.builds = {{"3.11", "gcc: not found"}};
  evidence.tests.clear();
  const auto verdict = verdict_of(evidence, {accept(Disposition::Subject::build)});
  EXPECT_EQ(verdict.decision, Decision::held) << "there is no wheel that could be published";
  ASSERT_THAT(against(verdict), SizeIs(1));
  EXPECT_EQ(verdict.reasons.at(0).text, "The build failed with Python 3.11: gcc: not found.");
}

TEST(Builds, ThatFailForOneInterpreterCanBeAccepted) {
  auto evidence = sound("pkg");
  evidence.builds.push_back({"3.8", "needs 3.9"});
  EXPECT_EQ(verdict_of(evidence).decision, Decision::held);
  EXPECT_EQ(verdict_of(evidence, {accept(Disposition::Subject::build)}).decision,
            Decision::published);
}

TEST(Builds, ThatAreMissingLeaveThePackageUnfinished) {
  auto evidence = sound("pkg");
  evidence.builds.clear();
  evidence.tests.clear();
  EXPECT_EQ(verdict_of(evidence).decision, Decision::unfinished);
  evidence.findings = {advisory(9.8)};
  const auto verdict = verdict_of(evidence);
  EXPECT_EQ(verdict.decision, Decision::refused);
  EXPECT_THAT(verdict.reasons, SizeIs(1)) << "why it was not built is said";
}

TEST(Errors, AreUnfinishedAndRefusalsRefused) {
  auto evidence = sound("pkg");
  evidence.error = "the index did not answer.";
  auto verdict = verdict_of(evidence);
  EXPECT_EQ(verdict.decision, Decision::unfinished);
  EXPECT_EQ(verdict.reasons.at(0).text, "It could not be finished: the index did not answer.");
  evidence.refusal = "pkg.tar.gz: the member ../x leaves the archive";
  verdict = verdict_of(evidence);
  EXPECT_EQ(verdict.decision, Decision::refused);
  EXPECT_THAT(verdict.reasons.at(0).text, HasSubstr("../x leaves the archive"));
}

TEST(Reasons, ComeHeaviestFirst) {
  auto evidence = sound("pkg");
  evidence.findings = {in_file("weaknesses", "tests/a.py", PathRole::test),
                       in_file("weaknesses", "src/a.py", PathRole::shipped), advisory(9.8),
                       advisory(5)};
  evidence.findings[3].rule = "PYSEC-2020-1";
  evidence.findings[3].aliases.clear();
  const auto verdict = verdict_of(evidence, {plan_for("PYSEC-2020-1")});
  std::vector<Weight> weights;
  for (const auto& reason : verdict.reasons) weights.push_back(reason.weight);
  EXPECT_THAT(weights, ElementsAre(Weight::refuse, Weight::hold, Weight::accepted, Weight::info,
                                   Weight::info));
}


TEST(Dispositions, ThatExpiredDoNotCountAndAreTold) {
  const auto evidence = with(in_file("weaknesses", "src/a.py", PathRole::shipped));
  auto disposition = accept_finding("weaknesses/rule");
  disposition.expires = parse_date("2026-05-31").value();
  const auto verdict = verdict_of(evidence, {disposition});
  EXPECT_EQ(verdict.decision, Decision::held);
  EXPECT_THAT(verdict.reasons.at(0).text,
              EndsWith("The acceptance at dispositions.toml:12 expired on 2026-05-31."));
  EXPECT_THAT(notes_for(disposition, evidence),
              ElementsAre("dispositions.toml:12: the acceptance of the finding weaknesses/rule of "
                          "pkg expired on 2026-05-31; it does not count"));
  disposition.expires = today;
  EXPECT_EQ(verdict_of(evidence, {disposition}).decision, Decision::published)
      << "the day it names is its last";
}

TEST(Dispositions, OfTheFutureDoNotCountAndAreTold) {
  const auto evidence = with(in_file("weaknesses", "src/a.py", PathRole::shipped));
  auto disposition = accept_finding("weaknesses/rule");
  disposition.date = parse_date("2026-06-02").value();
  EXPECT_EQ(verdict_of(evidence, {disposition}).decision, Decision::held);
  EXPECT_THAT(notes_for(disposition, evidence),
              ElementsAre(HasSubstr("is dated 2026-06-02, which is still to come")));
  disposition.date = today;
  EXPECT_EQ(verdict_of(evidence, {disposition}).decision, Decision::published);
}

TEST(Dispositions, AreLimitedToTheirVersions) {
  const auto evidence = with(in_file("weaknesses", "src/a.py", PathRole::shipped));
  auto disposition = accept_finding("weaknesses/rule");
  disposition.versions = "==1.2.*";
  EXPECT_EQ(verdict_of(evidence, {disposition}).decision, Decision::published);
  EXPECT_THAT(notes_for(disposition, evidence), IsEmpty());
  disposition.versions = "<1.2";
  EXPECT_EQ(verdict_of(evidence, {disposition}).decision, Decision::held);
  EXPECT_THAT(notes_for(disposition, evidence),
              ElementsAre(EndsWith("is for versions <1.2; this one is 1.2.3")));
  auto prerelease = evidence;
  prerelease.version = "1.1rc1";
  EXPECT_EQ(verdict_of(prerelease, {disposition}).decision, Decision::published);
}

TEST(Dispositions, ThatNothingNeedsAreTold) {
  EXPECT_THAT(
      notes_for(accept_test("tests/gone.py::*"), sound("pkg")),
      ElementsAre("dispositions.toml:12: the acceptance of the test tests/gone.py::* of pkg "
                  "is not needed: there is nothing like it any more"));
  EXPECT_THAT(notes_for(accept(Disposition::Subject::tests), sound("pkg")), SizeIs(1));
  EXPECT_THAT(notes_for(accept_finding("weaknesses/rule"), sound("other")),
              ElementsAre(EndsWith("is not needed: the package is not in the set")));
}

TEST(Dependants, GoWithWhatTheyNeedAndNameTheWay) {
  auto bad = sound("markupsafe");
  bad.findings = {advisory(9.8)};
  const std::vector<PackageEvidence> evidence = {sound("flask", {"jinja2", "click"}),
                                                 sound("jinja2", {"markupsafe"}), bad,
                                                 sound("click"), sound("requests")};
  const auto verdicts = decide({}, {}, evidence, today).verdicts;
  EXPECT_EQ(verdicts.at(0).decision, Decision::held);
  EXPECT_EQ(verdicts.at(0).reasons.at(0).text,
            "Needs jinja2, which needs markupsafe, which is refused.");
  EXPECT_EQ(verdicts.at(0).reasons.at(0).gate, "dependencies");
  EXPECT_EQ(verdicts.at(0).reasons.at(0).subject, "markupsafe");
  EXPECT_EQ(verdicts.at(1).decision, Decision::held);
  EXPECT_EQ(verdicts.at(1).reasons.at(0).text, "Needs markupsafe, which is refused.");
  EXPECT_EQ(verdicts.at(2).decision, Decision::refused);
  EXPECT_EQ(verdicts.at(3).decision, Decision::published);
  EXPECT_EQ(verdicts.at(4).decision, Decision::published);
}

TEST(Dependants, OfACycleAreHeldOnce) {
  auto bad = sound("c");
  bad.error = "the disk is full";
  const auto verdicts =
      decide({}, {}, {sound("a", {"b"}), sound("b", {"a", "c", "b"}), bad}, today).verdicts;
  EXPECT_THAT(against(verdicts.at(0)), SizeIs(1));
  EXPECT_EQ(verdicts.at(0).reasons.at(0).text, "Needs b, which needs c, which is unfinished.");
  EXPECT_THAT(against(verdicts.at(1)), SizeIs(1));
  EXPECT_TRUE(decide({}, {}, {sound("a", {"b"}), sound("b", {"a"})}, today).all_published());
}

TEST(Dependants, KeepTheirOwnDecisionAndHearOfEachCulprit) {
  auto refused = sound("a", {"b", "c"});
  refused.findings = {advisory(9.8)};
  auto first = sound("b");
  first.findings = {in_file("weaknesses", "src/a.py", PathRole::shipped)};
  auto second = first;
  second.name = Name::normalize("c");
  const auto verdict = decide({}, {}, {refused, first, second}, today).verdicts.at(0);
  EXPECT_EQ(verdict.decision, Decision::refused);
  EXPECT_THAT(against(verdict), SizeIs(3));
}

TEST(Dependants, OfAnUnknownPackageAreUnfinished) {
  const auto verdict = verdict_of(sound("pkg", {"nowhere"}));
  EXPECT_EQ(verdict.decision, Decision::unfinished);
  EXPECT_EQ(verdict.reasons.at(0).text, "Needs nowhere, of which nothing is known.");
}

TEST(Decide, SurvivesALongChain) {
  std::vector<PackageEvidence> evidence;
  constexpr int length = 2000;
  for (int i = 0; i < length; ++i) {
    evidence.push_back(sound("p" + std::to_string(i)));
    if (i > 0) evidence.back().dependencies = {evidence[i - 1].name};
  }
  evidence.front().findings = {advisory(9.8)};
  const auto result = decide({}, {}, evidence, today);
  EXPECT_TRUE(std::ranges::none_of(result.verdicts, [](const Verdict& verdict) {
    return verdict.decision == Decision::published;
  }));
  EXPECT_EQ(result.verdicts.at(2).reasons.at(0).text,
            "Needs p1, which needs p0, which is refused.");
  EXPECT_THAT(result.verdicts.at(8).reasons.at(0).text, Not(HasSubstr("more")));
  EXPECT_EQ(result.verdicts.at(10).reasons.at(0).text,
            "Needs p9, which needs p8, which needs p7, which needs p6, which needs p5, which needs "
            "p4, which needs p3, which needs 2 more, which needs p0, which is refused.");
}

// A model in which the tests answer the network.
ThreatModel network_model() {
  ThreatModel model;
  model.threats = {{.id = "t", .title = "It calls home", .slsa = "",
                    .surfaces = {SurfaceKind::network}, .steps = {"tests"}, .remains = ""}};
  return model;
}

ThreatReview reviewed(std::set<SurfaceKind> surfaces) {
  return {.reviewer = "A. Person", .date = parse_date("2026-05-01").value(), .model = "",
          .packages = {{Name::normalize("pkg"), std::move(surfaces)}}};
}

PackageEvidence with_surface(SurfaceKind kind) {
  auto evidence = sound("pkg");
  evidence.surfaces = {{kind, 7, {"a.py:1: socket"}}};
  evidence.steps = {"tests"};
  return evidence;
}

Verdict by_model(const PackageEvidence& evidence, const ThreatModel& model,
                 const ThreatReview& review) {
  return decide({}, {}, {evidence}, today, {true, &model, &review}).verdicts.at(0);
}

AcceptedRisk accepted_risk() {
  return {.package = Name::normalize("pkg"), .surface = {}, .threat = "", .reason = "It was read.",
          .reviewer = "A. Person", .date = parse_date("2026-01-01").value(),
          .expires = parse_date("2026-12-31").value()};
}

TEST(Threats, ASurfaceIsAnsweredByAStepThatRan) {
  const auto review = reviewed({SurfaceKind::network});
  auto evidence = with_surface(SurfaceKind::network);
  EXPECT_EQ(by_model(evidence, network_model(), review).decision, Decision::published);
  evidence.steps.clear();
  const auto held = by_model(evidence, network_model(), review);
  EXPECT_EQ(held.decision, Decision::held);
  EXPECT_THAT(against(held).at(0).text,
              HasSubstr("network (It calls home): a.py:1: socket and 6 more"));
}

TEST(Threats, ASurfaceThatNoThreatNamesHoldsUntilItIsAccepted) {
  const auto review = reviewed({SurfaceKind::startup_hook});
  const auto evidence = with_surface(SurfaceKind::startup_hook);
  auto model = network_model();
  EXPECT_EQ(by_model(evidence, model, review).decision, Decision::held);
  model.accepted = {accepted_risk()};
  model.accepted[0].surface = SurfaceKind::startup_hook;
  EXPECT_EQ(by_model(evidence, model, review).decision, Decision::published);
  model.accepted[0].expires = parse_date("2026-05-31").value();
  EXPECT_EQ(by_model(evidence, model, review).decision, Decision::held);
}

TEST(Threats, EachThreatThroughASurfaceIsAnsweredNotOneOfThem) {
  const auto evidence = with_surface(SurfaceKind::network);
  auto model = network_model();
  model.threats.push_back({.id = "leak", .title = "It tells secrets", .slsa = "",
                           .surfaces = {SurfaceKind::network}, .steps = {"review"}, .remains = ""});
  const auto review = reviewed({SurfaceKind::network});
  const auto held = by_model(evidence, model, review);
  EXPECT_EQ(held.decision, Decision::held);
  EXPECT_THAT(against(held).at(0).text, HasSubstr("network (It tells secrets)"));
  model.accepted = {accepted_risk()};
  model.accepted[0].threat = "leak";
  EXPECT_EQ(by_model(evidence, model, review).decision, Decision::published);
  model.accepted[0].threat = "t";
  EXPECT_EQ(by_model(evidence, model, review).decision, Decision::held);
}

TEST(Threats, OneWithoutSurfacesConcernsEveryPackage) {
  auto evidence = sound("pkg");
  auto model = network_model();
  model.threats[0].surfaces.clear();
  const auto review = reviewed({});
  const auto held = by_model(evidence, model, review);
  EXPECT_EQ(held.decision, Decision::held);
  EXPECT_THAT(against(held).at(0).text, HasSubstr("the threat t (It calls home): not performed: tests"));
  evidence.steps = {"tests"};
  EXPECT_EQ(by_model(evidence, model, review).decision, Decision::published);
  // The signature is of the release: it answers such a threat, and no surface of one package.
  model.threats[0].steps = {"signature"};
  const auto signing = [&] {
    return decide({}, {}, {evidence}, today, {true, &model, &review, {"signature"}})
        .verdicts.at(0).decision;
  };
  EXPECT_EQ(signing(), Decision::published);
  evidence = with_surface(SurfaceKind::network);
  model.threats[0].surfaces = {SurfaceKind::network};
  EXPECT_EQ(signing(), Decision::held);
}

TEST(Threats, AChangedModelIsReviewedAgain) {
  auto model = network_model();
  model.digest = "changed";
  const auto held =
      by_model(with_surface(SurfaceKind::network), model, reviewed({SurfaceKind::network}));
  EXPECT_EQ(held.decision, Decision::held);
  EXPECT_THAT(against(held).at(0).text, HasSubstr("threat-model.toml was changed since"));
}

TEST(Threats, WhatIsNewSinceTheReviewHolds) {
  const auto evidence = with_surface(SurfaceKind::network);
  const auto model = network_model();
  EXPECT_THAT(against(by_model(evidence, model, reviewed({}))).at(0).text,
              HasSubstr("new since the threat model was reviewed on 2026-05-01 by A. Person are "
                        "network"));
  ThreatReview other = reviewed({});
  other.packages.clear();
  EXPECT_THAT(against(by_model(evidence, model, other)).at(0).text, HasSubstr("the package is new"));
  const auto never = decide({}, {}, {evidence}, today, {true, &model, nullptr}).verdicts.at(0);
  EXPECT_THAT(against(never).at(0).text, HasSubstr("never reviewed"));
  const auto none = decide({}, {}, {evidence}, today, {true, nullptr, nullptr}).verdicts.at(0);
  EXPECT_THAT(against(none).at(0).text, HasSubstr("no threat model"));
}

// What is held by expected results, in one text; "" if nothing is.
std::string deviations(std::vector<TestOutcome> outcomes, std::map<std::string, TestStatus> expected) {
  auto evidence = sound("pkg");
  evidence.tests[0].report.outcomes = std::move(outcomes);
  const ExpectedResults results = {{{Name::normalize("pkg"), evidence.tests[0].python},
                                    {"1.0", "A. Person", parse_date("2026-05-01").value(), expected}}};
  const auto verdict =
      decide({}, {accept_test("t::known*")}, {evidence}, today, {}, results).verdicts.at(0);
  std::string text;
  for (const auto& reason : against(verdict)) {
    if (reason.gate == "expected-tests") text += reason.text + "\n";
  }
  EXPECT_EQ(text.empty(), verdict.decision == Decision::published) << verdict.reasons.at(0).text;
  return text;
}

TEST(ExpectedTests, WhatIsAsExpectedStands) {
  EXPECT_EQ(deviations({{"t::a", TestStatus::passed}, {"t::known", TestStatus::failed}},
                       {{"t::a", TestStatus::passed}, {"t::known", TestStatus::failed}}),
            "");
  EXPECT_EQ(deviations({{"t::a", TestStatus::passed}, {"t::new", TestStatus::passed}},
                       {{"t::a", TestStatus::passed}}),
            "");
}

TEST(ExpectedTests, EachDeviationHoldsAndNamesTheTests) {
  EXPECT_THAT(deviations({{"t::a", TestStatus::passed}},
                         {{"t::a", TestStatus::passed}, {"t::gone", TestStatus::passed}}),
              HasSubstr("1 test vanished: t::gone"));
  EXPECT_THAT(deviations({{"t::a", TestStatus::passed}, {"t::known", TestStatus::failed}},
                         {{"t::a", TestStatus::passed}, {"t::known", TestStatus::passed}}),
              HasSubstr("1 test fail, though they were expected to pass: t::known"));
  EXPECT_THAT(deviations({{"t::a", TestStatus::passed}}, {{"t::a", TestStatus::failed}}),
              HasSubstr("pass, though they were expected to fail: t::a"));
  EXPECT_THAT(deviations({{"t::a", TestStatus::skipped}, {"t::b", TestStatus::passed}},
                         {{"t::a", TestStatus::passed}, {"t::b", TestStatus::passed}}),
              HasSubstr("are skipped"));
}

TEST(ReasonsAgainst, AreThoseOfTheFindingsAloneHeaviestFirst) {
  const auto name = Name::normalize("pkg");
  auto lower = advisory(5);
  lower.rule = "PYSEC-2020-1";
  lower.aliases.clear();
  const auto reasons = reasons_against({}, {}, name, "1.2.3", {lower, advisory(9.8)}, today);
  ASSERT_EQ(reasons.size(), 2U) << "that nothing was built or tried does not count";
  EXPECT_EQ(reasons[0].weight, Weight::refuse);
  EXPECT_EQ(reasons[1].subject, lower.fingerprint());
  EXPECT_TRUE(reasons_against({}, {plan_for("PYSEC-2020-1")}, name, "1.2.3", {lower}, today).empty());
  EXPECT_TRUE(reasons_against({}, {}, name, "1.2.3", {}, today).empty());
}

TEST(Decide, PutsResultsOfTwoPlatformsSideBySide) {
  auto evidence = sound("numbers");
  auto there = evidence.tests.front();
  there.python = "3.11-linux-s390x";
  there.counterpart = "3.11";
  there.report.outcomes[0].status = TestStatus::failed;
  there.report.outcomes.push_back({"tests/test_a.py::test_s390x", TestStatus::passed, 0, ""});
  evidence.tests.push_back(there);
  evidence.builds.push_back({there.python, ""});
  Disposition disposition;
  disposition.subject = Disposition::Subject::test;
  disposition.package = evidence.name;
  disposition.test = "tests/test_a.py::test_one";
  disposition.python = there.python;
  disposition.date = parse_date("2026-01-01").value();
  disposition.expires = parse_date("2027-01-01").value();
  const auto decided = decide({}, {disposition}, {evidence}, today);
  std::string said;
  for (const auto& reason : decided.verdicts[0].reasons) said += reason.text + "\n";
  EXPECT_EQ(decided.verdicts[0].decision, Decision::published) << said;
  EXPECT_THAT(said, HasSubstr("1 the same, 1 not, 1 only there, 0 only here"));
  EXPECT_THAT(said, HasSubstr("failed there and passed here"));

  disposition.python = "3.11";  // for this machine: it says nothing of the other
  EXPECT_EQ(decide({}, {disposition}, {evidence}, today).verdicts[0].decision,
            Decision::held);
}

}  // namespace
}  // namespace assay
