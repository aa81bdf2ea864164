#include "package/unicode.h"

#include <clocale>
#include <cstdint>
#include <cwctype>

#include "base/text.h"

namespace assay {

namespace {

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

locale_t table() {
  static const locale_t made = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return made;
}

// The character at the start of a text that is UTF-8, which is shortened by it.
wint_t take_character(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  std::uint32_t character = length == 1 ? first : first & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    character = character << 6 | (static_cast<unsigned char>(text[i]) & 0x3fU);
  }
  text.remove_prefix(length);
  return character;
}

}  // namespace

bool is_ascii_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void append_utf8(std::string& text, std::uint32_t character) {
  if (character < 0x80) {
    text += static_cast<char>(character);
    return;
  }
  const int more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
  constexpr std::uint32_t firsts[] = {0, 0xc0, 0xe0, 0xf0};
  text += static_cast<char>(firsts[more] | character >> (6 * more));
  for (int i = more; i-- > 0;) text += static_cast<char>(0x80U | (character >> (6 * i) & 0x3fU));
}

bool is_word(std::string_view text, std::string_view also) {
  bool checked = false;  // almost all names are ASCII, and an index has thousands of them
  while (!text.empty()) {
    const char c = text.front();
    if (is_ascii(c)) {
      if (!is_ascii_alphanumeric(c) && c != '_' && !also.contains(c)) return false;
      text.remove_prefix(1);
      continue;
    }
    if (!checked && !is_utf8(text)) return false;
    checked = true;
    if (iswalnum_l(take_character(text), table()) == 0) return false;
  }
  return true;
}

std::string lower_letters(std::string_view text) {
  bool plain = true;
  for (const char c : text) plain = plain && is_ascii(c);
  if (plain || !is_utf8(text)) return lower(text);
  std::string made;
  while (!text.empty()) append_utf8(made, towlower_l(take_character(text), table()));
  return made;
}

}  // namespace assay
