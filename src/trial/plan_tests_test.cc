#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "io/files.h"
#include "store/tree.h"
#include "trial/trial.h"

namespace assay {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

using Files = std::map<std::string, std::string>;

class PlanTestsTest : public testing::Test {
 protected:
  PlanTestsTest()
      : folder_(TemporaryDirectory::create(fs::temp_directory_path(), "assay-plan-").value()),
        store_(Store::open(folder_.path()).value()) {}

  Result<TestPlan> try_plan(const Files& files, const TestPlanOverride* given = nullptr) {
    std::vector<TreeEntry> entries;
    for (const auto& [path, text] : files) {
      const auto blob = store_.blobs.put(text).value();
      entries.push_back({.path = path, .digest = blob.digest, .size = blob.size});
    }
    tree_ = put_tree(store_.blobs, Tree(std::move(entries))).value();
    return try_planned(given);
  }

  // The tree of the last plan once more.
  Result<TestPlan> try_planned(const TestPlanOverride* given = nullptr) {
    const MarkerEnvironment markers{{"python_version", "3.11"},
                                    {"python_full_version", "3.11.7"},
                                    {"sys_platform", "linux"},
                                    {"implementation_name", "cpython"}};
    return plan_tests(store_, tree_, Metadata::parse(metadata_).value(), markers, given);
  }

  TestPlan plan(const Files& files, const TestPlanOverride* given = nullptr) {
    auto result = try_plan(files, given);
    EXPECT_TRUE(result) << result.error().message;
    return result.value_or(TestPlan{});
  }

  static std::vector<std::string> requirements(const TestPlan& plan) {
    std::vector<std::string> texts;
    for (const auto& requirement : plan.requirements) texts.push_back(requirement.str());
    return texts;
  }

  std::string metadata_ = "Metadata-Version: 2.4\nName: sample\nVersion: 1.0\n";

  void lose(const std::string& text) {
    ASSERT_TRUE(remove_all(store_.blobs.path_of(sha256(text))));
  }

