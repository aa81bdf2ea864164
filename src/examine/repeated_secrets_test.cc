#include "examine/repeated_secrets.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

Finding secret(std::string path, PathRole role, std::string excerpt, Severity severity = Severity::high) {
  Finding finding;
  finding.gate = "secrets";
  finding.rule = "secrets/payment-key";
  finding.path = std::move(path);
  finding.role = role;
  finding.excerpt = std::move(excerpt);
  finding.severity = severity;
  finding.line = 1;
  finding.message = "a key";
  return finding;
}

TEST(RepeatedSecrets, OneValueIsOneFindingOfWhatShips) {
  const auto findings = without_repeated_secrets({secret("tests/a.py", PathRole::test, "key #11"),
                                                  secret("pkg/a.py", PathRole::shipped, "key #11"),
                                                  secret("pkg/b.py", PathRole::shipped, "key #11"),
                                                  secret("pkg/b.py", PathRole::shipped, "key #22")});
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].path, "pkg/a.py");
  EXPECT_EQ(findings[0].message, "a key (also in 2 other files: pkg/b.py, tests/a.py)");
  EXPECT_EQ(findings[1].message, "a key");
}

TEST(RepeatedSecrets, WhatHasNoDigestAndWhatOtherGatesSayStays) {
  auto other = secret("pkg/a.py", PathRole::shipped, "x #11");
  other.gate = "weaknesses";
  EXPECT_EQ(without_repeated_secrets({other, other, secret("a", PathRole::test, "begin"),
                                      secret("b", PathRole::test, "begin")})
                .size(),
            4U);
}

}  // namespace
}  // namespace assay
