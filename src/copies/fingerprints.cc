#include "copies/fingerprints.h"

#include <algorithm>
#include <array>
#include <deque>

#include "python/tokens.h"

namespace assay {

namespace {

constexpr std::size_t gram_tokens = 20;
constexpr std::size_t window_grams = 16;
constexpr std::size_t fewest_identifiers = 5;
constexpr std::size_t fewest_tokens = 60;

// The language reference, 2.3.1; sorted.
constexpr std::array<std::string_view, 35> keywords{
    "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
    "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
    "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
    "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield"};
static_assert(std::ranges::is_sorted(keywords));

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

// The tokens that count, in order, each with whether it names something.
class NormalTokens {
 public:
  explicit NormalTokens(std::string_view source) : tokens_(source) {}

  std::optional<Token> next() {
    while (const auto token = tokens_.next()) {
      if (statement_begins_) importing_ = token->text == "import" || token->text == "from";
      statement_begins_ = token->kind == Token::Kind::line_end;
      if (statement_begins_ || importing_) continue;
      identifier_ = token->kind == Token::Kind::word && token->text.data() != number_end_ &&
                    !std::ranges::binary_search(keywords, token->text);
      // The letters of 0x1f and 1e5 are no name.
      const bool digit = token->text.front() >= '0' && token->text.front() <= '9';
      number_end_ = digit ? token->text.data() + token->text.size() : nullptr;
      return token;
    }
    return std::nullopt;
  }
  bool was_identifier() const { return identifier_; }

 private:
  TokenReader tokens_;
  bool statement_begins_ = true;
  bool importing_ = false;
  bool identifier_ = false;
  const char* number_end_ = nullptr;
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
    winnower.add({hash_of(token->text), token->line, tokens.was_identifier()});
    print.last_line = token->line;
    ++count;
  }
  if (count >= fewest_tokens) print.digest = digest.finish();
  print.fingerprints = winnower.finish();
  return print;
}

}  // namespace assay
