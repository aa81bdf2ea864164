#include "python/encoding.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "python/characters.h"
#include "python/scan.h"

namespace assay::python {

namespace {

struct Range {
  char32_t first;
  char32_t last;
};
constexpr Range identifier_ranges[] = {
#include "python/identifier_ranges.inc"
};

bool is_name_character(char32_t point) {
  if (point < 0x80) return in_word(static_cast<char>(point));
  const auto range = std::ranges::lower_bound(identifier_ranges, point, {}, &Range::last);
  return range != std::end(identifier_ranges) && range->first <= point;
}

// "coding[:=]\s*([-\w.]+)" in a comment that a line consists of.
std::string_view cookie_of(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size() && is_blank(line[at])) ++at;
  if (at == line.size() || line[at] != '#') return {};
  constexpr std::string_view word = "coding";
  for (at = line.find(word, at); at != line.npos; at = line.find(word, at + 1)) {
    auto begin = at + word.size();
    if (begin == line.size() || (line[begin] != ':' && line[begin] != '=')) continue;
    ++begin;
    while (begin < line.size() && (line[begin] == ' ' || line[begin] == '\t')) ++begin;
    auto end = begin;
    while (end < line.size() && static_cast<unsigned char>(line[end]) < 0x80 &&
           (in_word(line[end]) || line[end] == '-' || line[end] == '.')) {
      ++end;
    }
    if (end > begin) return line.substr(begin, end - begin);
  }
  return {};
}

// Encodings in which a quote, a backslash or a letter of ASCII may be part of something else.
bool hides_ascii(std::string_view encoding) {
  for (const std::string_view family : {"utf-7", "utf7", "u7", "unicode-1-1-utf-7", "utf-16", "utf16", "u16",
                                        "utf-32", "utf32", "u32", "cp037", "cp1140", "cp424", "cp500",
                                        "cp1026", "cp273", "cp875", "hz", "iso2022", "iso-2022", "rot13",
                                        "rot-13", "unicode-escape", "raw-unicode-escape", "punycode", "idna"}) {
    if (encoding.starts_with(family)) return true;
  }
  return false;
}

}  // namespace

std::string declared_encoding(std::string_view source) {
  if (source.starts_with("\xEF\xBB\xBF")) source.remove_prefix(3);
  for (int number = 0; number < 2 && !source.empty(); ++number) {
    const auto end = std::min(source.find_first_of("\r\n"), source.size());
    const auto line = source.substr(0, end);
    if (const auto cookie = cookie_of(line); !cookie.empty()) {
      std::string name = lower(cookie);
      std::ranges::replace(name, '_', '-');
      return name;
    }
    const auto first = line.find_first_not_of(" \t\f");
    if (first != line.npos && line[first] != '#') break;  // the second counts after a comment only
    source.remove_prefix(std::min(end + (source.substr(end).starts_with("\r\n") ? 2 : 1), source.size()));
  }
  return "";
}

void check_encoding(std::string_view source, Problems& problems) {
  if (source.empty()) return;
  const auto offset_of = [&](const void* at) {
    return static_cast<std::uint32_t>(static_cast<const char*>(at) - source.data());
  };
  if (const void* null = std::memchr(source.data(), 0, source.size())) {
    problems.add(offset_of(null), "a null byte");
  }
  const std::string encoding = declared_encoding(source);
  if (hides_ascii(encoding)) problems.add(0, "a declared encoding that may hide what stands here");
  const bool by_name = encoding.empty() || encoding == "utf-8" || encoding.starts_with("utf-8-");
  const bool declares_utf8 = by_name || encoding == "utf8";  // CPython refuses this after the mark
  const bool marked = source.starts_with("\xEF\xBB\xBF");
  if (marked && !by_name) problems.add(0, "a mark of UTF-8, and another encoding is declared");
  const char* end = source.data() + source.size();
  const char* beyond = find_beyond_ascii(source.data(), end);
  if (beyond == end) return;
  if ((marked || declares_utf8) && !is_utf8(source.substr(offset_of(beyond)))) {
    problems.add(offset_of(beyond), "bytes that are no UTF-8, and no other encoding is declared");
  }
}

bool is_identifier(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead >= 0x80 && (lead < 0xC2 || lead > 0xF4 || i + length > bytes.size())) return true;
    char32_t point = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) {
      const auto byte = static_cast<unsigned char>(bytes[i + k]);
      if ((byte & 0xC0) != 0x80) return true;
      point = point << 6 | (byte & 0x3F);
    }
    if (!is_name_character(point)) return false;
    i += length;
  }
  return true;
}

}  // namespace assay::python
