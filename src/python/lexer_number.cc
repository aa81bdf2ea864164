#include "python/characters.h"
#include "python/lexer.h"

namespace assay::python {

namespace {

template <typename IsDigit>
const char* skip_digits(const char* at, const char* end, IsDigit is) {
  for (; at < end; ++at) {
    if (!is(*at) && (*at != '_' || end - at < 2 || !is(at[1]))) break;
  }
  return at;
}
bool is_hexadecimal(char c) {
  return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}
bool is_octal(char c) { return c >= '0' && c <= '7'; }
bool is_binary(char c) { return c == '0' || c == '1'; }

// Keywords that may follow a number without a blank, deprecated as it is: "1if x else 2".
bool keyword_follows(std::string_view rest) {
  for (const std::string_view word : {"and", "else", "for", "if", "in", "is", "or", "not"}) {
    if (rest.starts_with(word)) return true;
  }
  return false;
}

}  // namespace

Token Lexer::number(const char* begin) {
  const char* at = begin;
  TokenKind kind = TokenKind::integer;
  const char base = static_cast<char>(peek(at, 1) | 0x20);
  bool decimal = false;
  if (*at == '0' && (base == 'x' || base == 'o' || base == 'b')) {
    const auto is = base == 'x' ? is_hexadecimal : base == 'o' ? is_octal : is_binary;
    at = skip_digits(begin + 2, end_, is);
    if (at == begin + 2) return error(begin, at, "a number without digits");
  } else {
    decimal = true;
    at = skip_digits(at, end_, is_digit);
    const char* const whole = at;
    if (at < end_ && *at == '.') {
      ++at;
      if (at < end_ && is_digit(*at)) at = skip_digits(at, end_, is_digit);
      kind = TokenKind::floating;
    }
    if ((peek(at, 0) | 0x20) == 'e') {
      const unsigned sign = peek(at, 1) == '+' || peek(at, 1) == '-' ? 1 : 0;
      if (is_digit(peek(at, 1 + sign))) {
        at = skip_digits(at + 1 + sign, end_, is_digit);
        kind = TokenKind::floating;
      }
    }
    if ((peek(at, 0) | 0x20) == 'j') {
      ++at;
      kind = TokenKind::imaginary;
    }
    if (kind == TokenKind::integer && *begin == '0' &&
        std::string_view(begin, whole - begin).find_first_not_of("0_") != std::string_view::npos) {
      problems_.add(offset(begin), "an octal number without \"0o\"", true);
    }
  }
  if (kind == TokenKind::integer && (peek(at, 0) | 0x20) == 'l' && !in_word(peek(at, 1))) {
    problems_.add(offset(begin), "a long integer's \"L\"", true);
    ++at;
  }
  const auto rest = std::string_view(at, end_ - at);
  if (!rest.empty() && in_word(rest.front()) && !keyword_follows(rest)) {
    while (at < end_ && in_word(*at)) ++at;
    return error(begin, at, decimal ? "an invalid decimal number" : "an invalid number");
  }
  return token(kind, begin, at);
}

}  // namespace assay::python
