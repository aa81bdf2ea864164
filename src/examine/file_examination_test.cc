#include "examine/file_examination.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "made_keys.h"

namespace assay {
namespace {

class FileExamination : public testing::Test {
 protected:
  std::vector<Finding> examine(std::string_view path, std::string_view bytes,
                               PathRole role = PathRole::shipped) {
    return examine_file(gates_, engine_, scratch_, {path, bytes, role}).value();
  }

  std::vector<std::unique_ptr<FileGate>> gates_ = all_file_gates().value();
  PatternEngine engine_ = PatternEngine::compile(gates_).value();
  PatternEngine::Scratch scratch_ = engine_.make_scratch().value();
};

TEST_F(FileExamination, TellsThePlace) {
  const auto found = examine("pkg/a.py", "\n\nx = 'http://acme.io/x'\n", PathRole::vendored);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].gate, "weaknesses");
  EXPECT_EQ(found[0].rule, "weaknesses/insecure-url");
  EXPECT_EQ(found[0].path, "pkg/a.py");
  EXPECT_EQ(found[0].line, 3U);
  EXPECT_EQ(found[0].column, 6U);
  EXPECT_EQ(found[0].role, PathRole::vendored);
  EXPECT_EQ(found[0].excerpt, "http://acme.io/x");
}

TEST_F(FileExamination, NothingInNothing) {
  EXPECT_TRUE(examine("a.py", "").empty());
  EXPECT_TRUE(examine("a.py", std::string(1000, '\0')).empty());
}

TEST_F(FileExamination, TheSameLineInOneDefinitionIsOneFinding) {
  auto found = examine("a.py",
                       "def f():\n"
                       "    get('http://acme.io/x')\n"
                       "    if y:\n"
                       "        get('http://acme.io/x')\n"
                       "def g():\n"
                       "    get('http://acme.io/x')\n");
  ASSERT_EQ(found.size(), 2U);
  std::ranges::sort(found, {}, &Finding::line);
  EXPECT_EQ(found[0].symbol + " " + found[1].symbol, "f g");
  EXPECT_EQ(found[0].context, "get('http://acme.io/x')");
  EXPECT_TRUE(found[0].message.ends_with("(2 places in this file)")) << found[0].message;
  ASSERT_EQ(found[0].again.size(), 1U);
  EXPECT_EQ(found[0].again[0], (FindingPlace{4, 14, 4, 30}));
}

TEST_F(FileExamination, AFindingIsKnownAgainWhereverItMoves) {
  const auto only = [&](std::string_view path, std::string_view text) {
    return examine(path, text).at(0).fingerprint();
  };
  const auto before = only("pkg/a.py", "class A:\n  def f(self):\n    get('http://acme.io/x')\n");
  EXPECT_EQ(before, only("pkg/b.py", "import os\n\nclass A:\n\tdef f(self):\n\t\tget('http://acme.io/x')  \n"));
  EXPECT_NE(before, only("pkg/a.py", "class A:\n  def g(self):\n    get('http://acme.io/x')\n"));
  EXPECT_NE(before, only("pkg/a.py", "class A:\n  def f(self):\n    run('http://acme.io/x')\n"));
  EXPECT_NE(before, only("pkg/a.py", "class A:\n  def f(self):\n    get('http://acme.io/y')\n"));
}

TEST_F(FileExamination, TheContextOfALongLineIsWhatLiesAround) {
  const std::string line = std::string(5000, 'x') + " = 'http://acme.io/x' " + std::string(5000, 'y');
  const auto found = examine("a.py", line);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_LE(found[0].context.size(), 200U);
  EXPECT_NE(found[0].context.find("http://acme.io/x"), std::string::npos);
}

TEST_F(FileExamination, WhatIsSecretIsNoContext) {
  const auto key = made_keys::pkcs8(made_keys::ed25519());
  const auto found = examine("a.pem", key);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].context, one_spaced(found[0].excerpt));
}

TEST_F(FileExamination, ATableOfValuesIsNoListOfCredentials) {
  const auto most_confident = [&](int values) {
    std::string text;
    for (int i = 0; i < values; ++i) {
      text += fmt::format("  {{\"api_token\": \"{}\"}},\n", base64(sha256(fmt::format("word {}", i)).hex().substr(0, 33)));
    }
    return std::ranges::max(examine("words.json", text), {}, &Finding::confidence).confidence;
  };
  EXPECT_EQ(most_confident(3), Confidence::medium);
  EXPECT_EQ(most_confident(150), Confidence::low);
}

TEST_F(FileExamination, NoFileDrownsTheOthers) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += fmt::format("# http://acme.io/{}\n", i);
  text += "x = 'http://heavy.io'\n";
  const auto found = examine("a.py", text);
  ASSERT_EQ(found.size(), 101U);
  EXPECT_EQ(found[0].excerpt, "http://heavy.io");
  EXPECT_EQ(found[100].message, "4901 more findings of this rule stand in this file");
  EXPECT_EQ(found[100].severity, Severity::low);
}

TEST_F(FileExamination, MoreThanCanBeLookedAtIsSaid) {
  std::string text;
  for (std::size_t i = 0; i <= PatternEngine::hit_limit; ++i) text += "http://\n";
  const auto found = examine("a.txt", text);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rule, "weaknesses/too-many-places");
  EXPECT_EQ(found[0].severity, Severity::medium);
}

TEST_F(FileExamination, AStatementOverAndOverIsBoundedAndAHeavierOneIsStillTold) {
  std::string text = "import os\n";
  for (int i = 0; i < 6000; ++i) text += fmt::format("os.system(a{})\n", i);
  const auto found = examine("a.py", text);
  const auto message_of = [&](std::string_view rule, std::string_view excerpt) {
    const auto one = std::ranges::find_if(
        found, [&](const Finding& finding) { return finding.rule == rule && finding.excerpt == excerpt; });
    return one == found.end() ? "" : one->message;
  };
  EXPECT_EQ(message_of("weaknesses/too-many-places", "weaknesses/os-system"),
            "of 6000 findings of weaknesses/os-system only the first 5000, and heavier ones, were looked at");
  const auto heavier = examine("a.py", text + "import sys\nos.system('rm ' + sys.argv[1])\n");
  EXPECT_TRUE(std::ranges::any_of(heavier, [](const Finding& finding) {
    return finding.line == 6003 && finding.rule == "weaknesses/os-system" && finding.severity == Severity::high;
  }));
}

TEST_F(FileExamination, HostileBytesDoNoHarm) {
  std::string text = "http://\xff\xfe\x00 -----BEGIN PRIVATE KEY-----\x80";
  for (int i = 0; i < 2000; ++i) text += "-----BEGIN RSA PRIVATE KEY-----http://[";
  for (const Finding& finding : examine("a.py", text)) {
    EXPECT_EQ(finding.severity, Severity::none);
  }
}

}  // namespace
}  // namespace assay
