#include "python/tokens.h"

#include <algorithm>
#include <string>

namespace assay {

namespace {

bool is_word_start(char c) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}
bool is_word(char c) { return is_word_start(c) || (c >= '0' && c <= '9'); }

}  // namespace

std::optional<Token> TokenReader::next() {
  while (at_ < source_.size()) {
    const char c = source_[at_];
    began_ = at_;
    if (c == '\n') {
      ++at_;
      const Token end{Token::Kind::line_end, "\n", line_++};
      if (depth_ == 0) return end;
    } else if (c == '\\' && at_ + 1 < source_.size() && source_[at_ + 1] == '\n') {
      at_ += 2;
      ++line_;
    } else if (c == '#') {
      at_ = std::min(source_.find('\n', at_), source_.size());
    } else if (c == '"' || c == '\'') {
      skip_string();
    } else if (is_word_start(c)) {
      return word();
    } else {
      ++at_;
      if (c == ' ' || c == '\t' || c == '\r') continue;
      if (c == '(' || c == '[' || c == '{') ++depth_;
      if ((c == ')' || c == ']' || c == '}') && depth_ > 0) --depth_;
      return Token{Token::Kind::symbol, source_.substr(at_ - 1, 1), line_};
    }
  }
  return std::nullopt;
}

std::size_t TokenReader::indentation() const {
  const auto before = source_.substr(0, began_).rfind('\n');
  const auto line = before == source_.npos ? 0 : before + 1;
  return std::min(source_.find_first_not_of(" \t", line), source_.size()) - line;
}

// A word, unless it is the prefix of a string.
Token TokenReader::word() {
  const auto start = at_;
  while (at_ < source_.size() && is_word(source_[at_])) ++at_;
  const auto text = source_.substr(start, at_ - start);
  const bool string_follows = at_ < source_.size() && (source_[at_] == '"' || source_[at_] == '\'');
  if (string_follows && text.size() <= 2 && text.find_first_not_of("rRbBuUfF") == text.npos) {
    const auto line = line_;
    skip_string();
    return {Token::Kind::symbol, "\"", line};
  }
  return {Token::Kind::word, text, line_};
}

// Also of a raw one: there too a backslash keeps a quote from ending it.
void TokenReader::skip_string() {
  const char quote = source_[at_];
  const std::string three(3, quote);
  const bool is_long = source_.substr(at_, 3) == three;
  at_ += is_long ? 3 : 1;
  while (at_ < source_.size()) {
    const char c = source_[at_];
    if (c == '\\' && at_ + 1 < source_.size()) {
      line_ += source_[at_ + 1] == '\n' ? 1 : 0;
      at_ += 2;
      continue;
    }
    if (is_long ? source_.substr(at_, 3) == three : c == quote) {
      at_ += is_long ? 3 : 1;
      return;
    }
    if (c == '\n') {
      if (!is_long) return;  // it never ended; what follows is read as code
      ++line_;
    }
    ++at_;
  }
}

}  // namespace assay
