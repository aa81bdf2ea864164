#include "fetch/source_metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "io/files.h"
#include "made_tar.h"
#include "package/metadata.h"

namespace assay {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Name demo = Name::normalize("demo");
const Version one = Version::parse("1.0").value();

Result<std::string> text_of(const std::map<std::string, std::string>& files) {
  const auto folder = TemporaryDirectory::create(testing::TempDir(), "sdist").value();
  MadeTar tar;
  for (const auto& [path, text] : files) tar.file(path, text);
  EXPECT_TRUE(write_file(folder.path() / "sdist", tar.gz()));
  return source_metadata(folder.path() / "sdist", demo, one);
}

Metadata metadata_of(const std::map<std::string, std::string>& files) {
  const auto text = text_of(files);
  if (!text) {
    ADD_FAILURE() << text.error().message;
    return {};
  }
  return Metadata::parse(*text).value();
}

std::vector<std::string> requirements_of(const std::map<std::string, std::string>& files) {
  std::vector<std::string> texts;
  for (const auto& requirement : metadata_of(files).requires_dist)
    texts.push_back(requirement.str());
  return texts;
}

std::string refusal(const std::map<std::string, std::string>& files) {
  const auto text = text_of(files);
  if (text) return "it was read: " + *text;
  EXPECT_EQ(text.error().kind, ErrorKind::invalid_input);
  return text.error().message;
}

std::string pkg_info(const std::string& version, const std::string& more) {
  return "Metadata-Version: " + version + "\nName: demo\nVersion: 1.0\n" + more;
}

TEST(SourceMetadata, IsPkgInfoWhereThatIsBinding) {
  EXPECT_THAT(requirements_of({{"demo-1.0/PKG-INFO", pkg_info("2.2", "Requires-Dist: a>=1\n")}}),
              ElementsAre("a>=1"));
  EXPECT_THAT(requirements_of({{"demo-1.0/PKG-INFO",
                                pkg_info("2.4", "Dynamic: Description\nRequires-Dist: a\n")}}),
              ElementsAre("a"));
}

TEST(SourceMetadata, IsThePyprojectTableWherePkgInfoBindsNothing) {
  const auto metadata =
      metadata_of({{"demo-1.0/PKG-INFO", pkg_info("2.1", "Requires-Dist: wrong\n")},
                   {"demo-1.0/pyproject.toml", R"(
[project]
name = "Demo"
dynamic = ["version", "readme"]
requires-python = ">=3.9"
dependencies = ["a>=1", "b; python_version < '3.11'"]
[project.optional-dependencies]
Fast_Mode = ["c", "d; sys_platform == 'linux' or os_name == 'nt'"]
)"}});
  EXPECT_EQ(metadata.name, demo);
  EXPECT_EQ(metadata.version, one);
  EXPECT_EQ(metadata.requires_python.str(), ">=3.9");
  EXPECT_THAT(metadata.provides_extra, ElementsAre("fast-mode"));
  ASSERT_EQ(metadata.requires_dist.size(), 4U);
  MarkerEnvironment environment;
  EXPECT_TRUE(metadata.requires_dist[0].applies(environment));
  EXPECT_FALSE(metadata.requires_dist[2].applies(environment));
  EXPECT_TRUE(metadata.requires_dist[2].applies(environment, {"fast-mode"}));
}

TEST(SourceMetadata, ATableWithoutDependenciesHasNone) {
  EXPECT_THAT(
      requirements_of({{"demo-1.0/pyproject.toml", "[project]\nname = 'demo'\nversion = '1.0'\n"}}),
      IsEmpty());
}

TEST(SourceMetadata, IsUntoldWhereOnlyCodeKnowsIt) {
  EXPECT_THAT(refusal({{"demo-1.0/setup.py", "x"}}), HasSubstr("without running its code"));
  EXPECT_THAT(refusal({{"demo-1.0/PKG-INFO", pkg_info("2.1", "")}}), HasSubstr("neither PKG-INFO"));
  EXPECT_THAT(refusal({{"demo-1.0/PKG-INFO", pkg_info("2.2", "Dynamic: Requires-Dist\n")}}),
              HasSubstr("neither PKG-INFO"));
  EXPECT_THAT(refusal({{"demo-1.0/pyproject.toml", "[build-system]\n"}}),
              HasSubstr("no [project]"));
  EXPECT_THAT(
      refusal({{"demo-1.0/pyproject.toml", "[project]\nname='demo'\ndynamic=['dependencies']\n"}}),
      HasSubstr("dependencies is dynamic"));
  EXPECT_THAT(refusal({{"demo-1.0/deep/down/PKG-INFO", pkg_info("2.2", "")}}),
              HasSubstr("neither"));
}

TEST(SourceMetadata, RefusesWhatIsNotSound) {
  const auto pyproject = [](const std::string& text) {
    return refusal({{"demo-1.0/pyproject.toml", text}});
  };
  EXPECT_THAT(pyproject("[project\n"), HasSubstr("no TOML, line 1"));
  EXPECT_THAT(pyproject("x = " + std::string(100'000, '[')), HasSubstr("no TOML"));
  EXPECT_THAT(pyproject("[project]\nname = 'other'\n"), HasSubstr("another project's"));
  EXPECT_THAT(pyproject("[project]\nname = 7\n"), HasSubstr("another project's"));
  EXPECT_THAT(pyproject("[project]\nname='demo'\ndependencies = 'a'\n"), HasSubstr("no list"));
  EXPECT_THAT(pyproject("[project]\nname='demo'\ndependencies = [1]\n"), HasSubstr("no text"));
  EXPECT_NE(pyproject("[project]\nname='demo'\ndependencies = ['a b c']\n"), "");
  EXPECT_NE(
      pyproject("[project]\nname='demo'\nrequires-python = \"\"\">=3\nRequires-Dist: evil\"\"\"\n"),
      "");
  EXPECT_NE(
      pyproject("[project]\nname='demo'\n[project.optional-dependencies]\n\"a\\nb\" = ['c']\n"),
      "");
  EXPECT_THAT(pyproject("[project]\nname='demo'\n#" + std::string(5 << 20, 'x')),
              HasSubstr("too large"));
}

TEST(SourceMetadata, RefusesTwoTopFolders) {
  EXPECT_THAT(refusal({{"a/PKG-INFO", pkg_info("2.2", "")}, {"b/PKG-INFO", pkg_info("2.2", "")}}),
              HasSubstr("two top folders"));
}

TEST(SourceMetadata, RefusesAMaliciousArchive) {
  EXPECT_THAT(refusal({{"../PKG-INFO", pkg_info("2.2", "")}}), HasSubstr("\"..\""));
}

}  // namespace
}  // namespace assay
