#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "python/token.h"

namespace assay::python {

enum class CharacterClass : std::uint8_t {
  other, word, digit, quote, newline, comment, continuation,
};

struct CharacterTable {
  std::array<CharacterClass, 256> classes{};
  std::array<bool, 256> in_word{};
  std::array<bool, 256> blank{};

  constexpr CharacterTable() {
    for (unsigned c = 0; c < 256; ++c) {
      const bool letter = c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 128;
      const bool digit = c >= '0' && c <= '9';
      in_word[c] = letter || digit;
      if (letter) classes[c] = CharacterClass::word;
      if (digit) classes[c] = CharacterClass::digit;
    }
    classes['"'] = classes['\''] = CharacterClass::quote;
    classes['\n'] = classes['\r'] = CharacterClass::newline;
    classes['#'] = CharacterClass::comment;
    classes['\\'] = CharacterClass::continuation;
    blank[' '] = blank['\t'] = blank['\f'] = true;
  }
};
inline constexpr CharacterTable characters;

inline CharacterClass class_of(char c) { return characters.classes[static_cast<unsigned char>(c)]; }
inline bool in_word(char c) { return characters.in_word[static_cast<unsigned char>(c)]; }
inline bool is_blank(char c) { return characters.blank[static_cast<unsigned char>(c)]; }
inline bool is_line_end(char c) { return c == '\n' || c == '\r'; }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The words that mean something, found by one multiplication and one comparison: a word of at most
// eight bytes is a number.
class Words {
 public:
  struct Word {
    std::uint64_t packed = 0;
    TokenKind kind = TokenKind::name;
    SoftWord soft = SoftWord::none;
  };

  constexpr Words() {
    while (!fits()) multiplier_ += 0x9E3779B97F4A7C16;
  }

  static constexpr std::uint64_t pack(std::string_view text) {
    std::uint64_t packed = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      packed |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
    }
    return packed;
  }
  // The first `size` bytes, at most 8, of which `readable` bytes may be read.
  static std::uint64_t packed(const char* at, std::size_t size, std::size_t readable) {
    if constexpr (std::endian::native == std::endian::little) {
      if (readable >= 8) {
        std::uint64_t word;
        std::memcpy(&word, at, 8);
        return size == 8 ? word : word & ((std::uint64_t{1} << (8 * size)) - 1);
      }
    }
    return pack({at, size});
  }
  // Of another word: nullptr.
  const Word* find(std::uint64_t word) const {
    const Word& found = table_[slot(word)];
    return found.packed == word ? &found : nullptr;
  }

 private:
  constexpr std::size_t slot(std::uint64_t word) const { return (word * multiplier_) >> 55; }
  constexpr bool fits() {
    using enum TokenKind;
    constexpr Word words[] = {
        {pack("and"), kw_and}, {pack("as"), kw_as}, {pack("assert"), kw_assert},
        {pack("async"), kw_async}, {pack("await"), kw_await}, {pack("break"), kw_break},
        {pack("class"), kw_class}, {pack("continue"), kw_continue}, {pack("def"), kw_def},
        {pack("del"), kw_del}, {pack("elif"), kw_elif}, {pack("else"), kw_else},
        {pack("except"), kw_except}, {pack("False"), kw_false}, {pack("finally"), kw_finally},
        {pack("for"), kw_for}, {pack("from"), kw_from}, {pack("global"), kw_global},
        {pack("if"), kw_if}, {pack("import"), kw_import}, {pack("in"), kw_in},
        {pack("is"), kw_is}, {pack("lambda"), kw_lambda}, {pack("None"), kw_none},
        {pack("nonlocal"), kw_nonlocal}, {pack("not"), kw_not}, {pack("or"), kw_or},
        {pack("pass"), kw_pass}, {pack("raise"), kw_raise}, {pack("return"), kw_return},
        {pack("True"), kw_true}, {pack("try"), kw_try}, {pack("while"), kw_while},
        {pack("with"), kw_with}, {pack("yield"), kw_yield},
        {pack("match"), name, SoftWord::match}, {pack("case"), name, SoftWord::case_},
        {pack("type"), name, SoftWord::type}, {pack("_"), name, SoftWord::underscore},
        {pack("print"), name, SoftWord::print}, {pack("exec"), name, SoftWord::exec},
    };
    table_ = {};
    for (const Word& word : words) {
      Word& place = table_[slot(word.packed)];
      if (place.packed != 0) return false;
      place = word;
    }
    return true;
  }

  std::uint64_t multiplier_ = 0x9E3779B97F4A7C15;
  std::array<Word, 512> table_{};
};
inline constexpr Words words;

}  // namespace assay::python
