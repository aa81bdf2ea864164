#include "io/files.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>
#include <vector>

#include "small_disk.h"

namespace assay {
namespace {

using testing::HasSubstr;

class Files : public testing::Test {
 protected:
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), {}));
  }

  TemporaryDirectory temporary_ =
      TemporaryDirectory::create(fs::temp_directory_path(), "assay-files-").value();
  const fs::path& folder_ = temporary_.path();
};

TEST_F(Files, GiveBackWhatWasWritten) {
  std::string bytes;
  for (int i = 0; i < 300'000; ++i) bytes += static_cast<char>(i * 7);
  const auto path = folder_ / "file";
  ASSERT_TRUE(write_file(path, bytes));
  EXPECT_EQ(read_file(path), bytes);
  ASSERT_TRUE(write_file(path, ""));
  EXPECT_EQ(read_file(path), "");
  EXPECT_EQ(entries(), 1U) << "a temporary file was left";
}

TEST_F(Files, AreReadToTheirEndWhateverSizeTheyClaim) {
  const auto status = read_file("/proc/self/status");  // claims to be empty
  ASSERT_TRUE(status);
  EXPECT_THAT(*status, HasSubstr("Pid:"));
}

TEST_F(Files, ThatAreMissingAreNotFound) {
  const auto missing = read_file(folder_ / "none");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
  EXPECT_EQ(missing.error().message,
            "could not read " + (folder_ / "none").string() + ": No such file or directory");
}

TEST_F(Files, ThatAreNoneAreRefusedAndNotWaitedFor) {
  const auto fifo = folder_ / "fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(read_file(fifo).error().kind, ErrorKind::io);
  EXPECT_THAT(read_file(folder_).error().message, HasSubstr("Is a directory"));
}

TEST_F(Files, AreReplacedWholeOrNotAtAll) {
  const auto path = folder_ / "file";
  const std::vector<std::string> contents{std::string(100'000, 'a'), std::string(50'000, 'b')};
  ASSERT_TRUE(write_file(path, contents[0]));
  std::vector<std::jthread> writers;
  for (const auto& content : contents) {
    writers.emplace_back([&] {
      for (int i = 0; i < 50; ++i) EXPECT_TRUE(replace_file(path, content));
    });
  }
  for (int i = 0; i < 200; ++i) {
    const auto seen = read_file(path);
    ASSERT_TRUE(seen) << seen.error().message;
    EXPECT_TRUE(*seen == contents[0] || *seen == contents[1]);
  }
}

TEST_F(Files, ThatCanNotBeWrittenLeaveTheOldOnes) {
  const auto path = folder_ / "folder" / "file";
  const auto nowhere = write_file(path, "x");
  ASSERT_FALSE(nowhere);
  EXPECT_THAT(nowhere.error().message, HasSubstr(path.string()));
  ASSERT_TRUE(make_directories(path));
  EXPECT_FALSE(write_file(path, "x"));  // a folder stands there
  EXPECT_EQ(std::distance(fs::directory_iterator(path.parent_path()), {}), 1);
}

TEST_F(Files, OnAFullDiskKeepTheirOldBytes) {
  const bool ran = with_small_disk(folder_, 256 << 10, [&] {
    const auto path = folder_ / "file";
    ASSERT_TRUE(write_file(path, "old"));
    const auto outcome = write_file(path, std::string(1 << 20, 'x'));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, ErrorKind::io);
    EXPECT_EQ(outcome.error().message,
              "could not write " + path.string() + ": No space left on device");
    EXPECT_EQ(read_file(path), "old");
    EXPECT_EQ(entries(), 1U) << "a temporary file was left";
  });
  if (!ran) GTEST_SKIP() << "no small disk can be mounted here";
}

TEST_F(Files, WrittenTakeThePlaceOfALink) {
  ASSERT_TRUE(write_file(folder_ / "other", "other"));
  fs::create_symlink("other", folder_ / "file");
  ASSERT_TRUE(write_file(folder_ / "file", "new"));
  EXPECT_EQ(read_file(folder_ / "other"), "other");
  EXPECT_FALSE(fs::is_symlink(folder_ / "file"));
}

TEST_F(Files, RenamedToSomewhereElseNameBothPlaces) {
  const auto outcome = rename_path(folder_ / "from", folder_ / "to");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::not_found);
  EXPECT_THAT(outcome.error().message, HasSubstr((folder_ / "from").string()));
  EXPECT_THAT(outcome.error().message, HasSubstr((folder_ / "to").string()));
}

TEST_F(Files, SyncReachesAllOfATree) {
  ASSERT_TRUE(make_directories(folder_ / "a/b"));
  ASSERT_TRUE(write_file(folder_ / "a/b/file", "x"));
  fs::create_symlink("nowhere", folder_ / "a/link");
  ASSERT_EQ(mkfifo((folder_ / "a/fifo").c_str(), 0600), 0);
  EXPECT_TRUE(sync_tree(folder_));
  EXPECT_FALSE(sync_tree(folder_ / "none"));
}

TEST_F(Files, FoldersAreMadeWithTheirParents) {
  EXPECT_TRUE(make_directories(folder_ / "a/b/c"));
  EXPECT_TRUE(make_directories(folder_ / "a/b/c"));
  ASSERT_TRUE(write_file(folder_ / "file", ""));
  const auto outcome = make_directories(folder_ / "file/below");
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message, HasSubstr("Not a directory"));
}

