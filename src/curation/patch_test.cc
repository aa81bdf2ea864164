#include "curation/patch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "io/files.h"

namespace assay {
namespace {

using testing::HasSubstr;

std::string numbered(int count, const std::map<int, std::string>& other = {}) {
  std::string text;
  for (int i = 1; i <= count; ++i) {
    const auto found = other.find(i);
    text += (found == other.end() ? "line " + std::to_string(i) : found->second) + "\n";
  }
  return text;
}

Result<std::string> applied(const std::string& before, const std::string& diff) {
  const auto result = apply_patch({"p.patch", diff}, [&](const std::string& path) -> Result<std::string> {
    if (path != "a.py") return fail(ErrorKind::not_found, "none");
    return before;
  });
  if (!result) return std::unexpected(result.error());
  return result->files.at("a.py");
}

TEST(Patch, WhatIsMadeCanBeApplied) {
  for (const std::map<int, std::string>& change :
       {std::map<int, std::string>{{1, "first"}}, {{20, "last"}}, {{5, "x"}, {6, "y"}, {12, "z"}}, {{2, "a"}, {19, "b"}}}) {
    const auto before = numbered(20);
    const auto after = numbered(20, change);
    const auto diff = unified_diff("a.py", before, after);
    const auto result = applied(before, "Reason: why.\n\n" + diff);
    ASSERT_TRUE(result) << result.error().message << "\n" << diff;
    EXPECT_EQ(*result, after);
  }
  EXPECT_EQ(unified_diff("a.py", "x\n", "x\n"), "");
}

TEST(Patch, AMissingLineEndIsKept) {
  const auto diff = unified_diff("a.py", "a\nb", "a\nc");
  EXPECT_EQ(applied("a\nb", diff).value(), "a\nc");
  EXPECT_FALSE(applied("a\nb\n", diff)) << "the source ends otherwise";
}

TEST(Patch, IsStrict) {
  const auto diff = unified_diff("a.py", numbered(20), numbered(20, {{10, "x"}}));
  EXPECT_THAT(applied(numbered(20, {{8, "moved"}}), diff).error().message,
              HasSubstr("a.py has another line 8"));
  EXPECT_THAT(applied(numbered(20, {{10, "x"}}), diff).error().message,
              HasSubstr("a.py reads so already from line 7"));
  EXPECT_FALSE(applied(numbered(5), diff));
  EXPECT_THAT(applied("x", "nothing here").error().message, HasSubstr("changes no file"));
  EXPECT_THAT(applied("x", replace_all(diff, "a.py", "b.py")).error().message, HasSubstr("not in the source"));
  EXPECT_FALSE(applied("x\n", "--- a/a.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"));
  for (const char* text : {"--- a/a.py\n", "--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n x\n",
                           "--- a/a.py\n+++ b/a.py\n@@ -0,0 +1 @@\n+y\n", "--- a/a.py\n+++ b/a.py\n@@ nonsense\n"}) {
    EXPECT_FALSE(applied("x\n", text).has_value() && applied("x\n", text).value() != "x\n") << text;
  }
}

TEST(Patch, IsCarriedToWhereItsLinesStand) {
  const auto diff = unified_diff("a.py", numbered(20), numbered(20, {{10, "x"}}));
  EXPECT_EQ(applied("new first line\n" + numbered(20), diff).value(),
            "new first line\n" + numbered(20, {{10, "x"}}));
  EXPECT_THAT(applied("new\n" + numbered(20) + numbered(20), diff).error().message,
              HasSubstr("in several places"));
  const auto two = unified_diff("a.py", numbered(40), numbered(40, {{5, "x"}, {35, "y"}}));
  EXPECT_EQ(applied("one\ntwo\n" + numbered(40), two).value(),
            "one\ntwo\n" + numbered(40, {{5, "x"}, {35, "y"}}));
}

TEST(Patches, LieInAFolderOfTheirPackage) {
  const auto folder = TemporaryDirectory::create(fs::temp_directory_path(), "assay-patches-").value();
  EXPECT_TRUE(load_patches(folder.path()).value().empty());
  const Name name = Name::normalize("some-package");
  ASSERT_EQ(add_patch(folder.path(), name, "one", "1").value().filename(), "0001-one.patch");
  ASSERT_EQ(add_patch(folder.path(), name, "two", "2").value().filename(), "0002-two.patch");
  const auto patches = load_patches(folder.path()).value();
  ASSERT_EQ(patches.at(name).size(), 2U);
  EXPECT_EQ(patches.at(name)[1].text, "2");
}

}  // namespace
}  // namespace assay
