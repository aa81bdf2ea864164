#pragma once
#include <bitset>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay {

// What a token looks like, in a small part of the regular expressions' language: characters,
// classes "[a-z_-]" and "[^ ]" (of printable ASCII), a backslash before a sign that would mean something, groups "(a|b)", and after
// any of these "{n}", "{n,m}" or "?". It matches from one place on and as much as it can; there is
// no search and little to go back for, so that the time is bounded by the token's length.
class TokenShape {
 public:
  using Class = std::bitset<256>;
  struct Piece;
  using Sequence = std::vector<Piece>;
  struct Piece {
    Class characters;                    // unused if it is a group
    std::vector<Sequence> alternatives;  // of a group
    std::size_t least = 1;
    std::size_t most = 1;
  };

  static Result<TokenShape> parse(std::string_view text);

  // Where a token that begins at `begin` ends; nothing if none begins there.
  std::optional<std::size_t> match(std::string_view text, std::size_t begin) const;
  // The whole text is such a token.
  bool matches(std::string_view text) const { return match(text, 0) == text.size(); }

  // For the engine: as much of a token's begin as tells it from other text, so that the database
  // stays small. The engine fires so many bytes behind the token's begin:
  const std::string& expression() const { return expression_; }
  std::size_t engine_least() const { return engine_least_; }
  std::size_t engine_most() const { return engine_most_; }
  std::size_t shortest() const { return shortest_; }  // bytes of a token
  // The characters that every token begins with; a token may be told by them without being shown.
  const std::string& prefix() const { return prefix_; }
  const Sequence& pieces() const { return pieces_; }

 private:
  Sequence pieces_;
  std::string expression_;
  std::size_t engine_least_ = 0;
  std::size_t engine_most_ = 0;
  std::size_t shortest_ = 0;
  std::string prefix_;
};

}  // namespace assay
