#include "check/packed_findings.h"

#include <gtest/gtest.h>

#include <vector>

namespace assay {
namespace {

RuleBook book() {
  return RuleBook({{.id = "weaknesses/a", .cwe = {"CWE-1"}, .aliases = {"B1"}}});
}

CheckedFinding finding() {
  CheckedFinding checked;
  checked.finding.gate = "weaknesses";
  checked.finding.rule = "weaknesses/a";
  checked.finding.severity = Severity::high;
  checked.finding.confidence = Confidence::medium;
  checked.finding.role = PathRole::test;
  checked.finding.path = "x/ä.py";
  checked.finding.line = 300;
  checked.finding.column = 7;
  checked.finding.end_line = 301;
  checked.finding.end_column = 9;
  checked.finding.again = {{400, 1, 400, 5}, {70'000, 2, 70'001, 3}};
  checked.finding.message = "message";
  checked.finding.symbol = "A.b";
  checked.finding.context = "a call";
  checked.finding.excerpt = "call";
  checked.finding.cwe = {"CWE-1"};
  checked.finding.aliases = {"B1"};
  checked.frame = "a  call";
  checked.frame_begin = 3;
  checked.frame_end = 7;
  checked.fingerprint = 0xFEDCBA9876543210;
  checked.suppressed = "why not";
  return checked;
}

std::vector<CheckedFinding> unpacked(std::string_view packed, Severity least = Severity::none) {
  std::vector<CheckedFinding> all;
  EXPECT_TRUE(unpack(
      packed, book(), [&](const FindingHead& head) { return head.severity >= least; },
      [&](CheckedFinding&& one) { all.push_back(std::move(one)); }));
  return all;
}

TEST(PackedFindings, AreWhatWasPacked) {
  const auto one = finding();
  auto other = finding();
  other.finding.cwe = {"CWE-2"};
  other.finding.aliases = {};
  other.finding.severity = Severity::low;
  other.frame = other.finding.context;
  other.frame_begin = other.frame_end = 0;
  other.suppressed.clear();
  std::string packed;
  pack(one, book(), packed);
  pack(other, book(), packed);
  const auto all = unpacked(packed);
  ASSERT_EQ(all.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& was = i == 0 ? one : other;
    EXPECT_EQ(all[i].finding.fingerprint(), was.finding.fingerprint());
    EXPECT_EQ(all[i].finding.gate, "weaknesses");
    EXPECT_EQ(all[i].finding.path, "x/ä.py");
    EXPECT_EQ(all[i].finding.line, 300U);
    EXPECT_EQ(all[i].finding.end_column, 9U);
    EXPECT_EQ(all[i].finding.cwe, was.finding.cwe);
    EXPECT_EQ(all[i].finding.aliases, was.finding.aliases);
    EXPECT_EQ(all[i].finding.severity, was.finding.severity);
    EXPECT_EQ(all[i].finding.confidence, Confidence::medium);
    EXPECT_EQ(all[i].frame, was.frame);
    EXPECT_EQ(all[i].frame_end, was.frame_end);
    EXPECT_EQ(all[i].fingerprint, was.fingerprint);
    EXPECT_EQ(all[i].suppressed, was.suppressed);
  }
  EXPECT_EQ(unpacked(packed, Severity::medium).size(), 1U);
}

TEST(PackedFindings, DamageIsAnErrorNeverMore) {
  std::string packed;
  pack(finding(), book(), packed);
  for (std::size_t i = 0; i < packed.size(); ++i) {
    for (const int change : {1, 0x80, 0xFF}) {
      std::string damaged = packed;
      damaged[i] = static_cast<char>(damaged[i] ^ change);
      static_cast<void>(unpack(damaged, book(), [](const FindingHead&) { return true; },
                               [](CheckedFinding&& one) {
                                 EXPECT_LE(one.frame_end, one.frame.size());
                               }));
    }
    EXPECT_EQ(unpack(std::string_view(packed).substr(0, i), book(),
                     [](const FindingHead&) { return true; }, [](CheckedFinding&&) {})
                  .has_value(),
              i == 0);
  }
}

}  // namespace
}  // namespace assay
