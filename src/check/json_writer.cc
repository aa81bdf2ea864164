#include "check/json_writer.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"

namespace assay {

namespace {

// Of what begins at `at`: the bytes of one UTF-8 character, 0 if it is none.
std::size_t character_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t size = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  return is_utf8(text.substr(at, size)) ? size : 0;
}

void append_escaped(std::string& to, std::string_view text) {
  const bool utf8 = is_utf8(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      to += '\\';
      to += c;
    } else if (c == '\n') {
      to += "\\n";
    } else if (byte < 0x20 || byte == 0x7F) {
      to += fmt::format("\\u{:04x}", byte);
    } else if (byte < 0x80 || utf8) {
      to += c;
    } else if (const auto size = character_at(text, i); size > 0) {
      to += text.substr(i, size);
      i += size - 1;
    } else {
      to += "\xEF\xBF\xBD";
    }
  }
}

}  // namespace

void JsonWriter::separate() {
  if (comma_) to_ += ',';
  comma_ = true;
}

JsonWriter& JsonWriter::begin(char bracket) {
  separate();
  to_ += bracket;
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end(char bracket) {
  to_ += bracket;
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  to_.append("\"").append(name).append("\":");
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  to_ += '"';
  append_escaped(to_, value);
  to_ += '"';
  return *this;
}

JsonWriter& JsonWriter::number(std::uint64_t value) {
  separate();
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  to_.append(digits, end);
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  separate();
  to_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::texts(const std::vector<std::string>& values) {
  begin_array();
  for (const auto& value : values) text(value);
  return end_array();
}

}  // namespace assay
