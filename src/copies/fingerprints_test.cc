#include "copies/fingerprints.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>

#include "base/text.h"

namespace assay {
namespace {

std::string function(int seed) {
  const auto name = std::to_string(seed);
  std::string text = "def work_" + name + "(first, second):\n";
  for (int i = 0; i < 12; ++i) {
    const auto line = std::to_string(i);
    text += "    value_" + line + " = first * second + helper_" + name + "_" + line + "(second)\n";
  }
  return text + "    return 'it is done'\n";
}

std::set<std::uint64_t> hashes(std::string_view source) {
  std::set<std::uint64_t> all;
  for (const auto& print : print_of(source).fingerprints) all.insert(print.hash);
  return all;
}

TEST(Fingerprints, WhatCopyingChangesDoesNotCount) {
  const auto original = "import os\nfrom a import b\n" + function(1);
  const auto copied = "# taken over\nfrom x._vendor import (\n    a,\n    b,\n)\n\n\n" +
                      replace_all(replace_all(function(1), "    ", "  "), "it is done", "done");
  EXPECT_EQ(print_of(original).digest, print_of(copied).digest);
  EXPECT_EQ(hashes(original), hashes(copied));
  EXPECT_FALSE(hashes(original).empty());
}

TEST(Fingerprints, NamesAndNumbersCount) {
  const auto original = function(1);
  EXPECT_NE(print_of(original).digest, print_of(replace_all(original, "first", "other")).digest);
  const auto with_number = original + "limit = 10\n";
  EXPECT_NE(print_of(with_number).digest, print_of(original + "limit = 11\n").digest);
}

TEST(Fingerprints, LinesAreThoseOfTheCode) {
  const auto print = print_of("\n\n\n" + function(1));
  ASSERT_FALSE(print.fingerprints.empty());
  for (const auto& one : print.fingerprints) {
    EXPECT_GE(one.from, 4U);
    EXPECT_GT(one.to, one.from);  // 20 tokens of these lines are more than one
    EXPECT_LE(one.to, print.last_line);
  }
  EXPECT_EQ(print.last_line, 17U);
}

// What winnowing guarantees: 20 + 16 - 1 tokens that two sources share are found in both.
TEST(Fingerprints, EveryRunOfThirtyFiveTokensIsFound) {
  std::mt19937 random(1);
  const auto words = [&](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "w" + std::to_string(random() % 100000) + " ";
    return text;
  };
  for (int i = 0; i < 200; ++i) {
    const auto shared = words(35);
    const auto a = hashes(words(static_cast<int>(random() % 60)) + shared + words(40));
    const auto b = hashes(words(static_cast<int>(random() % 60)) + shared + words(40));
    EXPECT_TRUE(std::ranges::any_of(a, [&](auto hash) { return b.contains(hash); }));
  }
}

TEST(Fingerprints, AShortSourceHasOneForItsOnlyWindow) {
  EXPECT_EQ(hashes("a b c d e f g h i j k l m n o p q r s t").size(), 1U);
  EXPECT_TRUE(hashes("a b c d e f g h i j k l m n o p q r s").empty());
}

TEST(Fingerprints, TablesHaveNone) {
  std::string table = "table = (\n";
  for (int i = 0; i < 500; ++i) table += "    0x1f" + std::to_string(i) + ", 'text', 1e5, None,\n";
  EXPECT_TRUE(hashes(table + ")\n").empty());
  EXPECT_TRUE(print_of(table).digest);  // as a whole it can be recognised
}

TEST(Fingerprints, FewTokensAreAlikeByChance) {
  EXPECT_FALSE(print_of("from .a import b\n__all__ = ['b']\n").digest);
  EXPECT_FALSE(print_of("").digest);
}

TEST(Fingerprints, TakeAnyBytes) {
  const std::string long_line(3 << 20, '(');
  EXPECT_TRUE(hashes(long_line).empty());
  EXPECT_EQ(print_of(std::string(3 << 20, 'a')).last_line, 1U);
  EXPECT_FALSE(hashes("'''" + function(1)).empty());  // a string that never ends
  EXPECT_FALSE(hashes("\"broken\n" + function(1)).empty());
  std::string repeated;
  for (int i = 0; i < 2000; ++i) repeated += function(1);
  EXPECT_LT(hashes(repeated).size(), 100U);
  EXPECT_TRUE(hashes(std::string("\0\xff\xfe\\", 4)).empty());
}

}  // namespace
}  // namespace assay
