#include "examine/gates/weaknesses/utf16_text.h"

#include <gtest/gtest.h>

#include "examine/file_examination.h"

namespace assay {
namespace {

using std::string_view_literals::operator""sv;

std::string utf16(std::string_view ascii, bool little) {
  std::string bytes = little ? "\xff\xfe" : "\xfe\xff";
  for (const char c : ascii) bytes += little ? std::string{c, '\0'} : std::string{'\0', c};
  return bytes;
}

TEST(Utf16Text, IsReadByItsMark) {
  EXPECT_EQ(utf16_as_utf8(utf16("a\nb", true)), "a\nb");
  EXPECT_EQ(utf16_as_utf8(utf16("a\nb", false)), "a\nb");
  EXPECT_EQ(utf16_as_utf8("\xff\xfe\x3d\xd8\x00\xde"sv), "\xf0\x9f\x98\x80");
  EXPECT_EQ(utf16_as_utf8("\xff\xfe\x00\xde\x3d\xd8x"sv), "\xef\xbf\xbd\xef\xbf\xbd");  // no pair
  EXPECT_EQ(utf16_as_utf8("\xff\xfe"), "");
  EXPECT_FALSE(utf16_as_utf8("abc"));
  EXPECT_FALSE(utf16_as_utf8(""));
}

TEST(Utf16Text, ItsReferencesAreFound) {
  const auto gates = all_file_gates().value();
  const auto engine = PatternEngine::compile(gates).value();
  const auto scratch = engine.make_scratch().value();
  for (const bool little : {true, false}) {
    const std::string text = utf16("\n[setup]\nmirror = http://mirror.acme-widgets.io/a.zip\n", little);
    const auto found =
        examine_file(gates, engine, scratch, {"pkg/setup.inf", text, PathRole::shipped}).value();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].line, 3U);
    EXPECT_EQ(found[0].excerpt, "http://mirror.acme-widgets.io/a.zip");
  }
}

}  // namespace
}  // namespace assay
