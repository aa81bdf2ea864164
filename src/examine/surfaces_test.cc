#include "examine/surfaces.h"

#include <gtest/gtest.h>

#include "io/files.h"
#include "store/store.h"
#include "store/tree.h"

namespace assay {
namespace {

class Surfaces : public testing::Test {
 protected:
  void SetUp() override {
    folder_.emplace(TemporaryDirectory::create(fs::temp_directory_path(), "assay-surfaces-").value());
    store_.emplace(Store::open(folder_->path()).value());
    actions_.emplace(*store_);
  }

  void add(const std::string& path, std::string_view text) {
    const auto blob = store_->blobs.put(text).value();
    entries_.push_back({path, blob.digest, text.size(), false, ""});
  }

  std::string told() {
    const auto tree = put_tree(store_->blobs, Tree(entries_)).value();
    const auto role = [](std::string_view path) {
      return path.starts_with("tests/") ? PathRole::test : PathRole::shipped;
    };
    std::string text;
    const auto surfaces = source_surfaces(*actions_, tree, role).value();
    for (const auto& surface : surfaces) {
      text += std::string(to_string(surface.kind)) + " " + std::to_string(surface.count) + ": " +
              surface.places.front() + "\n";
    }
    return text;
  }

  std::optional<TemporaryDirectory> folder_;
  std::optional<Store> store_;
  std::optional<ActionRunner> actions_;
  std::vector<TreeEntry> entries_;
};

TEST_F(Surfaces, AreFoundInWhatShipsAndInWhatBuildsIt) {
  add("setup.py", "import subprocess\n");
  add("pkg/a.py", "import socket\nimport ssl\n");
  add("pkg/fast.c", "int x;");
  add("pkg/b.pth", "import b");
  add("tests/test_a.py", "import pickle\n");
  EXPECT_EQ(told(),
            "install-time-code 2: setup.py\n"
            "native-code 1: pkg/fast.c\n"
            "network 2: pkg/a.py:1: socket\n"
            "startup-hook 1: pkg/b.pth\n");
}

TEST_F(Surfaces, ABackEndOfItsOwnRunsAtTheBuild) {
  add("pyproject.toml", "[build-system]\nbackend-path = [\"_b\"]\n");
  EXPECT_EQ(told(), "install-time-code 1: pyproject.toml: backend-path\n");
}

TEST_F(Surfaces, WhatIsTooLargeToBeReadIsNotClean) {
  add("pkg/big.py", std::string((1 << 20) + 1, '#'));
  EXPECT_EQ(told(), "dynamic-code 1: pkg/big.py: too large to be read as Python\n");
}

TEST(WheelSurfaces, AreItsNativeFilesHooksAndEntryPoints) {
  const auto found = wheel_surfaces({"a/x.cpython-311.so", "a/y.py", "a.pth"},
                                    "[console_scripts]\ncmd = a:main\n# no\n\n[plug]\np=a:b\n");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].kind, SurfaceKind::native_code);
  EXPECT_EQ(found[1].kind, SurfaceKind::entry_point);
  EXPECT_EQ(found[1].places, (std::vector<std::string>{"[console_scripts] cmd = a:main", "[plug] p=a:b"}));
  EXPECT_EQ(found[2].kind, SurfaceKind::startup_hook);
  EXPECT_EQ(merged(found, found)[0].count, 2U);
}

}  // namespace
}  // namespace assay
