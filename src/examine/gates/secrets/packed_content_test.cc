#include "examine/gates/secrets/packed_content.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "examine/file_examination.h"
#include "io/archive.h"
#include "made_tokens.h"

namespace assay {
namespace {

namespace made = made_tokens;

std::vector<Finding> examine(const std::string& text, const std::string& path) {
  static const auto gates = all_file_gates().value();
  static const auto engine = PatternEngine::compile(gates).value();
  static const auto scratch = engine.make_scratch().value();
  auto findings = examine_file(gates, engine, scratch, {path, text, PathRole::shipped}).value();
  std::erase_if(findings, [](const Finding& finding) { return finding.gate != "secrets"; });
  return findings;
}

std::string zip(std::string_view path, std::string_view text) {
  ZipWriter writer;
  writer.add(path, text, false);
  return writer.finish();
}

std::string token() { return made::with_tokens("key = '${token:github-pat}'\n"); }

TEST(PackedContent, MembersOfNestedArchivesAreLookedInto) {
  const auto plain = examine(token(), "pkg/a.py");
  ASSERT_EQ(plain.size(), 1U);
  const auto packed = examine(zip("in.zip", zip("deep/a.py", "\n" + token())), "pkg/data.zip");
  ASSERT_EQ(packed.size(), 1U);
  EXPECT_EQ(packed[0].path, "pkg/data.zip");
  EXPECT_EQ(packed[0].excerpt, plain[0].excerpt);
  EXPECT_TRUE(packed[0].message.contains("deep/a.py:2")) << packed[0].message;
  EXPECT_EQ(packed[0].severity, Severity::high);
}

// An array as NumPy writes it, if `descr` is its kind of elements.
std::string array(std::string_view descr, std::string_view bytes) {
  std::string header = "\x93NUMPY\x01";
  header += std::string("\0v\0", 3) + "{'descr': '" + std::string(descr) + "', 'shape': (9,), }";
  header.resize(127, ' ');
  return header + "\n" + std::string(bytes);
}

TEST(PackedContent, ArraysAreSearchedUnlessTheyAreOfNumbers) {
  const auto found = [](const std::string& member) { return examine(zip("a.npy", member), "pkg/a.npz").size(); };
  EXPECT_EQ(found(array("|S90", token())), 1U);
  EXPECT_EQ(found(array("|O", token())), 1U);
  EXPECT_EQ(found(token()), 1U);
  EXPECT_EQ(found(array("<f8", token())), 0U);
}

TEST(PackedContent, TarAndGzipAreReadToo) {
  std::string tar(1024, '\0');
  const std::string text = token();
  tar.replace(0, 4, "a.py");
  tar.replace(100, 7, "0000644");
  tar.replace(108, 7, "0000000");
  tar.replace(116, 7, "0000000");
  tar.replace(124, 11, std::string("000000000") + static_cast<char>('0' + text.size() / 8) +
                           static_cast<char>('0' + text.size() % 8));
  tar.replace(136, 11, "00000000000");
  tar[156] = '0';
  tar.replace(257, 5, "ustar");
  tar.replace(263, 2, "00");
  tar.replace(148, 8, "        ");
  unsigned sum = 0;
  for (int i = 0; i < 512; ++i) sum += static_cast<unsigned char>(tar[static_cast<std::size_t>(i)]);
  std::string digits = "000000";
  for (int i = 5; i >= 0; --i, sum /= 8) digits[static_cast<std::size_t>(i)] = static_cast<char>('0' + sum % 8);
  tar.replace(148, 8, digits + std::string("\0 ", 2));
  ASSERT_LT(text.size(), 64U);
  tar.replace(512, text.size(), text);
  const auto findings = examine(tar + std::string(1024, '\0'), "pkg/data.tar");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_TRUE(findings[0].message.contains("a.py:1")) << findings[0].message;
}

TEST(PackedContent, Base64IsDecodedAtEveryAlignment) {
  for (const std::string before : {"", "a", "ab"}) {
    const auto findings = examine("blob: " + base64(before + "\n" + token()) + "\n", "pkg/a.yaml");
    ASSERT_EQ(findings.size(), 1U) << before.size();
    EXPECT_EQ(findings[0].rule, "secrets/encoded-credential");
    EXPECT_EQ(findings[0].line, 1U);
    EXPECT_EQ(findings[0].excerpt, examine(token(), "pkg/a.py").at(0).excerpt);
  }
}

TEST(PackedContent, DamagedArchivesAreSaid) {
  auto bytes = zip("a.py", token());
  bytes.resize(bytes.size() - 10);
  const auto findings = examine(bytes, "pkg/data.zip");
  ASSERT_FALSE(findings.empty());
  EXPECT_TRUE(std::ranges::any_of(findings, [](const Finding& finding) {
    return finding.rule == "secrets/archive" && finding.severity == Severity::none;
  }));
}

}  // namespace
}  // namespace assay
