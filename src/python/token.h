#pragma once
#include <cstdint>

namespace assay::python {

// The lexical analysis of the language reference, chapter 2; keywords by their own kinds.
enum class TokenKind : std::uint8_t {
  end,  // of the source
  newline,
  indent,
  dedent,
  bad,  // what is no token; the lexer has told the problem

  name,  // detail: a SoftWord
  integer,
  floating,
  imaginary,
  string,         // flags: NodeFlag's string ones
  fstring_start,  // prefix and opening quotes; also of a template string
  fstring_middle,
  fstring_end,

  left_paren, right_paren, left_bracket, right_bracket, left_brace, right_brace,
  comma, colon, semicolon, dot, ellipsis, arrow, equal, walrus, bang, backquote,

  plus, minus, star, slash, double_slash, percent, at_sign, double_star,
  left_shift, right_shift, ampersand, bar, caret, tilde,
  less, greater, less_equal, greater_equal, equal_equal, not_equal,

  // In the order of the operators above, plus to caret.
  plus_equal, minus_equal, star_equal, slash_equal, double_slash_equal, percent_equal, at_sign_equal,
  double_star_equal, left_shift_equal, right_shift_equal, ampersand_equal, bar_equal, caret_equal,

  kw_and, kw_as, kw_assert, kw_async, kw_await, kw_break, kw_class, kw_continue, kw_def, kw_del,
  kw_elif, kw_else, kw_except, kw_false, kw_finally, kw_for, kw_from, kw_global, kw_if, kw_import,
  kw_in, kw_is, kw_lambda, kw_none, kw_nonlocal, kw_not, kw_or, kw_pass, kw_raise, kw_return,
  kw_true, kw_try, kw_while, kw_with, kw_yield,
};
inline constexpr unsigned token_kinds = static_cast<unsigned>(TokenKind::kw_yield) + 1;

// Names that are keywords in some places, or were in Python 2.
enum class SoftWord : std::uint8_t { none, match, case_, type, underscore, print, exec };

struct Token {
  TokenKind kind = TokenKind::end;
  std::uint8_t detail = 0;
  std::uint16_t flags = 0;
  std::uint32_t begin = 0;  // bytes from the start of the source
  std::uint32_t end = 0;
};

}  // namespace assay::python
