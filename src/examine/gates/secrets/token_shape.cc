#include "examine/gates/secrets/token_shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace assay {

namespace {

using Class = TokenShape::Class;
using Piece = TokenShape::Piece;
using Sequence = TokenShape::Sequence;

constexpr std::size_t deepest = 4;          // groups within groups
constexpr std::size_t most_repeats = 4096;

std::size_t code(char c) { return static_cast<unsigned char>(c); }

class ShapeParser {
 public:
  explicit ShapeParser(std::string_view text) : text_(text) {}

  Result<Sequence> whole() {
    ASSAY_TRY(auto sequence, read_sequence(0));
    if (at_ != text_.size()) return fault("a parenthesis too many");
    return sequence;
  }

 private:
  std::unexpected<Error> fault(std::string_view what) const {
    return fail(ErrorKind::invalid_input, fmt::format("{} in the shape \"{}\"", what, text_));
  }
  bool more() const { return at_ < text_.size(); }
  bool take(char c) {
    if (!more() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  Result<Sequence> read_sequence(std::size_t depth) {
    Sequence sequence;
    while (more() && text_[at_] != ')' && text_[at_] != '|') {
      ASSAY_TRY(auto piece, read_piece(depth));
      ASSAY_CHECK(read_repeats(piece));
      sequence.push_back(std::move(piece));
    }
    return sequence;
  }

  Result<Piece> read_piece(std::size_t depth) {
    Piece piece;
    if (take('(')) {
      if (depth == deepest) return fault("groups too deep");
      do {
        ASSAY_TRY(auto alternative, read_sequence(depth + 1));
        piece.alternatives.push_back(std::move(alternative));
      } while (take('|'));
      if (!take(')')) return fault("a group without an end");
    } else if (take('[')) {
      ASSAY_CHECK(read_class(piece.characters));
    } else {
      take('\\');
      if (!more()) return fault("a backslash at the end");
      piece.characters.set(code(text_[at_++]));
    }
    return piece;
  }

  Result<> read_class(Class& characters) {
    const bool inverted = take('^');
    bool first = true;
    while (more() && (text_[at_] != ']' || first)) {
      first = false;
      take('\\');
      if (!more()) break;
      const char from = text_[at_++];
      char to = from;
      if (at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']') {
        to = text_[at_ + 1];
        at_ += 2;
      }
      if (code(to) < code(from)) return fault("a range that runs backwards");
      for (std::size_t c = code(from); c <= code(to); ++c) characters.set(c);
    }
    if (!take(']')) return fault("a class without an end");
    if (inverted) {
      characters.flip();
      for (std::size_t c = 0; c < 256; ++c) {
        if (c < ' ' || c >= 127) characters.reset(c);
      }
    }
    return {};
  }

  std::size_t read_number() {
    std::size_t number = 0;
    while (more() && std::isdigit(code(text_[at_])) != 0 && number <= most_repeats) {
      number = number * 10 + code(text_[at_++]) - '0';
    }
    return number;
  }

  Result<> read_repeats(Piece& piece) {
    if (take('?')) {
      piece.least = 0;
    } else if (take('{')) {
      piece.least = read_number();
      piece.most = take(',') ? read_number() : piece.least;
      if (!take('}') || piece.most < piece.least || piece.most == 0 || piece.most > most_repeats) {
        return fault("a wrong number of repeats");
      }
    }
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

struct Lengths {
  std::size_t least = 0;
  std::size_t most = 0;
};

Lengths lengths_of(const Sequence& sequence) {
  Lengths sum;
  for (const Piece& piece : sequence) {
    Lengths one{1, 1};
    if (!piece.alternatives.empty()) {
      one = lengths_of(piece.alternatives.front());
      for (const auto& alternative : piece.alternatives) {
        const auto other = lengths_of(alternative);
        one = {std::min(one.least, other.least), std::max(one.most, other.most)};
      }
    }
    sum.least += one.least * piece.least;
    sum.most += one.most * piece.most;
  }
  return sum;
}

// Matching as continuations: `steps` bounds what going back may cost.
class Matching {
 public:
  explicit Matching(std::string_view text) : text_(text) {}

  std::optional<std::size_t> run(const Sequence& sequence, std::size_t piece, std::size_t at) {
    if (piece == sequence.size()) return at;
    const Piece& now = sequence[piece];
    return now.alternatives.empty() ? characters(sequence, piece, at)
                                    : group(sequence, piece, at, 0);
  }

 private:
  std::optional<std::size_t> characters(const Sequence& sequence, std::size_t piece,
                                        std::size_t at) {
    const Piece& now = sequence[piece];
    std::size_t count = 0;
    while (count < now.most && at + count < text_.size() &&
           now.characters.test(code(text_[at + count]))) {
      ++count;
    }
    for (;; --count) {
      if (count < now.least || steps_ == 0) return std::nullopt;
      --steps_;
      if (const auto end = run(sequence, piece + 1, at + count)) return end;
      if (count == 0) return std::nullopt;
    }
  }

  std::optional<std::size_t> group(const Sequence& sequence, std::size_t piece, std::size_t at,
                                   std::size_t done) {
    const Piece& now = sequence[piece];
    if (steps_ == 0) return std::nullopt;
    --steps_;
    if (done < now.most) {
      for (const auto& alternative : now.alternatives) {
        const auto inner = run(alternative, 0, at);
        if (!inner || (*inner == at && done >= now.least)) continue;
        if (const auto end = group(sequence, piece, *inner, done + 1)) return end;
      }
    }
    return done >= now.least ? run(sequence, piece + 1, at) : std::nullopt;
  }

  std::string_view text_;
  std::size_t steps_ = 20'000;
};

std::string class_expression(const Class& characters) {
  std::string written;
  for (std::size_t c = 0; c < 256; ++c) {
    if (!characters.test(c)) continue;
    std::size_t last = c;
    while (last + 1 < 256 && characters.test(last + 1)) ++last;
    written += fmt::format("\\x{:02x}", c);
    if (last > c) written += fmt::format("-\\x{:02x}", last);
    c = last;
  }
  return characters.count() == 1 ? written : "[" + written + "]";
}

std::string sequence_expression(const Sequence& sequence) {
  std::string written;
  for (const Piece& piece : sequence) {
    if (piece.alternatives.empty()) {
      written += class_expression(piece.characters);
    } else {
      std::string inner;
      for (const auto& alternative : piece.alternatives) {
        inner += (inner.empty() ? "" : "|") + sequence_expression(alternative);
      }
      written += "(?:" + inner + ")";
    }
    if (piece.least != 1 || piece.most != 1) {
      written += fmt::format("{{{},{}}}", piece.least, piece.most);
    }
  }
  return written;
}

bool is_literal(const Piece& piece) {
  if (piece.alternatives.empty()) return piece.characters.count() == 1;
  return std::ranges::all_of(piece.alternatives, [](const Sequence& alternative) {
    return std::ranges::all_of(alternative, is_literal);
  });
}

// The begin of a shape that is rare in other text: three characters that are given, and as many
// more as make twelve; without what may vary in number at its end.
Sequence telling_begin(const Sequence& sequence) {
  constexpr std::size_t given_needed = 3;
  constexpr std::size_t bytes_needed = 12;
  Sequence begin;
  std::size_t given = 0;
  std::size_t bytes = 0;
  bool varies = false;
  for (Piece piece : sequence) {
    const std::size_t one = lengths_of({piece}).least;
    if (is_literal(piece)) {
      given += one;
    } else if (given >= given_needed && piece.alternatives.empty()) {
      varies = piece.most != piece.least;
      piece.most = piece.least = std::min(piece.least, bytes_needed - std::min(bytes, bytes_needed - 1));
    }
    bytes += lengths_of({piece}).least;
    begin.push_back(std::move(piece));
    if (given >= given_needed && (varies || bytes >= bytes_needed)) break;
  }
  while (!begin.empty() && begin.back().least == 0) begin.pop_back();
  if (!begin.empty()) begin.back().most = begin.back().least;
  return begin;
}

// The characters of every sequence's begin; true if the whole of it is such.
bool add_prefix(const Sequence& sequence, std::string& prefix) {
  for (const Piece& piece : sequence) {
    if (!piece.alternatives.empty() || piece.least != piece.most || piece.characters.count() != 1) {
      return false;
    }
    for (std::size_t c = 0; c < 256; ++c) {
      if (piece.characters.test(c)) prefix.append(piece.least, static_cast<char>(c));
    }
  }
  return true;
}

}  // namespace

Result<TokenShape> TokenShape::parse(std::string_view text) {
  TokenShape shape;
  ASSAY_TRY(shape.pieces_, ShapeParser(text).whole());
  shape.shortest_ = lengths_of(shape.pieces_).least;
  if (shape.shortest_ == 0) {
    return fail(ErrorKind::invalid_input, fmt::format("the shape \"{}\" may be empty", text));
  }
  const Sequence begin = telling_begin(shape.pieces_);
  shape.engine_least_ = lengths_of(begin).least;
  shape.engine_most_ = lengths_of(begin).most;
  shape.expression_ = sequence_expression(begin);
  add_prefix(shape.pieces_, shape.prefix_);
  return shape;
}

std::optional<std::size_t> TokenShape::match(std::string_view text, std::size_t begin) const {
  return Matching(text).run(pieces_, 0, begin);
}

}  // namespace assay
