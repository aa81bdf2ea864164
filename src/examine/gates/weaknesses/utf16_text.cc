#include "examine/gates/weaknesses/utf16_text.h"

#include <cstdint>

#include "package/unicode.h"

namespace assay {

std::optional<std::string> utf16_as_utf8(std::string_view bytes) {
  const bool little = bytes.starts_with("\xff\xfe");
  if (!little && !bytes.starts_with("\xfe\xff")) return std::nullopt;
  const auto unit = [&](std::size_t at) {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    return static_cast<std::uint32_t>(little ? second << 8 | first : first << 8 | second);
  };
  std::string text;
  for (std::size_t i = 2; i + 1 < bytes.size(); i += 2) {
    std::uint32_t character = unit(i);
    const bool high = character >= 0xD800 && character < 0xDC00;
    const std::uint32_t next = high && i + 3 < bytes.size() ? unit(i + 2) : 0;
    if (next >= 0xDC00 && next < 0xE000) {
      character = 0x10000 + ((character - 0xD800) << 10) + (next - 0xDC00);
      i += 2;
    } else if (character >= 0xD800 && character < 0xE000) {
      character = 0xFFFD;
    }
    append_utf8(text, character);
  }
  return text;
}

}  // namespace assay
