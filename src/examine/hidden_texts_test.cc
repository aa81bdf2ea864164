#include "examine/hidden_texts.h"

#include <gtest/gtest.h>

#include <string>

namespace assay {
namespace {

TEST(HiddenTexts, HidesTheLongestOfThoseThatBegin) {
  const HiddenTexts hidden({"abcdef", "abcdefgh", "abcdefx", "b", "zz"});
  EXPECT_EQ(hidden.without("1 abcdefg 2"), "1 …g 2");
  EXPECT_EQ(hidden.without("abcdefghi"), "…i");
  EXPECT_EQ(hidden.without("abcdef"), "…");
  EXPECT_EQ(hidden.without("abcdezzb"), "a…cde……");
  EXPECT_EQ(hidden.without("cdef z"), "cdef z");
  EXPECT_EQ(hidden.without(""), "");
  EXPECT_EQ(HiddenTexts({}).without("abc"), "abc");
}

TEST(HiddenTexts, CostsLittleHoweverManyThereAre) {
  std::set<std::string> many;
  for (int i = 0; i < 50'000; ++i) many.insert("password" + std::to_string(i));
  const HiddenTexts hidden(many);
  for (int i = 0; i < 5'000; ++i) {  // one by one this would take hours
    EXPECT_EQ(hidden.without("x = password49999password1;"), "x = ……;");
  }
}

}  // namespace
}  // namespace assay