 private:
  TemporaryDirectory folder_;
  Store store_;
  Digest tree_;
};

TEST_F(PlanTestsTest, ATreeWithoutTestsHasNone) {
  const auto planned =
      plan({{"pyproject.toml", ""}, {"sample/__init__.py", ""}, {"tests/data.txt", ""}});
  EXPECT_FALSE(planned.present);
  EXPECT_THAT(planned.how, HasSubstr("no tests were found"));
  EXPECT_THAT(planned.requirements, IsEmpty());
}

TEST_F(PlanTestsTest, PytestAloneWhereNothingIsNamed) {
  const auto planned = plan({{"tests/test_a.py", "import sample\n"}});
  EXPECT_TRUE(planned.present);
  EXPECT_THAT(planned.paths, ElementsAre("tests"));
  EXPECT_THAT(requirements(planned), ElementsAre("pytest"));
}

TEST_F(PlanTestsTest, FollowsToxToTheRequirementsFile) {
  const auto planned = plan({
      {"tox.ini", "[testenv]\ndeps = -r requirements/tests.txt\ncommands = pytest\n"},
      {"requirements/tests.txt",
       "# made by a tool\n"
       "pytest==8.3.3 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n    # via -r tests.in\n"
       "trio==0.27.0 ; python_version >= '3.8'\n"
       "old==1 ; python_version < '3.8'\n"
       "-r more.txt\n--index-url https://example.invalid/simple\n-c pins.txt\n"},
      {"requirements/more.txt", "-r tests.txt\nfreezegun\n"},
      {"tests/test_a.py", ""},
  });
  EXPECT_THAT(requirements(planned), ElementsAre("pytest==8.3.3", "trio==0.27.0", "freezegun"));
  EXPECT_THAT(planned.how, HasSubstr("requirements: tox.ini"));
  EXPECT_THAT(planned.how, HasSubstr("--index-url"));
  EXPECT_THAT(planned.how, HasSubstr("-c pins.txt"));
}

TEST_F(PlanTestsTest, ReadsToxFactorsReferencesAndExtras) {
  metadata_ += "Provides-Extra: fast\n";
  const auto planned = plan({
      {"tox.ini",
       "[base]\ndeps =\n    pytest>=7\n    mock\n"
       "[testenv]\nextras = fast\ndeps =\n    {[base]deps}\n    py311: eleven\n    py{310,312}: "
       "other\n"
       "    !py39: notnine\n    {env:SPECIAL:}\n"},
      {"tests/test_a.py", ""},
  });
  EXPECT_THAT(requirements(planned), ElementsAre("pytest>=7", "mock", "eleven", "notnine"));
  EXPECT_THAT(planned.extras, UnorderedElementsAre("fast"));
  EXPECT_THAT(planned.how, HasSubstr("{env:SPECIAL:}"));
}

TEST_F(PlanTestsTest, ResolvesDependencyGroups) {
  const auto planned = plan({
      {"pyproject.toml",
       "[dependency-groups]\n"
       "tests = [\"pytest\", {include-group = \"More_Things\"}, \"late; python_version >= "
       "'3.13'\"]\n"
       "more-things = [\"trio\", {include-group = \"tests\"}, {include-group = \"absent\"}]\n"
       "[tool.tox.env_run_base]\ndependency_groups = [\"tests\"]\n"
       "[tool.pytest.ini_options]\ntestpaths = [\"checks\"]\n"},
      {"checks/test_a.py", ""},
      {"tests/test_b.py", ""},
  });
  EXPECT_THAT(planned.paths, ElementsAre("checks"));
  EXPECT_THAT(requirements(planned), ElementsAre("pytest", "trio"));
  EXPECT_THAT(planned.how, HasSubstr("[tool.tox]"));
  EXPECT_THAT(planned.how, HasSubstr("\"tests\" (a dependency group that includes itself)"));
  EXPECT_THAT(planned.how, HasSubstr("\"absent\" (no such dependency group)"));
}

TEST_F(PlanTestsTest, ReferencesToThePackageBecomeExtras) {
  metadata_ += "Provides-Extra: socks\nProvides-Extra: test\n";
  const auto planned = plan({
      {"pyproject.toml", "[dependency-groups]\ntest = [\"sample[socks]\", \"pytest>=3\"]\n"},
      {"requirements-dev.txt", "-e .[test]\n"},
      {"tests/test_a.py", ""},
  });
  EXPECT_THAT(requirements(planned), ElementsAre("pytest>=3"));
  EXPECT_THAT(planned.extras, UnorderedElementsAre("socks"));
  const auto by_file =
      plan({{"requirements-dev.txt", "-e .[test,socks,none]\nwheel\n"}, {"tests/test_a.py", ""}});
  EXPECT_THAT(by_file.how, HasSubstr("the extra \"test\""));
  metadata_ = "Metadata-Version: 2.4\nName: sample\nVersion: 1.0\nProvides-Extra: socks\n";
  const auto without =
      plan({{"requirements-dev.txt", "-e .[test,socks]\nwheel\n"}, {"tests/test_a.py", ""}});
  EXPECT_THAT(without.extras, UnorderedElementsAre("socks"));
  EXPECT_THAT(requirements(without), ElementsAre("wheel", "pytest"));
  EXPECT_THAT(without.how, HasSubstr("\"[test]\" (the package has no such extra)"));
}

TEST_F(PlanTestsTest, DirectReferencesAreLeftOutAndTold) {
  const auto planned = plan({
      {"test-requirements.txt",
       "pytest\nother @ https://example.invalid/other.tar.gz\n../sibling\n-r ../../outside.txt\n"
       "-r missing.txt\n"},
      {"test/test_a.py", ""},
  });
  EXPECT_THAT(requirements(planned), ElementsAre("pytest"));
  for (const std::string told : {"a direct reference", "../sibling", "a file outside the source",
                                 "\"missing.txt\" (no such file in the source)"}) {
    EXPECT_THAT(planned.how, HasSubstr(told));
  }
}

TEST_F(PlanTestsTest, CompletesByWhatTheTestsImport) {
  metadata_ +=
      "Provides-Extra: all\nRequires-Dist: hypothesis>=6; extra == 'all'\n"
      "Requires-Dist: ruff; extra == 'all'\n";
  const auto planned = plan({
      {"pyproject.toml",
       "[dependency-groups]\ntest = [\"pytest\"]\n"
       "dev = [{include-group = \"test\"}, \"trustme>=1.2\", \"coverage\", \"PyYAML\"]\n"
       "docs = [\"sphinx\"]\n"},
      {"helper/__init__.py", "import yaml\n"},
      {"tests/conftest.py", "import trustme\nimport helper\nimport sphinx\nimport nobody\n"},
      {"tests/test_a.py", "from hypothesis import given\nimport os, sys\n"},
  });
  EXPECT_THAT(requirements(planned),
              UnorderedElementsAre("pytest", "trustme>=1.2", "hypothesis>=6", "PyYAML"));
  EXPECT_THAT(planned.how, HasSubstr("upstream lists elsewhere"));
}

TEST_F(PlanTestsTest, TheSetDecidesTheVersionsOfWhatThePackageNeedsToRun) {
  metadata_ += "Requires-Dist: markupsafe>=2\nRequires-Dist: babel; extra == 'i18n'\n";
  const auto planned =
      plan({{"requirements/tests.txt", "markupsafe==2.1.1\nbabel==2.14\npytest==8\n"},
            {"tests/test_a.py", "import markupsafe\n"}});
  EXPECT_THAT(requirements(planned), ElementsAre("babel==2.14", "pytest==8"));
  EXPECT_THAT(planned.how, HasSubstr("\"markupsafe==2.1.1\" (the package needs it to run"));
}

TEST_F(PlanTestsTest, TellsOfForksThatUpstreamTestsWith) {
  const auto planned = plan({{"pyproject.toml",
                              "[dependency-groups]\ntest = [\"hypercorn>=0.15\", \"trio\"]\n"
                              "[tool.uv.sources]\n"
                              "hypercorn = [{ git = \"https://example.invalid/fork\" }]\n"
                              "trio = { index = \"other\" }\n"},
                             {"tests/test_a.py", ""}});
  EXPECT_THAT(requirements(planned), ElementsAre("hypercorn>=0.15", "trio", "pytest"));
  EXPECT_THAT(planned.how, HasSubstr("upstream takes hypercorn from elsewhere"));
  EXPECT_THAT(planned.how, Not(HasSubstr("takes trio")));
}

TEST_F(PlanTestsTest, FindsTestsInsideThePackage) {
  EXPECT_THAT(plan({{"src/sample/tests/test_a.py", ""},
                    {"src/sample/tests/deep/test_b.py", ""},
                    {"examples/tests/test_c.py", ""}})
                  .paths,
              ElementsAre("src/sample/tests"));
  EXPECT_THAT(plan({{"test_sample.py", ""}, {"sample/tests/test_a.py", ""}}).paths,
              ElementsAre("test_sample.py"));
  EXPECT_THAT(plan({{"setup.cfg", "[tool:pytest]\ntestpaths = a*/tests\n    lost\n"},
                    {"ab/tests/test_a.py", ""},
                    {"b/tests/test_a.py", ""}})
                  .paths,
              ElementsAre("ab/tests"));
}

TEST_F(PlanTestsTest, TheSetsOwnWordsComeFirst) {
  const TestPlanOverride given{.requirements = {"pytest<8", "extra-thing"},
                               .arguments = {"-k", "not slow"},
                               .paths = {"tests/unit"},
                               .environment = {{"CI", "1"}}};
  const auto planned =
      plan({{"tox.ini", "[testenv]\ndeps = other\n"}, {"tests/unit/test_a.py", ""}}, &given);
  EXPECT_THAT(requirements(planned), ElementsAre("pytest<8", "extra-thing"));
  EXPECT_THAT(planned.arguments, ElementsAre("-k", "not slow"));
  EXPECT_THAT(planned.paths, ElementsAre("tests/unit"));
  EXPECT_EQ(planned.environment.at("CI"), "1");
  EXPECT_THAT(planned.how, Not(HasSubstr("tox.ini")));
}

TEST_F(PlanTestsTest, WhatThePersonGotWrongIsAnError) {
  const TestPlanOverride no_path{
      .requirements = {}, .arguments = {}, .paths = {"test"}, .environment = {}};
  const TestPlanOverride no_name{
      .requirements = {"!!"}, .arguments = {}, .paths = {}, .environment = {}};
  for (const auto* given : {&no_path, &no_name}) {
    const auto result = try_plan({{"tests/test_a.py", ""}}, given);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::invalid_input);
  }
}

