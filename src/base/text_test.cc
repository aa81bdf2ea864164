#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

namespace assay {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Text, TrimsWhiteSpaceAtBothEnds) {
  EXPECT_EQ(trim(" \t a b \r\n"), "a b");
  EXPECT_EQ(trim(" \n\t "), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Text, LowersAsciiOnly) { EXPECT_EQ(lower("PyYAML-É"), "pyyaml-É"); }

TEST(Text, SplitsIntoOneMorePartThanThereAreSeparators) {
  EXPECT_THAT(split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(split("", ','), ElementsAre(""));
}

TEST(Text, LinesEndAsTheyLike) {
  EXPECT_THAT(lines("a\r\nb\n\nc"), ElementsAre("a", "b", "", "c"));
  EXPECT_THAT(lines("a\n"), ElementsAre("a"));
  EXPECT_THAT(lines("\n"), ElementsAre(""));
  EXPECT_THAT(lines(""), IsEmpty());
}

TEST(Text, JoinsWithTheSeparatorBetween) {
  const std::vector<std::string> parts{"a", "", "c"};
  EXPECT_EQ(join(parts, ", "), "a, , c");
  EXPECT_EQ(join({}, ", "), "");
}

TEST(Text, IsAnyOfWholeWords) {
  const std::vector<std::string_view> words{"one", "two"};
  EXPECT_TRUE(is_any_of("two", words));
  EXPECT_FALSE(is_any_of("tw", words));
  EXPECT_TRUE(is_any_of("one", {"one", "two"}));
  EXPECT_FALSE(is_any_of("", {"one", "two"}));
}

TEST(Text, ReplacesFromLeftToRight) {
  EXPECT_EQ(replace_all("aaa", "aa", "b"), "ba");
  EXPECT_EQ(replace_all("a.b.c", ".", ".."), "a..b..c");
  EXPECT_EQ(replace_all("abc", "", "x"), "abc");
}

TEST(Text, KnowsUtf8) {
  for (const std::string_view good : {"", "abc", "é", "\u20ac", "\U0001F600", "\U0010FFFF"}) {
    EXPECT_TRUE(is_utf8(good));
  }
  for (const std::string_view bad :
       {"\x80", "\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF0\x80\x80\xAF",
        "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xE2\x82", "a\xFF"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

TEST(Base64, IsThatOfRfc4648) {
  const std::vector<std::pair<std::string, std::string>> vectors{{"", ""},
                                                                 {"f", "Zg=="},
                                                                 {"fo", "Zm8="},
                                                                 {"foo", "Zm9v"},
                                                                 {"foob", "Zm9vYg=="},
                                                                 {"fooba", "Zm9vYmE="},
                                                                 {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(base64(bytes), text);
    EXPECT_EQ(decode_base64(text), bytes);
  }
}

TEST(Base64, GivesEveryByteBack) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  for (std::size_t length = 250; length <= 256; ++length) {
    const auto part = bytes.substr(0, length);
    EXPECT_EQ(decode_base64(base64(part)), part);
  }
}

TEST(Base64, ReadsTheOtherAlphabetToo) {
  EXPECT_EQ(decode_base64("-_-_"), decode_base64("+/+/"));
  EXPECT_EQ(decode_base64("Zg"), "f");
  EXPECT_EQ(decode_base64(" Zm9v\r\nYg== \t"), "foob");
}

TEST(Base64, RefusesWhatIsNone) {
  for (const std::string_view text : {"Z", "Zm9vY", "Z===", "Zg=", "Zg===", "Zm9v=", "=",
                                      "====", "Zg==Zg==", "Zm9v!", "Zm,v", "Zm\xC3\xA9"}) {
    EXPECT_FALSE(decode_base64(text)) << text;
  }
}

TEST(Nearest, FindsTheWordThatWasMeant) {
  const std::vector<std::string> keys{"requirements", "name", "pythons", "targets"};
  EXPECT_EQ(nearest("requirement", keys), "requirements");
  EXPECT_EQ(nearest("nmae", keys), "name");
  EXPECT_EQ(nearest("python", keys), "pythons");
  EXPECT_EQ(nearest("targets", keys), "targets");
}

TEST(Nearest, SaysNothingWhenNoneIsNear) {
  const std::vector<std::string> keys{"requirements", "name", "ab"};
  EXPECT_FALSE(nearest("colour", keys));
  EXPECT_FALSE(nearest("x", keys));
  EXPECT_FALSE(nearest("name", {}));
}

TEST(Shortened, CutsBetweenCharacters) {
  EXPECT_EQ(shortened("", 0), "");
  EXPECT_EQ(shortened("flask", 5), "flask");
  EXPECT_EQ(shortened("flask", 4), "flas…");
  EXPECT_EQ(shortened("a€b", 1), "a…");
  EXPECT_EQ(shortened("a€b", 3), "a…");
  EXPECT_EQ(shortened("a€b", 4), "a€…");
  EXPECT_EQ(shortened("\x80\x80\x80", 2), "…") << "no UTF-8: nothing is read before its beginning";
}

TEST(Printable, KeepsWhatPeopleRead) {
  EXPECT_EQ(printable("flask 3.1, é € \U0001F600 \\"), "flask 3.1, é € \U0001F600 \\");
}

TEST(Printable, ShowsWhatWouldSteerATerminal) {
  EXPECT_EQ(printable("\x1b[2J\a\r\n\t\x7f"), "\\x1b[2J\\x07\\x0d\\x0a\\x09\\x7f");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(printable("\u009b2J"), "\\xc2\\x9b2J");  // CSI in one character
  EXPECT_EQ(printable("a\u2028b"), "a\\xe2\\x80\\xa8b");
  EXPECT_EQ(printable("\u202egnp.exe"), "\\xe2\\x80\\xaegnp.exe");
}

TEST(Printable, ShowsEveryByteThatIsNoUtf8) { EXPECT_EQ(printable("a\xff\xc3"), "a\\xff\\xc3"); }

TEST(Printable, ChangesNothingTheSecondTime) {
  const std::string once = printable("\x1b\u202e\xC2\x80");
  EXPECT_EQ(printable(once), once);
}

TEST(Counted, HasOneNounAndManyNouns) {
  EXPECT_EQ(counted(0, "finding"), "0 findings");
  EXPECT_EQ(counted(1, "finding"), "1 finding");
  EXPECT_EQ(counted(2, "finding"), "2 findings");
}

}  // namespace
}  // namespace assay
