#include "copies/fingerprints.h"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>

#include "python/lexer.h"

namespace assay {

namespace {

using python::Token;
using python::TokenKind;

constexpr std::size_t gram_tokens = 20;
constexpr std::size_t window_grams = 16;
constexpr std::size_t fewest_identifiers = 5;
constexpr std::size_t fewest_tokens = 60;

struct NormalToken {
  std::uint64_t hash = 0;
  std::uint32_t line = 0;
  bool identifier = false;
};

// FNV-1a.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
  return hash;
}

// The tokens that count, in order.
class NormalTokens {
 public:
  struct Counted {
    std::string_view text;  // of a string, whatever its content: a quote
    std::uint32_t line;     // from 1
    bool identifier;
  };

  explicit NormalTokens(std::string_view source) : source_(source), lexer_(source, problems_) {}

  std::optional<Counted> next() {
    for (;;) {
      const Token token = lexer_.next();
      if (token.kind == TokenKind::end) return std::nullopt;
      if (statement_begins_) {
        importing_ = token.kind == TokenKind::kw_import || token.kind == TokenKind::kw_from;
      }
      statement_begins_ = is_layout(token.kind);
      if (token.kind == TokenKind::newline || token.kind == TokenKind::bad) fstrings_ = 0;
      if (token.kind == TokenKind::fstring_end && fstrings_ > 0) --fstrings_;
      const bool counts = fstrings_ == 0 && token.kind != TokenKind::fstring_end;
      if (token.kind == TokenKind::fstring_start) ++fstrings_;
      if (statement_begins_ || importing_ || !counts || token.kind == TokenKind::bad) continue;
      const bool quoted = token.kind == TokenKind::string || token.kind == TokenKind::fstring_start;
      const auto text = source_.substr(token.begin, token.end - token.begin);
      return Counted{quoted ? "\"" : text, line_of(token.begin), token.kind == TokenKind::name};
    }
  }

 private:
  static bool is_layout(TokenKind kind) {
    return kind == TokenKind::newline || kind == TokenKind::indent || kind == TokenKind::dedent;
  }
  std::uint32_t line_of(std::uint32_t offset) {
    line_ += static_cast<std::uint32_t>(
        std::count(source_.begin() + counted_, source_.begin() + offset, '\n'));
    counted_ = offset;
    return line_;
  }

  std::string_view source_;
  python::Problems problems_;
  python::Lexer lexer_;
  bool statement_begins_ = true;
  bool importing_ = false;
  unsigned fstrings_ = 0;  // that are open
  std::uint32_t line_ = 1;
  std::uint32_t counted_ = 0;
};

// Of each window of grams the least, the last of equal ones; a gram is taken once.
class Winnower {
 public:
  void add(const NormalToken& token) {
    last_[tokens_++ % gram_tokens] = token;
    if (tokens_ < gram_tokens) return;
    if (const auto gram = current_gram()) push(*gram);
    ++grams_;
    if (!window_.empty() && window_.front().place + window_grams < grams_) window_.pop_front();
    if (grams_ >= window_grams) take_least();
  }

  std::vector<Fingerprint> finish() {
    if (grams_ < window_grams) take_least();  // the one window, not full
    return std::move(taken_);
  }

 private:
  struct Gram {
    Fingerprint print;
    std::size_t place;  // among all grams
  };

  std::optional<Gram> current_gram() const {
    std::uint64_t hash = 0;
    std::size_t identifiers = 0;
    for (std::size_t i = tokens_; i < tokens_ + gram_tokens; ++i) {
      const auto& token = last_[i % gram_tokens];
      hash = (hash ^ token.hash) * 0x9e3779b97f4a7c15;
      hash ^= hash >> 32;
      identifiers += token.identifier ? 1 : 0;
    }
    if (identifiers < fewest_identifiers) return std::nullopt;
    return Gram{{hash, last_[tokens_ % gram_tokens].line, last_[(tokens_ - 1) % gram_tokens].line},
                grams_};
  }

  // Keeps the window's hashes rising, so that its first is its least.
  void push(const Gram& gram) {
    while (!window_.empty() && window_.back().print.hash >= gram.print.hash) window_.pop_back();
    window_.push_back(gram);
  }

  void take_least() {
    if (window_.empty() || window_.front().place < untaken_) return;
    taken_.push_back(window_.front().print);
    untaken_ = window_.front().place + 1;
  }

  std::array<NormalToken, gram_tokens> last_{};
  std::size_t tokens_ = 0;
  std::size_t grams_ = 0;
  std::size_t untaken_ = 0;  // the first place that was not taken yet
  std::deque<Gram> window_;
  std::vector<Fingerprint> taken_;
};

}  // namespace

CodePrint print_of(std::string_view source) {
  CodePrint print;
  Sha256 digest;
  Winnower winnower;
  std::size_t count = 0;
  NormalTokens tokens(source);
  while (const auto token = tokens.next()) {
    digest.update(token->text);
    digest.update("\n");
    winnower.add({hash_of(token->text), token->line, token->identifier});
    print.last_line = token->line;
    ++count;
  }
  if (count >= fewest_tokens) print.digest = digest.finish();
  print.fingerprints = winnower.finish();
  return print;
}

}  // namespace assay
