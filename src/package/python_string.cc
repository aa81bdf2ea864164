#include "package/python_string.h"

#include <charconv>
#include <cstdint>

#include "package/unicode.h"

namespace assay {

namespace {

// The letters that stand for one character each, and those characters.
constexpr std::string_view single_escapes = "\\'\"abfnrtv";
constexpr std::string_view single_values = "\\'\"\a\b\f\n\r\t\v";

bool is_octal(char c) { return c >= '0' && c <= '7'; }

class StringReader {
 public:
  explicit StringReader(std::string_view body) : rest_(body) {}

  std::optional<std::string> read() {
    while (!rest_.empty()) {
      const char c = rest_.front();
      // A literal ends with its line.
      if (c == '\0' || c == '\n' || c == '\r') return std::nullopt;
      rest_.remove_prefix(1);
      if (c != '\\') {
        value_ += c;
      } else if (!read_escape()) {
        return std::nullopt;
      }
    }
    return std::move(value_);
  }

 private:
  bool read_escape() {
    if (rest_.empty()) return false;
    const char c = rest_.front();
    if (is_octal(c)) return read_octal();
    rest_.remove_prefix(1);
    if (const auto at = single_escapes.find(c); at != single_escapes.npos) {
      value_ += single_values[at];
      return true;
    }
    switch (c) {
      case '\n': return true;  // the line goes on
      case '\r':
        if (rest_.starts_with('\n')) rest_.remove_prefix(1);
        return true;
      case 'x': return read_code(2);
      case 'u': return read_code(4);
      case 'U': return read_code(8);
      case 'N': return false;
      case '\0': return false;
    }
    value_ += '\\';  // no escape: both characters stand for themselves
    value_ += c;
    return true;
  }

  bool read_octal() {
    std::size_t digits = 1;
    while (digits < 3 && digits < rest_.size() && is_octal(rest_[digits])) ++digits;
    return append_number(digits, 8);
  }

  bool read_code(std::size_t digits) {
    return rest_.size() >= digits && append_number(digits, 16);
  }

  bool append_number(std::size_t digits, int base) {
    std::uint32_t code = 0;
    const char* end = rest_.data() + digits;
    const auto [stopped, error] = std::from_chars(rest_.data(), end, code, base);
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (error != std::errc() || stopped != end || code > 0x10FFFF || surrogate) return false;
    append_utf8(value_, code);
    rest_.remove_prefix(digits);
    return true;
  }

  std::string_view rest_;
  std::string value_;
};

}  // namespace

std::optional<std::string> read_python_string(std::string_view body) {
  return StringReader(body).read();
}

}  // namespace assay
