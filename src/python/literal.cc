#include <cstdint>
#include <optional>

#include "python/module.h"

namespace assay::python {

namespace {

void append_utf8(std::uint32_t point, std::string& text) {
  if (point < 0x80) {
    text += static_cast<char>(point);
  } else if (point < 0x800) {
    text += static_cast<char>(0xC0 | point >> 6);
    text += static_cast<char>(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    text += static_cast<char>(0xE0 | point >> 12);
    text += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    text += static_cast<char>(0x80 | (point & 0x3F));
  } else if (point < 0x110000) {
    text += static_cast<char>(0xF0 | point >> 18);
    text += static_cast<char>(0x80 | (point >> 12 & 0x3F));
    text += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    text += static_cast<char>(0x80 | (point & 0x3F));
  }
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 16;
}

// Reads escapes one after the other (the language reference, 2.4.1.1).
class EscapeReader {
 public:
  EscapeReader(std::string_view text, bool bytes, bool braces) : text_(text), bytes_(bytes), braces_(braces) {}

  std::string read() {
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '\\' && at_ < text_.size()) {
        escape(text_[at_++]);
      } else {
        value_ += c;
        // "{{" of a formatted string is one brace.
        if (braces_ && (c == '{' || c == '}') && at_ < text_.size() && text_[at_] == c) ++at_;
      }
    }
    return std::move(value_);
  }

 private:
  void escape(char c) {
    switch (c) {
      case '\n': return;
      case '\r':
        if (at_ < text_.size() && text_[at_] == '\n') ++at_;
        return;
      case 'a': value_ += '\a'; return;
      case 'b': value_ += '\b'; return;
      case 'f': value_ += '\f'; return;
      case 'n': value_ += '\n'; return;
      case 'r': value_ += '\r'; return;
      case 't': value_ += '\t'; return;
      case 'v': value_ += '\v'; return;
      case '\\':
      case '\'':
      case '"': value_ += c; return;
      case 'x': return number(16, 2, 2, c);
      case 'u': return bytes_ ? keep(c) : number(16, 4, 4, c);
      case 'U': return bytes_ ? keep(c) : number(16, 8, 8, c);
      default: break;
    }
    if (c >= '0' && c <= '7') {
      --at_;
      return number(8, 1, 3, c);
    }
    keep(c);
  }

  void keep(char c) {
    value_ += '\\';
    value_ += c;
  }

  void number(int base, std::size_t least, std::size_t most, char mark) {
    std::uint32_t number = 0;
    std::size_t digits = 0;
    while (digits < most && at_ < text_.size() && digit_of(text_[at_]) < base) {
      number = number * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit_of(text_[at_++]));
      ++digits;
    }
    if (digits < least) {
      at_ -= digits;
      return keep(mark);
    }
    if (bytes_) {
      value_ += static_cast<char>(number & 0xFF);
    } else {
      append_utf8(number, value_);
    }
  }

  std::string_view text_;
  bool bytes_;
  bool braces_;
  std::size_t at_ = 0;
  std::string value_;
};

std::string_view without_quotes(std::string_view text) {
  const auto quote = text.find_first_of("'\"");
  if (quote == std::string_view::npos) return {};
  text.remove_prefix(quote);
  const std::size_t width = text.size() >= 6 && text[1] == text[0] && text[2] == text[0] ? 3 : 1;
  return text.size() < 2 * width ? std::string_view() : text.substr(width, text.size() - 2 * width);
}

}  // namespace

std::string literal_value(const Syntax& syntax, NodeId literal) {
  const Node& node = syntax[literal];
  const bool part = node.kind == NodeKind::string_part;
  const auto text = part ? syntax.text(literal) : without_quotes(syntax.text(literal));
  const bool raw = (node.flags & NodeFlag::raw) != 0;
  const bool escaped = !raw && text.contains('\\');
  if (!escaped && !(part && text.find_first_of("{}") != std::string_view::npos)) return std::string(text);
  if (raw) {
    std::string value;
    for (std::size_t i = 0; i < text.size(); ++i) {
      value += text[i];
      if ((text[i] == '{' || text[i] == '}') && i + 1 < text.size() && text[i + 1] == text[i]) ++i;
    }
    return value;
  }
  return EscapeReader(text, (node.flags & NodeFlag::bytes) != 0, part).read();
}

std::optional<std::int64_t> integer_value(std::string_view text) {
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char mark = static_cast<char>(text[1] | 0x20);
    if (mark == 'x' || mark == 'o' || mark == 'b') {
      base = mark == 'x' ? 16 : mark == 'o' ? 8 : 2;
      text.remove_prefix(2);
    } else if (text.find_first_not_of("01234567_") == std::string_view::npos) {
      base = 8;  // Python 2's; in Python 3 only zeros are written so
    }
  }
  std::int64_t value = 0;
  for (const char c : text) {
    if (c == '_') continue;
    if (c == 'l' || c == 'L') break;  // Python 2's long integers
    const int digit = digit_of(c);
    if (digit >= base || value > (INT64_MAX - digit) / base) return std::nullopt;
    value = value * base + digit;
  }
  return value;
}

}  // namespace assay::python
