#include "examine/batches.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace assay {
namespace {

std::vector<TreeEntry> files(int count) {
  std::vector<TreeEntry> entries;
  for (int i = 0; i < count; ++i) {
    const std::string path = fmt::format("pkg/file{}.py", i);
    entries.push_back({.path = path, .digest = sha256(path), .size = 100, .link_target = {}});
  }
  return entries;
}

using Paths = std::vector<std::string>;

std::vector<Paths> batches(const Tree& tree) {
  std::vector<Paths> all;
  for (const auto& batch : examination_batches(tree)) {
    Paths paths;
    for (const TreeEntry* entry : batch) paths.push_back(entry->path);
    all.push_back(std::move(paths));
  }
  return all;
}

TEST(Batches, HoldEveryFileOnce) {
  const Tree tree(files(3000));
  std::set<std::string> seen;
  for (const auto& batch : batches(tree)) {
    EXPECT_FALSE(batch.empty());
    for (const auto& path : batch) EXPECT_TRUE(seen.insert(path).second) << path;
  }
  EXPECT_EQ(seen.size(), 3000U);
  EXPECT_GT(batches(tree).size(), 10U);
  EXPECT_LT(batches(tree).size(), 60U);
  EXPECT_TRUE(batches(Tree()).empty());
}

TEST(Batches, AFileMoreAltersOneOnly) {
  auto entries = files(3000);
  const auto before = batches(Tree(entries));
  entries.push_back({.path = "pkg/file1500b.py", .digest = {}, .size = 1, .link_target = {}});
  const auto after = batches(Tree(entries));
  const std::set<Paths> known(before.begin(), before.end());
  const auto altered =
      std::ranges::count_if(after, [&](const Paths& batch) { return !known.contains(batch); });
  EXPECT_LE(altered, 2);  // two if the new file ends a batch
  EXPECT_GE(altered, 1);
}

TEST(Batches, LargeFilesStandAloneAndLinksNowhere) {
  auto entries = files(3);
  entries[1].size = 5ULL << 20;
  entries.push_back({.path = "link", .digest = {}, .size = 3, .link_target = "pkg/file0.py"});
  const auto all = batches(Tree(entries));
  EXPECT_EQ(std::ranges::count(all, Paths{"pkg/file1.py"}), 1);
  for (const auto& batch : all) EXPECT_EQ(std::ranges::count(batch, "link"), 0);
}

}  // namespace
}  // namespace assay
