#include "package/record.h"

#include <gmock/gmock.h>

namespace assay {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Record, ReadsPlainAndQuotedRows) {
  const auto entries = parse_record(
      "a/__init__.py,sha256=AVTFPZpEKzuHr7OvQZmhaU3LvwKz06AJw8mT_pNh2yI,144\r\n"
      "\"a/b,\"\"c\"\".py\",sha384=x-_,0\n"
      "\n"
      "a-1.dist-info/RECORD,,");
  ASSERT_TRUE(entries) << entries.error().message;
  ASSERT_EQ(entries->size(), 3U);
  EXPECT_EQ(entries->at(0).path, "a/__init__.py");
  EXPECT_EQ(entries->at(0).size, 144U);
  EXPECT_EQ(entries->at(1).path, "a/b,\"c\".py");
  EXPECT_EQ(entries->at(1).size, 0U);
  EXPECT_EQ(entries->at(2).digest, "");
  EXPECT_EQ(entries->at(2).size, std::nullopt);
}

TEST(Record, TellsAWheelsOwnDistInfoFromOneThatItCarries) {
  EXPECT_EQ(dist_info_member("a-1.dist-info/METADATA"), "METADATA");
  EXPECT_EQ(dist_info_member("a-1.dist-info/licenses/LICENSE"), "licenses/LICENSE");
  EXPECT_EQ(dist_info_member("a/vendor/b-2.dist-info/METADATA"), "");
  EXPECT_EQ(dist_info_member("METADATA"), "");
}

TEST(Record, WritesWhatItReads) {
  const std::vector<RecordEntry> entries{{"plain.py", "sha256=abc", 12},
                                         {"with, comma \"and\" quote\nand line", "sha256=d", 0},
                                         {"x.dist-info/RECORD", "", std::nullopt}};
  const auto text = write_record(entries);
  EXPECT_TRUE(text.starts_with("plain.py,sha256=abc,12\n")) << text;
  const auto again = parse_record(text);
  ASSERT_TRUE(again) << again.error().message;
  ASSERT_EQ(again->size(), entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(again->at(i).path, entries[i].path);
    EXPECT_EQ(again->at(i).digest, entries[i].digest);
    EXPECT_EQ(again->at(i).size, entries[i].size);
  }
}

TEST(Record, NamesTheLineItCannotRead) {
  for (const char* row : {"only-a-path", "a,b", "a,sha256=x,1,2", ",sha256=x,1", "a,md5,1",
                          "a,sha256=,1", "a,sha256=x y,1", "a,sha256=x,-1", "a,sha256=x,1k",
                          "a,sha256=x,99999999999999999999", "\"a,sha256=x,1", "\"a\"b,,",
                          "a\"b,,"}) {
    const auto entries = parse_record("ok,,\n" + std::string(row) + "\n");
    ASSERT_FALSE(entries) << row;
    EXPECT_EQ(entries.error().kind, ErrorKind::invalid_input);
    EXPECT_THAT(entries.error().message, HasSubstr("line 2")) << row;
  }
}

TEST(EntryPoints, ReadsGroupsAndObjects) {
  const auto points = parse_entry_points(
      "# comment\n[console_scripts]\nflask = flask.cli:main\nwith-extra = a.b : c.d [x, y]\n\n"
      "; comment\n[ pytest11 ]\nplugin=my_plugin\n");
  ASSERT_TRUE(points) << points.error().message;
  ASSERT_EQ(points->size(), 3U);
  EXPECT_EQ(points->at(0).group, "console_scripts");
  EXPECT_EQ(points->at(0).name, "flask");
  EXPECT_EQ(points->at(0).module, "flask.cli");
  EXPECT_EQ(points->at(0).attribute, "main");
  EXPECT_EQ(points->at(1).module, "a.b");
  EXPECT_EQ(points->at(1).attribute, "c.d");
  EXPECT_EQ(points->at(2).group, "pytest11");
  EXPECT_EQ(points->at(2).attribute, "");
  EXPECT_THAT(*parse_entry_points(""), IsEmpty());
}

TEST(EntryPoints, RefusesWhatIsNoEntryPoint) {
  for (const char* line : {"a = b:c", "[group\na = b", "[]\na = b", "[g]\na", "[g]\n= b",
                           "[g]\na =", "[g]\na = b:", "[g]\na = b c", "[g]\na = b:c[x",
                           "[g]\na = b;import os"}) {
    const auto points = parse_entry_points(line);
    ASSERT_FALSE(points) << line;
    EXPECT_EQ(points.error().kind, ErrorKind::invalid_input);
  }
}

}  // namespace
}  // namespace assay
