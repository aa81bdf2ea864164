#include "io/newest_files.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>

#include "io/files.h"

namespace assay {
namespace {

class NewestFilesTest : public testing::Test {
 protected:
  // Each is older than the one before.
  void write(const std::string& name, std::size_t size) {
    const auto path = folder_.path() / name;
    ASSERT_TRUE(replace_file(path, std::string(size, 'x')));
    fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(++written_));
  }
  std::set<std::string> left() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path())) names.insert(entry.path().filename());
    return names;
  }
  TemporaryDirectory folder_ = TemporaryDirectory::create(fs::temp_directory_path(), "newest-").value();
  int written_ = 0;
};

TEST_F(NewestFilesTest, StayAsManyAsTheLimitSays) {
  for (const char* name : {"c.tree", "a.tree", "b.tree", "z.other"}) write(name, 10);
  keep_newest_files(folder_.path(), ".tree", {.files = 2});
  EXPECT_EQ(left(), (std::set<std::string>{"c.tree", "a.tree", "z.other"}));
}

TEST_F(NewestFilesTest, StayAsLongAsTheirBytesFit) {
  write("a.tree", 10);
  write("b.tree", 20);
  write("c.tree", 1);
  keep_newest_files(folder_.path(), ".tree", {.files = 9, .bytes = 30});
  EXPECT_EQ(left(), (std::set<std::string>{"a.tree", "b.tree"}));
  keep_newest_files(folder_.path(), ".tree", {.files = 9, .bytes = 5});
  EXPECT_EQ(left(), std::set<std::string>{"a.tree"});
}

}  // namespace
}  // namespace assay
