#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace assay {

// A word, a symbol or the end of a logical line of Python source (the language reference, 2.1).
struct Token {
  enum class Kind { word, symbol, line_end } kind;
  std::string_view text;  // of a string literal: one quote, as a symbol
  std::uint32_t line;     // from 1
};

// Reads Python source as tokens. Comments are left out, and so is what stands in strings. Any bytes
// can be read; what is no Python gives tokens that mean nothing.
class TokenReader {
 public:
  explicit TokenReader(std::string_view source) : source_(source) {}

  std::optional<Token> next();  // nothing at the end
  // How far the line of the last token is indented, in bytes.
  std::size_t indentation() const;

 private:
  Token word();
  void skip_string();

  std::string_view source_;
  std::size_t at_ = 0;
  std::size_t began_ = 0;  // the last token
  std::uint32_t line_ = 1;
  unsigned depth_ = 0;  // of brackets: in them a line does not end
};

}  // namespace assay
