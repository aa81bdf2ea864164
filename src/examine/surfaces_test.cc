#include "examine/surfaces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/text.h"
#include "io/archive.h"
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
    const auto found = source_surfaces(*actions_, tree, role).value();
    for (const auto& surface : found.surfaces) {
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
  add("pkg/big.py", std::string((8 << 20) + 1, '#'));
  EXPECT_EQ(told(), "dynamic-code 1: pkg/big.py: too large to be read as Python\n");
}

TEST_F(Surfaces, OfAWheelAreWhatTheBuildAdded) {
  add("pkg/a.py", "import socket\n");
  add("tests/helper.py", "import pickle\n");
  ZipWriter zip;
  zip.add("pkg/a.py", "import socket\n", false);  // seen in the source
  zip.add("tests/helper.py", "import pickle\n", false);  // it ships after all
  zip.add("pkg/made.py", "import subprocess\n", false);
  zip.add("pkg.pth", "import pkg", false);
  zip.add("pkg/fast.so", read_file("/proc/self/exe").value(), false);
  zip.add("pkg/broken.so", "\x7f" "ELF", false);
  zip.add("libssl.so.3", "", false);  // brought along
  zip.add("pkg-1.dist-info/entry_points.txt", "[console_scripts]\ncmd = a:main\n# no\n\n[plug]\np=a\n",
          false);
  const auto wheel = store_->blobs.put(zip.finish()).value().digest;
  const auto tree = put_tree(store_->blobs, Tree(entries_)).value();
  const auto role = [](std::string_view path) {
    return path.starts_with("tests/") ? PathRole::test : PathRole::shipped;
  };
  const auto found = wheel_surfaces(*actions_, {wheel, tree}, role).value();
  std::map<SurfaceKind, std::string> places;
  for (const auto& surface : found.surfaces) places[surface.kind] = join(surface.places, "; ");
  EXPECT_EQ(places[SurfaceKind::subprocess], "pkg/made.py:1: subprocess");
  EXPECT_EQ(places[SurfaceKind::deserialisation], "tests/helper.py:1: pickle");
  EXPECT_EQ(places[SurfaceKind::startup_hook], "pkg.pth");
  EXPECT_EQ(places[SurfaceKind::native_code], "pkg/fast.so; pkg/broken.so; libssl.so.3");
  EXPECT_EQ(places[SurfaceKind::entry_point], "[console_scripts] cmd = a:main; [plug] p = a");
  EXPECT_THAT(places[SurfaceKind::host_library],
              testing::AllOf(testing::HasSubstr("pkg/broken.so: its ELF headers are damaged"),
                             testing::HasSubstr("pkg/fast.so: libarchive.so"),
                             testing::Not(testing::HasSubstr("libssl")),
                             testing::Not(testing::HasSubstr("libc.so.6"))));
  EXPECT_EQ(places.size(), 6U) << "the network was seen in the source";
  const auto twice = merged(found, found);
  EXPECT_EQ(twice.surfaces.front().count, found.surfaces.front().count * 2);
  EXPECT_EQ(twice.capabilities.size(), found.capabilities.size());
  EXPECT_EQ(twice.capabilities.front().count, found.capabilities.front().count * 2);
}

}  // namespace
}  // namespace assay
