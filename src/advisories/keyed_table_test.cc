#include "advisories/keyed_table.h"

#include <gtest/gtest.h>

#include "io/files.h"

namespace assay {
namespace {

using Texts = std::map<std::string, std::string>;

TEST(KeyedTable, GivesBackWhatWasWritten) {
  const Texts texts{{"", "none"}, {"a", "one"}, {"ab", ""}, {"b", std::string("\0\n", 2)}};
  const auto table = KeyedTable::of(write_keyed_table(texts)).value();
  ASSERT_EQ(table.size(), 4U);
  for (const auto& [key, text] : texts) EXPECT_EQ(table.find(key), text) << key;
  for (const char* other : {"A", "aa", "abc", "c"}) EXPECT_FALSE(table.find(other)) << other;
  EXPECT_EQ(table.first_not_before("aa"), 2U);
  EXPECT_EQ(table.first_not_before("z"), 4U);
  EXPECT_EQ(table.at(1), std::pair(std::string_view("a"), std::string_view("one")));
}

TEST(KeyedTable, IsReadWhereItLies) {
  const auto folder = TemporaryDirectory::create(fs::temp_directory_path(), "table").value();
  const auto path = folder.path() / "table";
  ASSERT_TRUE(write_file(path, write_keyed_table({{"key", "text"}})));
  auto table = KeyedTable::open(MappedFile::open(path).value());
  ASSERT_TRUE(table) << table.error().message;
  const KeyedTable moved = *std::move(table);
  EXPECT_EQ(moved.find("key"), "text");
  ASSERT_TRUE(write_file(path, ""));
  EXPECT_FALSE(KeyedTable::open(MappedFile::open(path).value()));
}

TEST(KeyedTable, RefusesWhatIsCutOffOrNone) {
  const std::string whole = write_keyed_table({{"a", "one"}, {"b", "two"}});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(KeyedTable::of(whole.substr(0, size))) << size;
  }
  EXPECT_FALSE(KeyedTable::of(whole + "x"));
  EXPECT_FALSE(KeyedTable::of(std::string(1000, '\xff')));
}

TEST(KeyedTable, ADamagedPlaceLeadsNowhere) {
  const std::string whole = write_keyed_table({{"a", "one"}, {"b", "two"}, {"c", "six"}});
  for (std::size_t i = 16; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = '\xff';
    const auto table = KeyedTable::of(damaged);
    if (!table) continue;
    for (std::size_t place = 0; place < table->size(); ++place) {
      EXPECT_LE(table->at(place).second.size(), 9U);
    }
  }
}

}  // namespace
}  // namespace assay
