#include "check/tree_record.h"

#include <dirent.h>
#include <gtest/gtest.h>

#include "io/files.h"

namespace assay {
namespace {

const FileStamp stamp{.device = 1, .inode = 2, .size = 3, .modified = 4, .changed = 5};

class TreeRecordTest : public testing::Test {
 protected:
  SeenTree tree() const {
    SeenTree tree;
    tree.push_back({"", stamp, {{"a.py", DT_REG, stamp, std::make_shared<const std::string>("found")},
                                {"package", DT_DIR},
                                {"unread", DT_DIR}}});
    tree.push_back({"package", {}, {{"b.py", DT_REG, {}, nullptr}}});
    return tree;
  }
  TemporaryDirectory folder_ = TemporaryDirectory::create(fs::temp_directory_path(), "record-").value();
  const fs::path file_ = folder_.path() / "record";
};

TEST_F(TreeRecordTest, SaysWhatWasSeen) {
  const RoleWitness::Answers roles{{{"setup.py", RoleWitness::Question::text}, {stamp, true}},
                                   {{"a/b", RoleWitness::Question::is_file}, {{}, false}}};
  ASSERT_TRUE(TreeRecord::write(file_, tree(), roles));
  const auto record = TreeRecord::read(file_).value();
  EXPECT_EQ(record.root().stamp, stamp);
  const auto names = record.names_of(record.root());
  ASSERT_EQ(names.size(), 3U);
  EXPECT_EQ(record.text_of(names[0]), "a.py");
  EXPECT_EQ(names[0].stamp, stamp);
  EXPECT_EQ(names[0].type, DT_REG);
  EXPECT_EQ(*record.answer_of(names[0]), "found");
  EXPECT_EQ(record.folder_of(names[0]), nullptr);
  EXPECT_EQ(record.folder_of(names[2]), nullptr);
  const auto* package = record.folder_of(names[1]);
  ASSERT_NE(package, nullptr);
  EXPECT_EQ(package->stamp, FileStamp());
  ASSERT_EQ(record.names_of(*package).size(), 1U);
  EXPECT_EQ(record.answer_of(record.names_of(*package)[0]), nullptr);
  EXPECT_EQ(record.roles(), roles);
}

TEST_F(TreeRecordTest, NothingOfADamagedOneIsBelieved) {
  EXPECT_EQ(TreeRecord::read(file_).error().kind, ErrorKind::not_found);
  ASSERT_TRUE(TreeRecord::write(file_, tree(), {}));
  const auto whole = read_file(file_).value();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    ASSERT_TRUE(replace_file(file_, bytes));
    EXPECT_EQ(TreeRecord::read(file_).error().kind, ErrorKind::invalid_input) << at;
    ASSERT_TRUE(replace_file(file_, whole.substr(0, at)));
    EXPECT_FALSE(TreeRecord::read(file_)) << at;
  }
}

TEST_F(TreeRecordTest, WhatIsTooLargeIsNotWritten) {
  SeenTree large = tree();
  large[0].names[0].packed = std::make_shared<const std::string>(std::size_t{64} << 20, 'x');
  ASSERT_TRUE(TreeRecord::write(file_, large, {}));
  EXPECT_FALSE(fs::exists(file_));
}

}  // namespace
}  // namespace assay