TEST_F(Files, ATreeGoesWithAllInIt) {
  const auto tree = folder_ / "tree";
  ASSERT_TRUE(make_directories(tree / "a/b"));
  ASSERT_TRUE(make_directories(tree / "moved-up-0"));
  ASSERT_TRUE(write_file(tree / "a/b/file", "x"));
  ASSERT_TRUE(write_file(tree / "moved-up-1", "x"));
  ASSERT_TRUE(write_file(folder_ / "kept", "x"));
  fs::create_symlink(folder_ / "kept", tree / "a/to-file");
  fs::create_directory(folder_ / "kept-folder");
  ASSERT_TRUE(write_file(folder_ / "kept-folder/file", "x"));
  fs::create_directory_symlink(folder_ / "kept-folder", tree / "a/b/to-folder");
  EXPECT_TRUE(remove_tree(tree));
  EXPECT_FALSE(fs::exists(tree));
  EXPECT_EQ(read_file(folder_ / "kept"), "x");
  EXPECT_EQ(read_file(folder_ / "kept-folder/file"), "x");
  EXPECT_TRUE(remove_tree(tree)) << "a missing one is fine";
}

TEST_F(Files, ATreeThatIsALinkIsOnlyTheLink) {
  ASSERT_TRUE(make_directories(folder_ / "kept"));
  fs::create_directory_symlink("kept", folder_ / "link");
  EXPECT_TRUE(remove_tree(folder_ / "link"));
  EXPECT_TRUE(fs::is_directory(folder_ / "kept"));
  EXPECT_FALSE(fs::is_symlink(folder_ / "link"));
}

TEST_F(Files, ATreeWithoutRightsGoesToo) {
  const auto tree = folder_ / "tree";
  ASSERT_TRUE(make_directories(tree / "a/b/c"));
  ASSERT_TRUE(write_file(tree / "a/b/file", "x"));
  for (const char* name : {"a/b/c", "a/b", "a", ""}) ASSERT_EQ(chmod((tree / name).c_str(), 0), 0);
  const auto outcome = remove_tree(tree);
  EXPECT_TRUE(outcome) << outcome.error().message;
  EXPECT_FALSE(fs::exists(tree));
}

TEST_F(Files, ATreeDeeperThanAnyPathGoesToo) {
  ASSERT_TRUE(make_directories(folder_ / "deep"));
  Descriptor here(open((folder_ / "deep").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int depth = 0; depth < 700; ++depth) {
    ASSERT_EQ(mkdirat(here.get(), "folder", 0700), 0);
    here = Descriptor(openat(here.get(), "folder", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_TRUE(here);
  }
  const auto outcome = remove_tree(folder_ / "deep");
  EXPECT_TRUE(outcome) << outcome.error().message;
  EXPECT_FALSE(fs::exists(folder_ / "deep"));
}

TEST_F(Files, ATemporaryDirectoryGoesWithItsOwner) {
  fs::path kept;
  fs::path gone;
  {
    auto first = TemporaryDirectory::create(folder_ / "tmp", "a-").value();
    auto second = TemporaryDirectory::create(folder_ / "tmp", "a-").value();
    EXPECT_NE(first.path(), second.path());
    ASSERT_TRUE(write_file(first.path() / "file", "x"));
    gone = first.path();
    const auto moved = std::move(first);
    EXPECT_TRUE(fs::exists(moved.path()));
    kept = second.release();
  }
  EXPECT_FALSE(fs::exists(gone));
  EXPECT_TRUE(fs::exists(kept));
}

TEST_F(Files, ATemporaryDirectoryThatIsAssignedToLetsItsOwnGo) {
  auto first = TemporaryDirectory::create(folder_, "a-").value();
  const auto gone = first.path();
  first = TemporaryDirectory::create(folder_, "b-").value();
  EXPECT_FALSE(fs::exists(gone));
  EXPECT_TRUE(fs::exists(first.path()));
}

TEST_F(Files, ALockHasOneHolderAtATime) {
  const auto path = folder_ / "lock";
  {
    auto lock = FileLock::acquire(path);
    ASSERT_TRUE(lock);
    const auto moved = std::move(*lock);
    const auto second = FileLock::acquire(path);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::invalid_input);
    EXPECT_THAT(second.error().message, HasSubstr("process " + std::to_string(getpid())));
  }
  EXPECT_TRUE(FileLock::acquire(path));
}

TEST_F(Files, ALockGoesWithItsProcess) {
  const auto path = folder_ / "lock";
  const pid_t child = fork();
  if (child == 0) {
    const auto lock = FileLock::acquire(path);
    _exit(lock ? 0 : 1);  // without the destructor
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(FileLock::acquire(path));
}

TEST(EntriesOf, AreSortedAndByEnding) {
  const auto folder = TemporaryDirectory::create(fs::temp_directory_path(), "assay-entries-").value();
  for (const char* name : {"b.txt", "a.txt", "c.md"}) {
    ASSERT_TRUE(write_file(folder.path() / name, ""));
  }
  const auto texts = entries_of(folder.path(), ".txt").value();
  ASSERT_EQ(texts.size(), 2U);
  EXPECT_EQ(texts[0].filename(), "a.txt");
  EXPECT_EQ(entries_of(folder.path()).value().size(), 3U);
  EXPECT_TRUE(entries_of(folder.path() / "none").value().empty());
}

}  // namespace
}  // namespace assay
