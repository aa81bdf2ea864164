#include "package/white_space.h"

#include <algorithm>
#include <array>

namespace assay {

namespace {

// U+0085, U+00A0, U+1680, U+2028, U+2029, U+202F, U+205F, U+3000; U+2000 to U+200A are a range.
constexpr std::array<std::string_view, 8> wide_spaces{
    "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\xA8",
    "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};
constexpr std::size_t longest_space = 3;

bool is_ascii_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1C' && c <= '\x1F');
}

bool is_general_punctuation_space(std::string_view text) {
  if (text.size() < 3 || !text.starts_with("\xE2\x80")) return false;
  const auto last = static_cast<unsigned char>(text[2]);
  return last >= 0x80 && last <= 0x8A;
}

}  // namespace

std::size_t white_space_length(std::string_view text) {
  if (text.empty()) return 0;
  if (is_ascii_space(text.front())) return 1;
  if (is_general_punctuation_space(text)) return 3;
  const auto wide = std::ranges::find_if(
      wide_spaces, [&](std::string_view space) { return text.starts_with(space); });
  return wide == wide_spaces.end() ? 0 : wide->size();
}

std::string_view trim_white_space(std::string_view text) {
  while (const auto length = white_space_length(text)) text.remove_prefix(length);
  const auto space_at_end = [&]() -> std::size_t {
    for (std::size_t length = 1; length <= std::min(longest_space, text.size()); ++length) {
      if (white_space_length(text.substr(text.size() - length)) == length) return length;
    }
    return 0;
  };
  while (const auto length = space_at_end()) text.remove_suffix(length);
  return text;
}

}  // namespace assay
