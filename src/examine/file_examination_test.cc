#include "examine/file_examination.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

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

TEST_F(FileExamination, TheSameTextIsOneFindingAndTheHeaviestCounts) {
  const auto found =
      examine("a.py", "# http://acme.io/x\ny = 'http://acme.io/x'\n# http://acme.io/x");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].severity, Severity::medium);
  EXPECT_EQ(found[0].line, 2U);
  EXPECT_TRUE(found[0].message.ends_with("(3 places in this file)")) << found[0].message;
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

TEST_F(FileExamination, HostileBytesDoNoHarm) {
  std::string text = "http://\xff\xfe\x00 -----BEGIN PRIVATE KEY-----\x80";
  for (int i = 0; i < 2000; ++i) text += "-----BEGIN RSA PRIVATE KEY-----http://[";
  for (const Finding& finding : examine("a.py", text)) {
    EXPECT_EQ(finding.severity, Severity::none);
  }
}

}  // namespace
}  // namespace assay
