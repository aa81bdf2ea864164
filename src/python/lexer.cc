#include "python/lexer.h"

#include "python/characters.h"
#include "python/encoding.h"
#include "python/node_kind.h"
#include "python/scan.h"

namespace assay::python {

namespace {

// Past a line's end: "\n", "\r\n" or "\r".
const char* after_line_end(const char* at, const char* end) {
  return at + (*at == '\r' && end - at > 1 && at[1] == '\n' ? 2 : 1);
}

struct Prefix {
  bool valid = false;
  bool formatted = false;  // f or t
  bool python2 = false;
  std::uint16_t flags = 0;
};

// What stands before a string's quotes; at most two bytes.
Prefix prefix_of(const char* at, std::size_t size) {
  unsigned raw = 0, bytes = 0, unicode = 0, formatted = 0, template_ = 0;
  for (std::size_t i = 0; i < size; ++i) {
    switch (at[i] | 0x20) {
      case 'r': ++raw; break;
      case 'b': ++bytes; break;
      case 'u': ++unicode; break;
      case 'f': ++formatted; break;
      case 't': ++template_; break;
      default: return {};
    }
  }
  if (raw > 1 || bytes + unicode + formatted + template_ > 1) return {};
  const bool u_first = unicode && raw && (at[0] | 0x20) == 'u';
  if (unicode && raw && !u_first) return {};
  std::uint16_t flags = 0;
  if (raw) flags |= NodeFlag::raw;
  if (bytes) flags |= NodeFlag::bytes;
  if (unicode) flags |= NodeFlag::unicode;
  if (template_) flags |= NodeFlag::template_string;
  return {true, formatted + template_ > 0, u_first, flags};
}

}  // namespace

Lexer::Lexer(std::string_view source, Problems& problems)
    : begin_(source.data()), end_(begin_ + source.size()), at_(begin_), problems_(problems) {
  if (source.starts_with("\xEF\xBB\xBF")) at_ += 3;
}

void Lexer::back_to(const Place& place) {
  at_ = place.at;
  depth_ = place.depth;
  indent_count_ = place.indents;
  dedents_ = place.dedents;
  line_starts_ = place.line_starts;
  level_count_ = 0;
  update_special();
}

void Lexer::start_line_at(std::uint32_t offset) {
  at_ = begin_ + offset;
  while (at_ > begin_ && is_blank(at_[-1])) --at_;
  depth_ = 0;
  level_count_ = 0;
  line_starts_ = true;
  special_ = true;
}

void Lexer::update_special() {
  special_ = line_starts_ || dedents_ > 0 || (level_count_ > 0 && top()->place != Place_::expression);
}

bool Lexer::push(const Level& level) {
  if (level_count_ == deepest_level) return false;
  levels_[level_count_++] = level;
  update_special();
  return true;
}

void Lexer::pop() {
  --level_count_;
  update_special();
}

Token Lexer::error(const char* begin, const char* end, const char* message) {
  problems_.add(offset(begin), message);
  return token(TokenKind::bad, begin, end);
}

Token Lexer::next() {
  if (special_) {
    bool none = false;
    const Token token = special(none);
    if (!none) return token;
  }
  const char* at = at_;
  for (;;) {
    while (at < end_ && is_blank(*at)) ++at;
    if (at == end_) {
      if (line_starts_ || depth_ > 0) return token(TokenKind::end, at, at);
      line_starts_ = special_ = true;
      return token(TokenKind::newline, at, at);
    }
    switch (class_of(*at)) {
      case CharacterClass::word: return word(at);
      case CharacterClass::digit: return number(at);
      case CharacterClass::quote: return string(at, at, 0, false);
      case CharacterClass::other: return other(at);
      case CharacterClass::newline: {
        const char* after = after_line_end(at, end_);
        if (depth_ == 0) {
          line_starts_ = special_ = true;
          return token(TokenKind::newline, at, after);
        }
        at = after;
        break;
      }
      case CharacterClass::comment: at = find_any(at, end_, '\n', '\r'); break;
      case CharacterClass::continuation:
        if (end_ - at < 2 || !is_line_end(at[1])) {
          return error(at, at + 1, "unexpected character after a line continuation");
        }
        at = after_line_end(at + 1, end_);
        if (at == end_) return error(at, at, "the source ends in a line continuation");
        break;
    }
  }
}

Token Lexer::special(bool& none) {
  if (line_starts_ && dedents_ == 0 && start_line()) {
    return token(TokenKind::indent, at_, at_);
  }
  if (dedents_ > 0) {
    --dedents_;
    update_special();
    return token(TokenKind::dedent, at_, at_);
  }
  if (level_count_ > 0 && top()->place != Place_::expression) return fstring_text();
  update_special();
  none = true;
  return {};
}

// Goes to the first token of the next line that has one. True if it is indented further.
bool Lexer::start_line() {
  const char* at = at_;
  std::uint32_t column = 0;
  std::uint32_t alternative = 0;
  std::uint32_t continued = 0;  // the column of a line that begins with a continuation
  for (;;) {
    for (; at < end_; ++at) {
      if (*at == ' ') {
        ++column;
        ++alternative;
      } else if (*at == '\t') {
        column = (column / 8 + 1) * 8;
        ++alternative;
      } else if (*at == '\f') {
        column = alternative = 0;
      } else {
        break;
      }
    }
    if (at == end_) {
      at_ = at;
      dedents_ = indent_count_;
      indent_count_ = 0;
      return false;  // still at a line's start
    }
    if (*at == '\\' && end_ - at > 1 && is_line_end(at[1])) {
      if (continued == 0) continued = column;
      at = after_line_end(at + 1, end_);
      continue;
    }
    if (*at == '#') at = find_any(at, end_, '\n', '\r');
    if (at == end_) continue;
    if (!is_line_end(*at)) break;
    at = after_line_end(at, end_);
    column = alternative = continued = 0;
  }
  if (continued != 0) column = alternative = continued;
  at_ = at;
  line_starts_ = false;
  const auto current = [&] { return indent_count_ == 0 ? Indent{0, 0} : indents_[indent_count_ - 1]; };
  constexpr const char* mixed = "indentation mixes tabs and spaces";
  if (column > current().column) {
    if (alternative <= current().alternative) problems_.add(offset(at), mixed, true);
    if (indent_count_ == deepest_indent) {
      problems_.add(offset(at), "too many levels of indentation");
      return false;
    }
    indents_[indent_count_++] = {column, alternative};
    return true;
  }
  while (column < current().column) {
    --indent_count_;
    ++dedents_;
  }
  if (column != current().column) {
    problems_.add(offset(at), "unindent does not match any outer indentation level");
  } else if (alternative != current().alternative) {
    problems_.add(offset(at), mixed, true);
  }
  return false;
}

Token Lexer::word(const char* begin) {
  const char* at = begin;
  unsigned char seen = 0;
  do {
    seen |= static_cast<unsigned char>(*at);
    ++at;
  } while (at < end_ && in_word(*at));
  const auto size = static_cast<std::size_t>(at - begin);
  if (size <= 2 && at < end_ && (*at == '"' || *at == '\'')) {
    const Prefix prefix = prefix_of(begin, size);
    if (prefix.python2) problems_.add(offset(begin), "the string prefix \"ur\"", true);
    if (prefix.valid) return string(begin, at, prefix.flags, prefix.formatted);
  }
  if (seen >= 0x80 && !is_identifier({begin, size})) {
    return error(begin, at, "a character that no name has");
  }
  if (size <= 8) {
    const auto packed = Words::packed(begin, size, static_cast<std::size_t>(end_ - begin));
    if (const auto* found = words.find(packed)) {
      at_ = at;
      return {found->kind, static_cast<std::uint8_t>(found->soft), 0, offset(begin), offset(at)};
    }
  }
  return token(TokenKind::name, begin, at);
}

// From the quote on: an ordinary string as a whole, of an f-string the beginning.
Token Lexer::string(const char* begin, const char* at, std::uint16_t flags, bool formatted) {
  const char quote = *at;
  const bool triple = end_ - at > 2 && at[1] == quote && at[2] == quote;
  if (triple) flags |= NodeFlag::triple;
  const char* first = at + (triple ? 3 : 1);
  bool& no_end = no_triple_[quote == '"' ? 1 : 0];
  if (formatted) {
    if (!push({Place_::text, quote, triple, flags, 0})) {
      return error(begin, first, "f-strings are nested too deeply");
    }
    return token(TokenKind::fstring_start, begin, first, flags);
  }
  at = first;
  while (!triple || !no_end) {
    at = triple ? find_any(at, end_, quote, '\\') : find_any(at, end_, quote, '\\', '\n', '\r');
    if (at == end_) {
      no_end |= triple;
      break;
    }
    if (*at == quote) {
      if (!triple) return token(TokenKind::string, begin, at + 1, flags);
      if (peek(at, 1) == quote && peek(at, 2) == quote) {
        return token(TokenKind::string, begin, at + 3, flags);
      }
      ++at;
    } else if (*at == '\\') {
      ++at;
      if (at < end_) at = after_line_end(at, end_);
    } else {
      break;
    }
  }
  depth_ = 0;  // or all that follows would be taken for what stands in the brackets
  level_count_ = 0;
  update_special();
  return error(begin, find_any(first, end_, '\n', '\r'), "a string that does not end");
}

// What stands in an f-string up to its next brace, or the end of it.
Token Lexer::fstring_text() {
  const Level level = *top();
  const bool format = level.place == Place_::format;
  const char* const begin = at_;
  const char* at = begin;
  const char* why = "an f-string that does not end";
  while (!level.triple || !no_triple_[level.quote == '"' ? 1 : 0]) {
    at = find_any(at, end_, level.quote, '\\', '{', '}', '\n', '\r');
    if (at == end_) {
      if (level.triple) no_triple_[level.quote == '"' ? 1 : 0] = true;
      break;
    }
    const char c = *at;
    if (c == level.quote) {
      if (level.triple && (peek(at, 1) != c || peek(at, 2) != c)) {
        ++at;
        continue;
      }
      if (at > begin) return token(TokenKind::fstring_middle, begin, at, level.flags);
      if (format) {
        why = "a replacement field that does not end";
        break;
      }
      pop();
      return token(TokenKind::fstring_end, at, at + (level.triple ? 3 : 1), level.flags);
    }
    if (c == '\\') {
      const char escaped = peek(at, 1);
      ++at;
      if (at == end_ || escaped == '{' || escaped == '}') continue;
      if (escaped == 'N' && peek(at, 1) == '{' && (level.flags & NodeFlag::raw) == 0) {
        at = find_any(at, end_, '}', level.quote, '\n', '\r');
        if (at < end_ && *at == '}') ++at;
      } else {
        at = after_line_end(at, end_);
      }
      continue;
    }
    if (is_line_end(c)) {
      if (!level.triple) break;
      ++at;
      continue;
    }
    if (!format && peek(at, 1) == c) {  // "{{" or "}}"
      at += 2;
      continue;
    }
    if (at > begin) return token(TokenKind::fstring_middle, begin, at, level.flags);
    if (c == '}') {
      if (!format) return error(at, at + 1, "a single \"}\" in an f-string");
      pop();
      pop();
      --depth_;
      return token(TokenKind::right_brace, at, at + 1);
    }
    ++depth_;
    if (!push({Place_::expression, level.quote, level.triple, level.flags, depth_})) {
      return error(at, at + 1, "f-strings are nested too deeply");
    }
    return token(TokenKind::left_brace, at, at + 1);
  }
  depth_ = 0;
  level_count_ = 0;
  update_special();
  return error(begin, find_any(begin, end_, '\n', '\r'), why);
}

Token Lexer::other(const char* at) {
  using enum TokenKind;
  const char second = peek(at, 1);
  const bool in_field = level_count_ > 0 && depth_ == top()->depth;
  // Of an operator, its augmented assignment.
  const auto may_assign = [&](TokenKind kind, unsigned size) {
    if (peek(at, size) != '=') return operator_token(kind, at, size);
    const auto step = static_cast<unsigned>(kind) - static_cast<unsigned>(plus);
    return operator_token(static_cast<TokenKind>(static_cast<unsigned>(plus_equal) + step), at,
                          size + 1);
  };
  const auto opens = [&](TokenKind kind) {
    ++depth_;
    return operator_token(kind, at, 1);
  };
  const auto closes = [&](TokenKind kind) {
    if (depth_ > 0 && !in_field) --depth_;
    return operator_token(kind, at, 1);
  };
  switch (*at) {
    case '(': return opens(left_paren);
    case '[': return opens(left_bracket);
    case '{': return opens(left_brace);
    case ')': return closes(right_paren);
    case ']': return closes(right_bracket);
    case '}':
      if (in_field) {
        --depth_;
        pop();
        return operator_token(right_brace, at, 1);
      }
      return closes(right_brace);
    case ',': return operator_token(comma, at, 1);
    case ';': return operator_token(semicolon, at, 1);
    case '~': return operator_token(tilde, at, 1);
    case '`': return operator_token(backquote, at, 1);
    case ':':
      if (in_field) {
        Level level = *top();
        level.place = Place_::format;
        if (!push(level)) return error(at, at + 1, "f-strings are nested too deeply");
        return operator_token(colon, at, 1);
      }
      return second == '=' ? operator_token(walrus, at, 2) : operator_token(colon, at, 1);
    case '.':
      if (is_digit(second)) return number(at);
      if (second == '.' && peek(at, 2) == '.') return operator_token(ellipsis, at, 3);
      return operator_token(dot, at, 1);
    case '=':
      return second == '=' ? operator_token(equal_equal, at, 2) : operator_token(equal, at, 1);
    case '!':
      return second == '=' ? operator_token(not_equal, at, 2) : operator_token(bang, at, 1);
    case '<':
      if (second == '<') return may_assign(left_shift, 2);
      if (second == '=') return operator_token(less_equal, at, 2);
      if (second != '>') return operator_token(less, at, 1);
      problems_.add(offset(at), "the operator \"<>\"", true);
      return operator_token(not_equal, at, 2);
    case '>':
      if (second == '>') return may_assign(right_shift, 2);
      return second == '=' ? operator_token(greater_equal, at, 2) : operator_token(greater, at, 1);
    case '-': return second == '>' ? operator_token(arrow, at, 2) : may_assign(minus, 1);
    case '+': return may_assign(plus, 1);
    case '*': return second == '*' ? may_assign(double_star, 2) : may_assign(star, 1);
    case '/': return second == '/' ? may_assign(double_slash, 2) : may_assign(slash, 1);
    case '%': return may_assign(percent, 1);
    case '@': return may_assign(TokenKind::at_sign, 1);
    case '&': return may_assign(ampersand, 1);
    case '|': return may_assign(bar, 1);
    case '^': return may_assign(caret, 1);
    default: return error(at, at + 1, "a character that Python does not have");
  }
}

}  // namespace assay::python
