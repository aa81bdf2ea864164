#include "trial/trial_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Tree tree_of(const std::vector<std::string>& paths) {
  std::vector<TreeEntry> entries;
  for (const auto& path : paths) {
    entries.push_back({.path = path, .digest = sha256(path), .size = path.size()});
  }
  return Tree(std::move(entries));
}

std::vector<std::string> paths_of(const std::vector<TreeEntry>& entries) {
  std::vector<std::string> paths;
  for (const auto& entry : entries) paths.push_back(entry.path);
  return paths;
}

TEST(TrialLayoutTest, TakesThePackageOutOfSrc) {
  const auto layout =
      lay_out(tree_of({"pyproject.toml", "src/flask/__init__.py", "src/flask/json/tag.py",
                       "src/flask/native.c", "src/flask.egg-info/PKG-INFO", "tests/test_a.py"}),
              {"flask/__init__.py", "flask/json/tag.py"}, {"tests"});
  EXPECT_THAT(paths_of(layout.source.entries()),
              ElementsAre("pyproject.toml", "src/flask/native.c", "tests/test_a.py"));
  EXPECT_THAT(layout.in_source, ElementsAre("tests"));
  EXPECT_THAT(layout.in_package, IsEmpty());
  EXPECT_THAT(layout.folders, ElementsAre("src", "tests"));
  EXPECT_THAT(layout.beside, IsEmpty());
}

TEST(TrialLayoutTest, TakesModulesOutOfTheRoot) {
  const auto layout =
      lay_out(tree_of({"six.py", "test_six.py", "six.egg-info/PKG-INFO", "setup.py"}), {"six.py"},
              {"test_six.py"});
  EXPECT_THAT(paths_of(layout.source.entries()), ElementsAre("setup.py", "test_six.py"));
  EXPECT_THAT(layout.in_source, ElementsAre("test_six.py"));
}

TEST(TrialLayoutTest, LeavesOtherPackagesOfTheSameName) {
  const auto layout = lay_out(
      tree_of({"tests/data/flask/__init__.py", "docs/flask/__init__.py", "flask/__init__.py"}),
      {"flask/__init__.py"}, {"tests"});
  EXPECT_THAT(paths_of(layout.source.entries()),
              ElementsAre("docs/flask/__init__.py", "tests/data/flask/__init__.py"));
}

TEST(TrialLayoutTest, TestsInsideThePackageRunWhereTheyWouldBeInstalled) {
  const auto layout =
      lay_out(tree_of({"certifi/__init__.py", "certifi/extra.py", "certifi/conftest.py",
                       "certifi/tests/__init__.py", "certifi/tests/test_certify.py",
                       "certifi/tests/ca.pem"}),
              {"certifi/__init__.py", "certifi/tests/__init__.py"}, {"certifi/tests"});
  EXPECT_THAT(layout.in_package, ElementsAre("certifi/tests"));
  EXPECT_THAT(layout.in_source, IsEmpty());
  // Only tests and what belongs to them: a module that the wheel forgot must stay missing.
  EXPECT_THAT(paths_of(layout.beside), ElementsAre("certifi/conftest.py", "certifi/tests/ca.pem",
                                                   "certifi/tests/test_certify.py"));
}

TEST(TrialLayoutTest, ThePackageItselfAsAPathBringsItsTestsOnly) {
  const auto layout =
      lay_out(tree_of({"lib/a/__init__.py", "lib/a/forgotten.py", "lib/a/test_x.py"}),
              {"a/__init__.py"}, {"lib/a"});
  EXPECT_THAT(layout.in_package, ElementsAre("a"));
  EXPECT_THAT(paths_of(layout.beside), ElementsAre("a/test_x.py"));
}

TEST(TrialLayoutTest, AWheelThatInstallsTestsByMistakeDoesNotHideThem) {
  const auto layout = lay_out(tree_of({"a/__init__.py", "tests/__init__.py", "tests/test_a.py"}),
                              {"a/__init__.py", "tests/__init__.py", "tests/test_a.py"}, {"tests"});
  EXPECT_THAT(paths_of(layout.source.entries()),
              ElementsAre("tests/__init__.py", "tests/test_a.py"));
  EXPECT_THAT(layout.in_source, ElementsAre("tests"));
}

TEST(TrialLayoutTest, AFolderThatIsAskedForIsThere) {
  const auto layout = lay_out(tree_of({"src/a/__init__.py", "tests/test_a.py"}), {"a/__init__.py"},
                              {"src", "tests"});
  EXPECT_THAT(layout.in_source, ElementsAre("src", "tests"));
  EXPECT_THAT(layout.folders, testing::Contains("src"));
}

TEST(TrialLayoutTest, APathThatLeavesTheTreeIsItsRoot) {
  const auto layout = lay_out(tree_of({"test_a.py"}), {"a.py"}, {"../../etc", "."});
  EXPECT_THAT(layout.in_source, ElementsAre("", ""));
}

}  // namespace
}  // namespace assay
