#include "store/blob_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>
#include <vector>

#include "io/files.h"
#include "small_disk.h"

namespace assay {
namespace {

using testing::HasSubstr;

class Blobs : public testing::Test {
 protected:
  BlobStore open() const { return BlobStore::open(root_).value(); }

  std::size_t files_below(const fs::path& folder) const {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      count += entry.is_regular_file() ? 1 : 0;
    }
    return count;
  }

  // As a failing disk would.
  void overwrite(const fs::path& blob, std::string_view bytes) const {
    fs::permissions(blob, fs::perms::owner_all);
    std::ofstream(blob, std::ios::binary | std::ios::trunc) << bytes;
  }

  TemporaryDirectory folder_ =
      TemporaryDirectory::create(fs::temp_directory_path(), "assay-blobs-").value();
  fs::path root_ = folder_.path() / "store";
};

TEST_F(Blobs, AreGivenBackByTheirDigest) {
  auto store = open();
  for (const std::string& bytes :
       {std::string(), std::string("a\0b", 3), std::string(300'000, 'x')}) {
    const auto blob = store.put(bytes);
    ASSERT_TRUE(blob);
    EXPECT_EQ(blob->digest, sha256(bytes));
    EXPECT_EQ(blob->size, bytes.size());
    EXPECT_TRUE(store.has(blob->digest));
    EXPECT_EQ(store.get(blob->digest), bytes);
  }
}

TEST_F(Blobs, LieInTheirPlacesReadOnly) {
  auto store = open();
  const auto blob = store.put("abc").value();
  const auto path = store.path_of(blob.digest);
  EXPECT_EQ(path, root_ / "blobs" / "ba" /
                      "7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(fs::status(path).permissions(), static_cast<fs::perms>(0444));
  EXPECT_EQ(files_below(store.temporary()), 0U);
}

TEST_F(Blobs, ThatAreThereAreNotWrittenAgain) {
  auto store = open();
  const auto path = store.path_of(store.put("abc").value().digest);
  struct stat first{};
  struct stat second{};
  ASSERT_EQ(stat(path.c_str(), &first), 0);
  ASSERT_TRUE(store.put("abc"));
  ASSERT_EQ(stat(path.c_str(), &second), 0);
  EXPECT_EQ(first.st_ino, second.st_ino);
}

TEST_F(Blobs, ThatAreMissingAreNotFound) {
  const auto store = open();
  EXPECT_FALSE(store.has(sha256("none")));
  EXPECT_EQ(store.get(sha256("none")).error().kind, ErrorKind::not_found);
}

TEST_F(Blobs, ThatAreDamagedAreRemovedAndNamed) {
  auto store = open();
  const auto digest = store.put("abc").value().digest;
  overwrite(store.path_of(digest), "abd");
  const auto damaged = store.get(digest);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().kind, ErrorKind::io);
  EXPECT_THAT(damaged.error().message, HasSubstr(store.path_of(digest).string()));
  EXPECT_FALSE(store.has(digest));
  ASSERT_TRUE(store.put("abc"));
  EXPECT_EQ(store.get(digest), "abc");
}

TEST_F(Blobs, ThatAPowerCutEmptiedArePutAgain) {
  auto store = open();
  const auto digest = store.put("abc").value().digest;
  overwrite(store.path_of(digest), "");
  ASSERT_TRUE(store.put("abc"));
  EXPECT_EQ(store.get(digest), "abc");
}

TEST_F(Blobs, AreMadeOfFiles) {
  auto store = open();
  const auto file = folder_.path() / "file";
  const std::string bytes(200'000, 'y');
  ASSERT_TRUE(write_file(file, bytes));
  const auto copied = store.put_file(file, false);
  ASSERT_TRUE(copied);
  EXPECT_EQ(*copied, (Blob{sha256(bytes), bytes.size()}));
  EXPECT_EQ(store.get(copied->digest), bytes);
  EXPECT_TRUE(fs::exists(file));

  EXPECT_EQ(store.put_file(file, true), *copied);
  EXPECT_FALSE(fs::exists(file));
  EXPECT_EQ(store.put_file(file, true).error().kind, ErrorKind::not_found);
  EXPECT_FALSE(store.put_file(folder_.path(), false));
}

TEST_F(Blobs, DoNotChangeWithTheFileTheyWereMadeOf) {
  auto store = open();
  const auto file = folder_.path() / "file";
  ASSERT_TRUE(write_file(file, "abc"));
  std::ofstream held(file, std::ios::app);
  const auto digest = store.put_file(file, true).value().digest;
  held << "more" << std::flush;
  EXPECT_EQ(store.get(digest), "abc");
}

TEST_F(Blobs, OnAFullDiskAreWholeOrAbsent) {
  ASSERT_TRUE(make_directories(root_));
  const bool ran = with_small_disk(root_, 512 << 10, [&] {
    auto store = open();
    const auto small = store.put("small").value().digest;
    const std::string large(1 << 20, 'x');
    const auto outcome = store.put(large);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, ErrorKind::io);
    EXPECT_THAT(outcome.error().message, HasSubstr(root_.string()));
    EXPECT_THAT(outcome.error().message, HasSubstr("No space left on device"));
    EXPECT_FALSE(store.has(sha256(large)));

    const auto file = folder_.path() / "large";
    ASSERT_TRUE(write_file(file, large));
    EXPECT_FALSE(store.put_file(file, true));
    EXPECT_TRUE(fs::exists(file));
    EXPECT_EQ(files_below(store.temporary()), 0U);
    EXPECT_EQ(store.get(small), "small");
    EXPECT_TRUE(store.put(std::string(100 << 10, 'y'))) << "there is room again";
  });
  if (!ran) GTEST_SKIP() << "no small disk can be mounted here";
}

TEST_F(Blobs, ArePutByManyThreadsAtOnce) {
  auto store = open();
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        const std::string bytes = "blob " + std::to_string(i);
        EXPECT_TRUE(store.put(bytes));
        EXPECT_EQ(store.get(sha256(bytes)), bytes);
      }
    });
  }
  threads.clear();
  EXPECT_EQ(files_below(root_ / "blobs"), 100U);
  EXPECT_EQ(files_below(store.temporary()), 0U);
}