TEST_F(PlanTestsTest, HostileSettingsAreTold) {
  const auto planned = plan({
      {"pyproject.toml", "[[[broken"},
      {"tox.ini", "no ini at all"},
      {"requirements-test.txt",
       "-r requirements-test.txt\n\x1b[31mred\n" + std::string(9000, '[') + "\n"},
      {"tests/test_a.py", std::string("\0import \xff\n", 9)},
  });
  EXPECT_TRUE(planned.present);
  EXPECT_THAT(planned.how, HasSubstr("pyproject.toml can't be read"));
  EXPECT_THAT(planned.how, HasSubstr("tox.ini can't be read"));
  EXPECT_THAT(planned.how, Not(HasSubstr("\x1b")));
  EXPECT_THAT(requirements(planned), ElementsAre("pytest"));
}

TEST_F(PlanTestsTest, IncludesThatGrowWithoutBoundEnd) {
  std::string groups = "[dependency-groups]\n";
  for (int i = 0; i < 60; ++i) {
    groups += "g" + std::to_string(i) + " = [";
    for (int k = 0; k < 2; ++k) groups += "{include-group = \"g" + std::to_string(i + 1) + "\"},";
    groups += "]\n";
  }
  groups += "g60 = [\"deep\"]\ntest = [{include-group = \"g0\"}]\n";
  EXPECT_THAT(requirements(plan({{"pyproject.toml", groups}, {"tests/test_a.py", ""}})),
              ElementsAre("deep", "pytest"));
}

