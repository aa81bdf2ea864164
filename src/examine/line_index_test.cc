#include "examine/line_index.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(LineIndex, CountsFromOneInAnyOrder) {
  const LineIndex lines("ab\n\ncd\r\ne");
  const auto expect = [&](std::size_t offset, std::uint32_t line, std::uint32_t column) {
    const auto place = lines.place(offset);
    EXPECT_EQ(place.line, line) << offset;
    EXPECT_EQ(place.column, column) << offset;
  };
  expect(0, 1, 1);
  expect(2, 1, 3);  // the line end belongs to its line
  expect(3, 2, 1);
  expect(8, 4, 1);
  expect(1, 1, 2);
  expect(9, 4, 2);
}

TEST(LineIndex, GivesLinesWithoutTheirEnds) {
  const LineIndex lines("ab\n\ncd\r\ne");
  EXPECT_EQ(lines.line(1), "ab");
  EXPECT_EQ(lines.line(2), "");
  EXPECT_EQ(lines.line(3), "cd");
  EXPECT_EQ(lines.line(4), "e");
  EXPECT_EQ(lines.line(5), "");
  EXPECT_EQ(lines.line(0), "");
  EXPECT_EQ(lines.end(1), 2U);
  EXPECT_EQ(lines.end(3), 7U);
  EXPECT_EQ(lines.end(4), 9U);
  EXPECT_EQ(lines.end(5), 9U);
}

}  // namespace
}  // namespace assay