TEST_F(Blobs, ArePutByManyProcessesAtOnce) {
  std::vector<pid_t> children;
  for (int p = 0; p < 4; ++p) {
    const pid_t child = fork();
    if (child == 0) {
      auto store = BlobStore::open(root_);
      bool good = store.has_value();
      for (int i = 0; good && i < 50; ++i)
        good = store->put("blob " + std::to_string(i)).has_value();
      _exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  const auto store = open();
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(store.get(sha256("blob " + std::to_string(i))));
}

TEST_F(Blobs, WhatAKilledRunLeftGoesWithTheNextOne) {
  {
    const auto store = open();
    ASSERT_TRUE(make_directories(store.temporary() / "build"));
    ASSERT_TRUE(write_file(store.temporary() / "build" / "file", "x"));
    ASSERT_TRUE(write_file(store.temporary() / "blob-123456", "x"));
    ASSERT_TRUE(write_file(store.partial(sha256("wanted")), "wan"));
  }
  const auto store = open();
  EXPECT_TRUE(fs::is_empty(store.temporary()));
  EXPECT_EQ(read_file(store.partial(sha256("wanted"))), "wan") << "a download goes on";
}

TEST_F(Blobs, WhatAnotherRunIsUsingStays) {
  const auto first = open();
  ASSERT_TRUE(write_file(first.temporary() / "blob-123456", "x"));
  const auto second = open();
  EXPECT_EQ(read_file(first.temporary() / "blob-123456"), "x");
}

TEST_F(Blobs, AreNotKeptWhereNoFolderCanBe) {
  ASSERT_TRUE(write_file(root_, "a file"));
  const auto store = BlobStore::open(root_);
  ASSERT_FALSE(store);
  EXPECT_THAT(store.error().message, HasSubstr(root_.string()));
}

TEST_F(Blobs, SyncReachesTheDisk) {
  auto store = open();
  ASSERT_TRUE(store.put("abc"));
  EXPECT_TRUE(store.sync());
}

}  // namespace
}  // namespace assay
