#include "package/ini_file.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(IniFileTest, ReadsValuesThatGoOnInIndentedLines) {
  const auto file = IniFile::parse(
      "# a comment\n"
      "[tox]\n"
      "envlist = py311\n"
      "\n"
      "[testenv]\r\n"
      "deps =\r\n"
      "    pytest>=7   \r\n"
      "    # for the slow ones\r\n"
      "\r\n"
      "    -r requirements/tests.txt\n"
      "commands: pytest {posargs}\n");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->value("testenv", "deps"), "pytest>=7\n-r requirements/tests.txt");
  EXPECT_EQ(file->value("testenv", "commands"), "pytest {posargs}");
  EXPECT_EQ(file->value("tox", "envlist"), "py311");
}

TEST(IniFileTest, TellsWhatIsMissing) {
  const auto file = IniFile::parse("[a]\nkey =\n");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->value("a", "key"), "");
  EXPECT_EQ(file->value("a", "other"), std::nullopt);
  EXPECT_EQ(file->value("b", "key"), std::nullopt);
  EXPECT_TRUE(file->has_section("a"));
  EXPECT_FALSE(file->has_section("b"));
}

TEST(IniFileTest, NamesTheLineThatIsNoIni) {
  for (const std::string text : {"key = 1\n", "[a]\nnonsense\n", "[a\nx = 1\n", "[a]\n= 1\n"}) {
    const auto file = IniFile::parse(text);
    ASSERT_FALSE(file) << text;
    EXPECT_EQ(file.error().kind, ErrorKind::invalid_input);
    EXPECT_NE(file.error().message.find("line "), std::string::npos);
  }
}

TEST(IniFileTest, SurvivesHostileBytes) {
  EXPECT_TRUE(IniFile::parse(""));
  EXPECT_TRUE(IniFile::parse("\xEF\xBB\xBF[a]\nx=1"));
  EXPECT_FALSE(IniFile::parse(std::string("\0\xff\xfe", 3)));
  EXPECT_TRUE(IniFile::parse("[a]\n" + std::string(100'000, ' ') + "\nx = 1"));
}

}  // namespace
}  // namespace assay
