#include "copies/origins.h"

#include <gtest/gtest.h>

#include <optional>

#include "base/text.h"
#include "io/files.h"
#include "store/tree.h"

namespace assay {
namespace {

// A module of its own, long enough to mean something.
std::string module(int seed, const std::string& imports = "import os\n", const std::string& comment = "") {
  std::string text = comment + imports + "\n\ndef work_" + std::to_string(seed) + "(a, b):\n";
  for (int i = 0; i < 12; ++i) {
    text += "    c" + std::to_string(i) + " = a * b + other(c" + std::to_string(seed) + ")\n";
  }
  return text + "    return a\n";
}

class Origins : public testing::Test {
 protected:
  void SetUp() override {
    folder_.emplace(TemporaryDirectory::create(fs::temp_directory_path(), "assay-origins-").value());
    store_.emplace(Store::open(folder_->path()).value());
    actions_.emplace(*store_);
  }

  Digest tree(const std::map<std::string, std::string>& files) {
    std::vector<TreeEntry> entries;
    for (const auto& [path, text] : files) {
      entries.push_back({path, store_->blobs.put(text).value().digest, text.size(), false, ""});
    }
    return put_tree(store_->blobs, Tree(std::move(entries))).value();
  }

  std::vector<NormalFile> normal(const Digest& digest) { return normal_files(*actions_, digest, [](std::string_view) { return PathRole::shipped; }).value(); }

  void know(const std::string& name, const std::string& version, const std::map<std::string, std::string>& files) {
    const auto digest = tree(files);
    origins_.emplace_back(Origin{Name::normalize(name), Version::parse(version).value(), "MIT", digest},
                          normal(digest));
  }

  std::string told(const std::map<std::string, std::string>& files, const std::string& self = "own") {
    std::string text;
    for (const auto& copy : find_copies(Name::normalize(self), normal(tree(files)), origins_)) {
      std::vector<std::string> versions;
      for (const auto& version : copy.versions) versions.push_back(version.str());
      text += copy.origin.str() + " " + join(versions, "/") + ": " + std::to_string(copy.paths.size()) +
              " of " + std::to_string(copy.of) + " in " + copy.folder + "\n";
    }
    return text;
  }

  std::optional<TemporaryDirectory> folder_;
  std::optional<Store> store_;
  std::optional<ActionRunner> actions_;
  std::vector<std::pair<Origin, std::vector<NormalFile>>> origins_;
};

TEST_F(Origins, CopiesAreFoundThroughWhatCopyingChanges) {
  know("lib", "1.0", {{"lib/a.py", module(1)}, {"lib/b.py", module(2)}});
  know("lib", "1.1", {{"lib/a.py", module(1)}, {"lib/b.py", module(3)}});
  EXPECT_EQ(told({{"own/_vendor/lib/a.py", module(1, "from own._vendor import os\n", "# vendored\n")},
                  {"own/_vendor/lib/b.py", replace_all(module(3), "    ", "  ")}}),
            "lib 1.1: 2 of 2 in own/_vendor/lib\n");
}

TEST_F(Origins, VersionsThatAreAlikeThereAreAllTold) {
  know("lib", "1.0", {{"lib/a.py", module(1)}, {"lib/b.py", module(2)}});
  know("lib", "1.1", {{"lib/a.py", module(1)}, {"lib/b.py", module(3)}});
  EXPECT_EQ(told({{"x/a.py", module(1)}}), "lib 1.0/1.1: 1 of 2 in x\n");
}

TEST_F(Origins, TheRemainsOfAnOriginAreNoCopy) {
  std::map<std::string, std::string> files;
  for (int i = 0; i < 10; ++i) files["lib/" + std::to_string(i) + ".py"] = module(i);
  know("lib", "1.0", files);
  EXPECT_EQ(told({{"own/compat.py", module(4)}, {"own/other.py", module(50)}}), "");
}

TEST_F(Origins, APackageIsNoCopyOfItself) {
  know("lib", "1.0", {{"lib/a.py", module(1)}});
  EXPECT_EQ(told({{"lib/a.py", module(1)}}, "lib"), "");
}

TEST_F(Origins, SmallFilesMeanNothing) {
  know("lib", "1.0", {{"lib/__init__.py", "from .a import b\n__all__ = ['b']\n"}});
  EXPECT_EQ(told({{"own/__init__.py", "from .a import b\n__all__ = ['b']\n"}}), "");
}

TEST_F(Origins, AreKept) {
  EXPECT_TRUE(load_origins(*store_).value().empty());
  const Origin origin{Name::normalize("lib"), Version::parse("1.0").value(), "MIT", tree({{"a.py", "x"}})};
  ASSERT_TRUE(save_origin(*store_, origin));
  const auto kept = load_origins(*store_).value();
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].licence, "MIT");
  EXPECT_EQ(kept[0].tree, origin.tree);
}

}  // namespace
}  // namespace assay
