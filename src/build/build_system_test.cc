#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "build/builder.h"
#include "io/files.h"
#include "store/tree.h"

namespace assay {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class BuildSystemOf : public testing::Test {
 protected:
  void SetUp() override {
    auto made = TemporaryDirectory::create(fs::temp_directory_path(), "build-system-test");
    ASSERT_TRUE(made) << made.error().message;
    folder_.emplace(*std::move(made));
    auto store = Store::open(folder_->path());
    ASSERT_TRUE(store) << store.error().message;
    store_.emplace(*std::move(store));
  }

  Result<BuildSystem> read(const std::map<std::string, std::string>& files) {
    std::vector<TreeEntry> entries;
    for (const auto& [path, text] : files) {
      const auto blob = store_->blobs.put(text).value();
      entries.push_back({path, blob.digest, blob.size, false, ""});
    }
    const auto tree = put_tree(store_->blobs, Tree(std::move(entries)));
    if (!tree) return std::unexpected(tree.error());
    return read_build_system(*store_, *tree);
  }

  std::string refusal(const std::string& pyproject) {
    const auto system = read({{"pyproject.toml", pyproject}, {"hooks/backend.py", ""}});
    if (system) return "read";
    EXPECT_EQ(system.error().kind, ErrorKind::invalid_input);
    return system.error().message;
  }

 private:
  std::optional<TemporaryDirectory> folder_;
  std::optional<Store> store_;
};

std::vector<std::string> texts(const BuildSystem& system) {
  std::vector<std::string> all;
  for (const auto& requirement : system.requirements) all.push_back(requirement.str());
  return all;
}

}  // namespace

TEST_F(BuildSystemOf, TreesThatNameNoneIsSetuptools) {
  const std::vector<std::map<std::string, std::string>> trees = {
      {{"setup.py", ""}}, {{"pyproject.toml", "[tool.black]\nline-length = 79\n"}}};
  for (const auto& files : trees) {
    const auto system = read(files);
    ASSERT_TRUE(system) << system.error().message;
    EXPECT_THAT(texts(*system), ElementsAre("setuptools>=40.8.0"));
    EXPECT_EQ(system->backend, "setuptools.build_meta:__legacy__");
    EXPECT_THAT(system->backend_path, IsEmpty());
  }
}

TEST_F(BuildSystemOf, TableIsTakenAsItStands) {
  const auto system = read({{"pyproject.toml",
                             "[build-system]\nrequires = ['flit_core >=3.11,<4', "
                             "'cython; python_version < \"3.13\"']\n"
                             "build-backend = 'flit_core.buildapi'\n"}});
  ASSERT_TRUE(system) << system.error().message;
  ASSERT_EQ(system->requirements.size(), 2U);
  EXPECT_EQ(system->requirements[0].name.str(), "flit-core");
  EXPECT_TRUE(system->requirements[1].marker);
  EXPECT_EQ(system->backend, "flit_core.buildapi");
}

TEST_F(BuildSystemOf, TableWithoutBackendIsLegacySetuptools) {
  const auto system =
      read({{"pyproject.toml", "[build-system]\nrequires = ['setuptools', 'wheel']\n"}});
  ASSERT_TRUE(system);
  EXPECT_EQ(system->backend, "setuptools.build_meta:__legacy__");
  EXPECT_THAT(texts(*system), ElementsAre("setuptools", "wheel"));
}

TEST_F(BuildSystemOf, BackendInTheTree) {
  const auto system = read({{"pyproject.toml",
                             "[build-system]\nrequires = []\nbuild-backend = 'backend:api.hooks'\n"
                             "backend-path = ['./hooks/', '.']\n"},
                            {"hooks/backend.py", ""}});
  ASSERT_TRUE(system) << system.error().message;
  EXPECT_THAT(system->backend_path, ElementsAre("hooks", "."));
  EXPECT_EQ(system->backend, "backend:api.hooks");
}

TEST_F(BuildSystemOf, BackendPathStaysInTheTree) {
  for (const std::string path :
       {"..", "hooks/../..", "/usr/lib", "", "missing", "hooks/backend.py"}) {
    EXPECT_THAT(refusal("[build-system]\nrequires = []\nbackend-path = ['" + path + "']\n"),
                HasSubstr("backend-path"))
        << path;
  }
}

TEST_F(BuildSystemOf, WhatIsWrongIsSaid) {
  EXPECT_THAT(refusal("[build-system]\nbuild-backend = 'x'\n"), HasSubstr("requires is missing"));
  EXPECT_THAT(refusal("[build-system]\nrequires = 'setuptools'\n"), HasSubstr("not a list"));
  EXPECT_THAT(refusal("[build-system]\nrequires = [1]\n"), HasSubstr("not a string"));
  EXPECT_THAT(refusal("[build-system]\nrequires = ['>=1']\n"), HasSubstr("build-system.requires"));
  EXPECT_THAT(refusal("[build-system]\nrequires = []\nbuild-backend = 'os;evil'\n"),
              HasSubstr("build-backend"));
  EXPECT_THAT(refusal("[build-system]\nrequires = []\nbuild-backend = 5\n"),
              HasSubstr("build-backend"));
  EXPECT_THAT(refusal("build-system = 5\n"), HasSubstr("not a table"));
  EXPECT_THAT(refusal("[build-system\n"), HasSubstr("line 1"));
  EXPECT_NE(refusal(std::string(5000, '[')), "read");
}

}  // namespace assay
