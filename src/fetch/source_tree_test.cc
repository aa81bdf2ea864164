#include "fetch/source_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/files.h"
#include "made_tar.h"
#include "store/tree.h"

namespace assay {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class SourceTree : public testing::Test {
 protected:
  Result<Tree> unpack(const std::string& archive, const ArchiveLimits& limits = {}) {
    const auto blob = store_.blobs.put(archive).value();
    ASSAY_TRY(const auto digest, unpack_sdist(actions_, blob.digest, "demo-1.0.tar.gz", limits));
    return get_tree(store_.blobs, digest);
  }

  std::vector<std::string> paths(const std::string& archive) {
    const auto tree = unpack(archive);
    if (!tree) return {tree.error().message};
    std::vector<std::string> all;
    for (const auto& entry : tree->entries()) all.push_back(entry.path);
    return all;
  }

  std::string refusal(const std::string& archive) {
    const auto tree = unpack(archive);
    if (tree) return "it was unpacked";
    EXPECT_EQ(tree.error().kind, ErrorKind::invalid_input);
    return tree.error().message;
  }

  TemporaryDirectory folder_ = TemporaryDirectory::create(testing::TempDir(), "tree").value();
  Store store_ = Store::open(folder_.path()).value();
  ActionRunner actions_{store_};
};

TEST_F(SourceTree, HasTheFilesWithoutTheTopFolder) {
  MadeTar tar;
  tar.add({.path = "demo-1.0/", .type = '5'}).file("demo-1.0/PKG-INFO", "info");
  tar.add({.path = "demo-1.0/run", .bytes = "#!", .mode = 0755}).link("demo-1.0/link", "PKG-INFO");
  const auto tree = unpack(tar.gz());
  ASSERT_TRUE(tree) << tree.error().message;
  ASSERT_EQ(tree->entries().size(), 3U);
  EXPECT_EQ(tree->entries()[0].path, "PKG-INFO");
  EXPECT_EQ(store_.blobs.get(tree->entries()[0].digest).value(), "info");
  EXPECT_EQ(tree->entries()[1].link_target, "PKG-INFO");
  EXPECT_TRUE(tree->entries()[2].executable);
}

TEST_F(SourceTree, HasThePathsAsTheyAreWhereThereIsNoTopFolder) {
  EXPECT_THAT(paths(MadeTar().file("a/x").file("b/y").gz()), ElementsAre("a/x", "b/y"));
  EXPECT_THAT(paths(MadeTar().file("a/x").file("setup.py").gz()), ElementsAre("a/x", "setup.py"));
  EXPECT_THAT(paths(MadeTar().file("setup.py").gz()), ElementsAre("setup.py"));
}

TEST_F(SourceTree, ComesFromZipFilesToo) {
  ZipWriter zip;
  zip.add("demo-1.0/setup.py", "setup()", false);
  EXPECT_THAT(paths(zip.finish()), ElementsAre("setup.py"));
}

TEST_F(SourceTree, IsUnpackedOnce) {
  const auto blob = store_.blobs.put(MadeTar().file("demo-1.0/x").gz()).value();
  const auto first = unpack_sdist(actions_, blob.digest, "demo-1.0.tar.gz");
  ASSERT_TRUE(first);
  ASSERT_TRUE(remove_tree(store_.blobs.path_of(blob.digest)));
  EXPECT_EQ(unpack_sdist(actions_, blob.digest, "demo-1.0.tar.gz").value(), *first);
}

TEST_F(SourceTree, RefusesAMaliciousArchiveByTheNameOfFileAndMember) {
  EXPECT_THAT(refusal(MadeTar().file("demo-1.0/../../evil").gz()),
              AllOf(HasSubstr("demo-1.0.tar.gz"), HasSubstr("evil")));
}

TEST_F(SourceTree, RefusesALinkThatLeavesTheTopFolder) {
  EXPECT_THAT(refusal(MadeTar().file("demo-1.0/x").link("demo-1.0/link", "../demo-1.0/x").gz()),
              HasSubstr("out of its top folder"));
}

TEST_F(SourceTree, RefusesFoldersOnly) {
  EXPECT_THAT(refusal(MadeTar().add({.path = "demo-1.0/", .type = '5'}).gz()),
              HasSubstr("folders only"));
}

TEST_F(SourceTree, AMissingArchiveIsNotFound) {
  const auto digest = unpack_sdist(actions_, sha256("never put"), "demo-1.0.tar.gz");
  ASSERT_FALSE(digest);
  EXPECT_EQ(digest.error().kind, ErrorKind::not_found);
}

TEST_F(SourceTree, OtherLimitsAreAnotherAction) {
  const std::string archive = MadeTar().file("demo-1.0/x", "12345").gz();
  EXPECT_FALSE(unpack(archive, {.file_bytes = 4}));
  EXPECT_TRUE(unpack(archive));
  EXPECT_FALSE(unpack(archive, {.file_bytes = 4}));
}

TEST(RoleOf, APath) {
  const std::vector<std::pair<std::string, PathRole>> cases = {
      {"src/flask/core.py", PathRole::shipped},
      {"flask/testing.py", PathRole::shipped},
      {"flask/latest.py", PathRole::shipped},
      {"flask/contest.py", PathRole::shipped},
      {"tests/data/key.pem", PathRole::test},
      {"flask/tests/__init__.py", PathRole::test},
      {"flask/test_core.py", PathRole::test},
      {"flask/core_test.py", PathRole::test},
      {"third_party/x509/x509_test.cc", PathRole::test},
      {"src/str_cat_benchmark.cc", PathRole::test},
      {"e2e_tests/config/host_key", PathRole::test},
      {"src/self_test.h", PathRole::shipped},
      {"flask/conftest.py", PathRole::test},
      {"tests/vendor/x.py", PathRole::test},
      {"docs/conf.py", PathRole::docs},
      {"doc/index.html", PathRole::docs},
      {"README", PathRole::docs},
      {"README.md", PathRole::docs},
      {"CHANGES.rst", PathRole::docs},
      {"LICENSE", PathRole::docs},
      {"LICENSE.txt", PathRole::docs},
      {"examples/app.py", PathRole::example},
      {"src/pip/_vendor/urllib3/util.py", PathRole::vendored},
      {"third_party/lib/x.c", PathRole::vendored},
      {"extern/x.c", PathRole::vendored},
      {"demo/app.py", PathRole::example},
      {"flask/demo/app.py", PathRole::shipped},
      {"news/1.feature", PathRole::docs},
      {"flask/news/feed.py", PathRole::shipped},
      {"setup.py", PathRole::build},
      {"pyproject.toml", PathRole::build},
      {"setup.cfg", PathRole::build},
      {"noxfile.py", PathRole::tool},
      {"tox.ini", PathRole::tool},
      {"Makefile", PathRole::build},
      {".github/workflows/ci.yml", PathRole::tool},
      {".appveyor.yml", PathRole::tool},
      {"appveyor.yml", PathRole::tool},
      {".pre-commit-config-pep257.yaml", PathRole::tool},
      {"azure-pipelines.yml", PathRole::tool},
      {".cirrus.star", PathRole::tool},
      {"flask/tox.ini", PathRole::shipped},
      {"benchmarks/run.py", PathRole::tool},
      {"tools/release.py", PathRole::tool},
      {"tools/tests/test_release.py", PathRole::test},
      {"pkg/tools/release.py", PathRole::shipped},
      {"src/flask/setup.py", PathRole::shipped},
      {"src/flask.egg-info/SOURCES.txt", PathRole::generated},
      {"PKG-INFO", PathRole::generated},
      {"flask/static/lib.min.js", PathRole::generated},
      {"uv.lock", PathRole::generated},
      {"", PathRole::shipped},
  };
  for (const auto& [path, role] : cases) {
    EXPECT_EQ(to_string(role_of(path)), to_string(role)) << path;
  }
}

}  // namespace
}  // namespace assay
