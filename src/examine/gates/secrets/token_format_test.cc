#include "examine/gates/secrets/token_format.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "examine/file_examination.h"
#include "made_tokens.h"

namespace assay {
namespace {

namespace made = made_tokens;

std::vector<Finding> examine(const std::string& text, const std::string& path = "pkg/settings.py") {
  static const auto gates = all_file_gates().value();
  static const auto engine = PatternEngine::compile(gates).value();
  static const auto scratch = engine.make_scratch().value();
  return examine_file(gates, engine, scratch, {path, text, PathRole::shipped}).value();
}

const Finding* told_as(const std::vector<Finding>& findings, const std::string& id) {
  for (const Finding& finding : findings) {
    if (finding.aliases == std::vector{id}) return &finding;
  }
  return nullptr;
}

std::string assigned(const TokenFormat& format, const std::string& value) {
  const std::string name = format.by_name() ? format.named.front() + "_token" : "value";
  return "[\"" + name + "\"] = \"" + value + "\"\n";
}

TEST(TokenFormats, AreManyAndNamedOnce) {
  std::set<std::string> ids;
  for (const auto& format : made::all_formats()) ids.insert(format.id);
  EXPECT_EQ(ids.size(), made::all_formats().size());
  EXPECT_GE(ids.size(), 400U);
}

// Another format may tell it first where both fit; then it is told as that one's.
TEST(TokenFormats, AreFoundInAText) {
  for (const auto& format : made::all_formats()) {
    const auto token = made::made(format, 3);
    ASSERT_TRUE(format.shape.matches(token)) << format.id << ": " << token;
    const auto findings = examine(assigned(format, token));
    bool told = false;
    for (const Finding& finding : findings) {
      told = told || (finding.gate == "secrets" && finding.severity > Severity::none);
      EXPECT_FALSE(finding.excerpt.contains(token.substr(token.size() / 2))) << format.id << finding.rule;
      EXPECT_FALSE(finding.context.contains(token.substr(token.size() / 2))) << format.id;
      EXPECT_FALSE(finding.message.contains(token.substr(token.size() / 2))) << format.id;
    }
    EXPECT_TRUE(told) << format.id << " in " << assigned(format, token);
  }
}

TEST(TokenFormats, ThatAreStrongAreToldByTheirOwnName) {
  std::size_t other = 0;
  for (const auto& format : made::all_formats()) {
    const auto token = made::made(format, 4);
    if (!format.by_name() && told_as(examine(assigned(format, token)), format.id) == nullptr) {
      ++other;
    }
  }
  EXPECT_LE(other, 8U);  // of which another format has the same shape
}

TEST(TokenFormats, AWrongChecksumIsNone) {
  for (const std::string id : {"github-pat", "npm-access-token", "grafana-service-account-token",
                               "gitlab-pat-routable", "age-secret-key"}) {
    const auto format = *std::ranges::find(made::all_formats(), id, &TokenFormat::id);
    auto token = made::made(format);
    const auto right = examine("x = '" + token + "'");
    ASSERT_NE(told_as(right, id), nullptr) << id;
    EXPECT_EQ(told_as(right, id)->severity, Severity::high) << id;
    EXPECT_EQ(told_as(right, id)->confidence, Confidence::high) << id;
    char& last = token.back();
    last = last == '0' ? '2' : last == '2' ? '3' : last == 'Q' ? 'P' : last == 'P' ? 'Q' : std::isdigit(last) ? '0' : last == 'Z' ? 'Y' : std::isupper(last) ? 'Z' : 'a';
    const auto wrong = examine("x = '" + token + "'");
    if (const Finding* finding = told_as(wrong, id)) {
      EXPECT_EQ(finding->severity, Severity::none) << id << token;
    }
  }
}

// Sums that another implementation computed (CPython's zlib), over plainly made-up bodies.
TEST(TokenChecksum, AgreesWithOthers) {
  EXPECT_EQ(crc32_of("123456789"), 0xcbf43926U);
  const std::string body = "qkJaB6MffYVzZXWqmc" + std::string("oF49yrUxP3wf");
  EXPECT_EQ(base62(crc32_of(body), 6), "0LsakP");
  const std::string npm = "npm" + std::string("_") + body + "0LsakP";
  EXPECT_EQ(verify_checksum(TokenChecksum::crc32_base62, npm), ChecksumResult::right);
}

TEST(TokenFormats, OneValueHasOneDigestAndOthersHaveOthers) {
  const auto format = *std::ranges::find(made::all_formats(), "github-pat", &TokenFormat::id);
  const auto one = examine("a = '" + made::made(format, 1) + "'", "pkg/a.py");
  const auto moved = examine("\n\n\nb = '" + made::made(format, 1) + "'", "other/b.py");
  const auto two = examine("a = '" + made::made(format, 2) + "'", "pkg/a.py");
  ASSERT_EQ(one.size(), 1U);
  ASSERT_EQ(two.size(), 1U);
  EXPECT_EQ(one[0].fingerprint(), moved.at(0).fingerprint());
  EXPECT_NE(one[0].fingerprint(), two[0].fingerprint());
  EXPECT_TRUE(one[0].excerpt.starts_with("GitHub personal access token ghp_… #")) << one[0].excerpt;
}

TEST(TokenFormats, HostileTextIsReadInBoundedTime) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "xoxb-1111111111-1111111111-AKIAhooks.slack.com/services/";
  text += std::string(1'000'000, 'A') + std::string(1'000'000, '=');
  for (int i = 0; i < 20'000; ++i) text += "password = '";
  EXPECT_LE(examine(text).size(), 1000U);
}

}  // namespace
}  // namespace assay
