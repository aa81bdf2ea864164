#include "base/word_finder.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

namespace assay {
namespace {

constexpr std::array<std::string_view, 3> places = {"/etc/passwd", ".ssh/", ".s"};
constexpr std::array<std::string_view, 2> hosts = {"://x.example", "\xC3\xA9t"};

TEST(WordFinder, TellsWhichGroupsAWordOfStandsInTheText) {
  const WordFinder finder({places, hosts});
  EXPECT_EQ(finder.found_in("cat /etc/passwd"), 1U);
  EXPECT_EQ(finder.found_in("/etc/passwd of http://x.example"), 3U);
  EXPECT_EQ(finder.found_in("\xC3\xA9t\xC3\xA9"), 2U);
  EXPECT_EQ(finder.found_in("/etc/passw"), 0U);
  EXPECT_EQ(finder.found_in(".s"), 1U);
  EXPECT_EQ(finder.found_in("."), 0U);
  EXPECT_EQ(finder.found_in(""), 0U);
}

TEST(WordFinder, AgreesWithASearchForEachWord) {
  constexpr std::array<std::string_view, 4> first = {"ab", "abc", "bca", "cc"};
  constexpr std::array<std::string_view, 2> second = {"cab", "aa"};
  const WordFinder finder({first, second});
  std::mt19937 random(7);
  for (int i = 0; i < 5000; ++i) {
    std::string text;
    for (auto size = random() % 12; text.size() < size;) text += "abc"[random() % 3];
    WordFinder::Groups expected = 0;
    for (const auto word : first) expected |= text.contains(word) ? 1U : 0U;
    for (const auto word : second) expected |= text.contains(word) ? 2U : 0U;
    ASSERT_EQ(finder.found_in(text), expected) << text;
  }
}

}  // namespace
}  // namespace assay
