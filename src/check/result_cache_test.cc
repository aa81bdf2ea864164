#include "check/result_cache.h"

#include <gtest/gtest.h>

#include "io/files.h"

namespace assay {
namespace {

constexpr std::int64_t second = 1'000'000'000;

ResultCache::Packed packed(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

class ResultCacheTest : public testing::Test {
 protected:
  ResultCache open(std::uint64_t limit = 1 << 20) { return ResultCache::open(folder_.path(), limit); }
  TemporaryDirectory folder_ = TemporaryDirectory::create(fs::temp_directory_path(), "cache-").value();
  const ResultCache::Key key_ = ResultCache::key("a.py", "shipped", "rules");
  const FileStamp stamp_{.device = 1, .inode = 2, .size = 3, .modified = 4, .changed = 5};
};

TEST_F(ResultCacheTest, KnowsByStampAndByDigest) {
  auto cache = open();
  EXPECT_FALSE(cache.find(key_, stamp_));
  cache.add(key_, stamp_, 100 * second, sha256("x"), packed("findings"));
  ASSERT_TRUE(cache.save());
  const auto again = open();
  EXPECT_EQ(again.complaint(), "");
  ASSERT_TRUE(again.find(key_, stamp_));
  EXPECT_EQ(*again.find(key_, stamp_)->packed, "findings");
  EXPECT_EQ(again.find(key_, stamp_)->digest, sha256("x"));
  EXPECT_TRUE(again.find(key_, sha256("x")));
  EXPECT_FALSE(again.find(key_, sha256("y")));
  EXPECT_FALSE(again.find(ResultCache::key("b.py", "shipped", "rules"), sha256("x")));
  auto other = stamp_;
  other.changed = 6;
  EXPECT_FALSE(again.find(key_, other));
}

TEST_F(ResultCacheTest, AYoungStampDoesNotCount) {
  auto cache = open();
  auto young = stamp_;
  young.changed = 99 * second;
  cache.add(key_, young, 100 * second, sha256("x"), packed(""));
  ASSERT_TRUE(cache.save());
  EXPECT_FALSE(open().find(key_, young));
  EXPECT_TRUE(open().find(key_, sha256("x")));
}

TEST_F(ResultCacheTest, AddsToWhatIsThereAndStaysWithinItsLimit) {
  for (int i = 0; i < 20; ++i) {
    auto cache = open(3000);
    cache.add(ResultCache::key(std::to_string(i), "", ""), {}, 0, sha256("x"),
              packed(std::string(500, 'f')));
    ASSERT_TRUE(cache.save());
    EXPECT_LE(fs::file_size(folder_.path() / "results"), 3000U);
  }
  EXPECT_TRUE(open().find(ResultCache::key("19", "", ""), sha256("x")));
  auto small = open(10);
  small.add(key_, {}, 0, sha256("x"), packed(std::string(500, 'f')));
  EXPECT_TRUE(small.save());
}

TEST_F(ResultCacheTest, NothingOfADamagedFileIsBelieved) {
  auto cache = open();
  for (int i = 0; i < 5; ++i) {
    cache.add(ResultCache::key(std::to_string(i), "", ""), {}, 0, sha256("x"), packed("findings"));
  }
  ASSERT_TRUE(cache.save());
  const auto whole = read_file(folder_.path() / "results").value();
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    auto bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    ASSERT_TRUE(replace_file(folder_.path() / "results", bytes));
    const auto damaged = open();
    for (int i = 0; i < 5; ++i) {
      const auto found = damaged.find(ResultCache::key(std::to_string(i), "", ""), sha256("x"));
      if (found) {
        EXPECT_EQ(*found->packed, "findings");
      }
    }
    ASSERT_TRUE(replace_file(folder_.path() / "results", whole.substr(0, at)));
    EXPECT_FALSE(open().find(ResultCache::key("4", "", ""), sha256("x")) &&
                 at < 32 + 5 * std::size_t{112});
  }
}

}  // namespace
}  // namespace assay