TEST_F(PlanTestsTest, HostileSizesEnd) {
  std::string groups = "[dependency-groups]\n";
  for (int i = 0; i < 5000; ++i) {
    groups +=
        "g" + std::to_string(i) + " = [{include-group = \"g" + std::to_string(i + 1) + "\"}]\n";
  }
  groups += "test = [{include-group = \"g0\"}, \"trio\"]\n[tool.pytest.ini_options]\ntestpaths = [";
  for (int i = 0; i < 1000; ++i) groups += "\"" + std::string(40, '*') + "a*b*c*d*e*f\",";
  groups += "]\n";
  std::string lines;
  for (int i = 0; i < 20'000; ++i) lines += "name" + std::to_string(i) + "==1\n";
  const auto planned =
      plan({{"pyproject.toml", groups},
            {"requirements-dev.txt", lines},
            {"tests/" + std::string(200, 'a') + "/test_a.py", "import name7, name19999\n"}});
  EXPECT_THAT(planned.paths, ElementsAre("tests"));
  EXPECT_THAT(requirements(planned), ElementsAre("trio", "name7==1", "pytest"));
  EXPECT_THAT(planned.how, HasSubstr("nested too deeply"));
}

TEST_F(PlanTestsTest, ADamagedStoreIsAnError) {
  const Files files{{"pyproject.toml", "[dependency-groups]\ntest = [\"trio\"]\n"},
                    {"tests/test_a.py", ""}};
  ASSERT_TRUE(try_plan(files));
  lose(files.at("pyproject.toml"));
  EXPECT_FALSE(try_planned());
}

}  // namespace
}  // namespace assay
