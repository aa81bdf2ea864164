#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "python/problems.h"
#include "python/token.h"

namespace assay::python {

// Reads source as tokens, one at a time, in one pass. Comments and the ends of blank lines are left
// out. Never fails: what is no token is an `error` and a problem. Fewer than 4 GiB.
class Lexer {
 public:
  Lexer(std::string_view source, Problems& problems);

  Token next();

  // A place to come back to: a lexer can read on from where it was. Not within an f-string.
  struct Place {
    const char* at;
    std::uint32_t depth;
    std::uint16_t indents;
    std::uint16_t dedents;
    bool line_starts;
  };
  Place place() const { return {at_, depth_, indent_count_, dedents_, line_starts_}; }
  void back_to(const Place& place);

  std::uint32_t depth() const { return depth_; }  // of open brackets
  // Reads on as if every bracket were closed and a logical line began with the line of `offset`.
  void start_line_at(std::uint32_t offset);

 private:
  // What the lexer is in, innermost last: the literal text of an f-string, an expression in its
  // braces, or that expression's format specification.
  enum class Place_ : std::uint8_t { text, expression, format };
  struct Level {
    Place_ place;
    char quote;
    bool triple;
    std::uint16_t flags;
    std::uint32_t depth;  // of an expression: the brackets that are open in its braces' own level
  };
  struct Indent {
    std::uint32_t column;      // tabs to 8
    std::uint32_t alternative;  // tabs to 1: where the two disagree, spaces and tabs are mixed
  };

  Token special(bool& none);
  bool start_line();
  Token word(const char* begin);
  Token number(const char* begin);
  Token string(const char* begin, const char* quote, std::uint16_t flags, bool formatted);
  Token fstring_text();
  Token close_brace(const char* at);
  Token other(const char* begin);
  Token error(const char* begin, const char* end, const char* message);
  Token token(TokenKind kind, const char* begin, const char* end, std::uint16_t flags = 0) {
    at_ = end;
    return {kind, 0, flags, offset(begin), offset(end)};
  }
  Token operator_token(TokenKind kind, const char* begin, unsigned size) {
    return token(kind, begin, begin + size);
  }
  bool push(const Level& level);
  void pop();
  const Level* top() const { return level_count_ == 0 ? nullptr : &levels_[level_count_ - 1]; }
  void update_special();
  std::uint32_t offset(const char* at) const { return static_cast<std::uint32_t>(at - begin_); }
  char peek(const char* at, unsigned n) const {
    return end_ - at > static_cast<std::ptrdiff_t>(n) ? at[n] : '\0';
  }

  static constexpr unsigned deepest_indent = 100;  // as CPython
  static constexpr unsigned deepest_level = 150;

  const char* begin_;
  const char* end_;
  const char* at_;
  Problems& problems_;
  std::uint32_t depth_ = 0;
  std::uint16_t dedents_ = 0;  // still to be given
  std::uint16_t indent_count_ = 0;
  std::uint16_t level_count_ = 0;
  bool line_starts_ = true;
  bool line_has_tokens_ = false;
  bool special_ = true;  // something else than an ordinary token may come next
  bool no_triple_[2] = {false, false};  // no closing ''' or """ follows
  std::array<Indent, deepest_indent> indents_;
  std::array<Level, deepest_level> levels_;
};

}  // namespace assay::python
