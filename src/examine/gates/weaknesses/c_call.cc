#include "examine/gates/weaknesses/c_call.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"

namespace assay {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t declaration_window = 400;

using Kind = CToken::Kind;
using Words = std::span<const std::string_view>;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool has(Words words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// Words that stand before an expression, and not before the name of what is declared.
constexpr std::array<std::string_view, 22> before_expressions{
    "return", "else",  "do",   "case",  "throw", "goto",  "co_return", "co_yield",
    "co_await", "and", "or",   "not",   "in",    "is",    "if",        "elif",
    "while",  "assert", "yield", "await", "print", "lambda"};
// Words that another word may follow within an expression.
constexpr std::array<std::string_view, 12> unary_words{
    "sizeof", "alignof", "new", "delete", "co_await", "not", "and", "or", "in", "is", "if", "else"};
constexpr std::array<std::string_view, 17> basic_types{
    "void", "char", "int",  "long",   "short",   "unsigned", "signed",  "float", "double",
    "bool", "FILE", "wchar_t", "size_t", "TCHAR", "LPSTR",    "LPCSTR", "object"};
constexpr std::array<std::string_view, 16> translations{
    "_",  "N_", "Q_", "G_",   "T",  "_T",     "TEXT",      "gettext",
    "tr", "U_", "W_", "_TXT", "dgettext", "ngettext", "dcgettext", "SAFE_STRING"};

bool is_upper_name(std::string_view word) {
  return word.size() > 1 && std::ranges::none_of(word, [](char c) { return c >= 'a' && c <= 'z'; }) &&
         std::ranges::any_of(word, [](char c) { return c >= 'A' && c <= 'Z'; });
}

// Reads tokens forward from a place in code.
class TokenReader {
 public:
  TokenReader(std::string_view text, std::size_t at, std::size_t limit)
      : text_(text.substr(0, std::min(text.size(), limit))), at_(at) {}

  std::size_t at() const { return at_; }

  std::optional<CToken> next() {
    skip_space();
    if (at_ >= text_.size()) return std::nullopt;
    const char c = text_[at_];
    if (c == '"' || c == '\'') return quoted(at_);
    if (!is_word(c)) return take(Kind::mark, at_ + 1);
    std::size_t end = at_;
    while (end < text_.size() && (is_word(text_[end]) || (is_digit(c) && text_[end] == '\''))) ++end;
    const bool prefix = end < text_.size() && end - at_ <= 3 && text_[end] == '"' &&
                        text_.substr(at_, end - at_).find_first_not_of("LuUR8bBrRfF") == npos;
    if (prefix) return quoted(end);
    return take(is_digit(c) ? Kind::number : Kind::word, end);
  }

 private:
  CToken take(Kind kind, std::size_t end) {
    const CToken token{kind, text_.substr(at_, end - at_)};
    at_ = end;
    return token;
  }

  CToken quoted(std::size_t quote) {
    const Kind kind = text_[quote] == '"' ? Kind::string : Kind::character;
    if (quote > at_ && text_[quote - 1] == 'R') {
      const auto open = text_.substr(quote + 1, 17).find('(');
      if (open != npos) {
        const std::string close = ")" + std::string(text_.substr(quote + 1, open)) + "\"";
        const auto end = text_.find(close, quote + 2 + open);
        return take(kind, end == npos ? text_.size() : end + close.size());
      }
    }
    std::size_t end = quote + 1;
    while (end < text_.size() && text_[end] != text_[quote] && text_[end] != '\n') {
      end += text_[end] == '\\' ? 2 : 1;
    }
    return take(kind, std::min(end + 1, text_.size()));
  }

  // White space, comments, lines that go on, and preprocessor lines.
  void skip_space() {
    bool line_begins = false;
    while (at_ < text_.size()) {
      const auto rest = text_.substr(at_);
      if (is_space(rest[0])) {
        line_begins = line_begins || rest[0] == '\n';
        ++at_;
      } else if (rest.starts_with("//") || (line_begins && rest[0] == '#')) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (rest.starts_with("/*")) {
        const auto end = text_.find("*/", at_ + 2);
        at_ = end == npos ? text_.size() : end + 2;
      } else if (rest.starts_with("\\\n") || rest.starts_with("\\\r\n")) {
        at_ += rest[1] == '\n' ? 2 : 3;
      } else {
        return;
      }
    }
  }

  std::string_view text_;
  std::size_t at_;
};

// What stands before an offset, without white space, comments and preprocessor lines.
class Before {
 public:
  Before(std::string_view text, const SourcePieces& pieces, std::size_t at)
      : text_(text), pieces_(pieces), at_(at) {
    skip();
  }

  std::size_t at() const { return at_; }  // past what stands before
  char last() const { return at_ == 0 ? '\0' : text_[at_ - 1]; }
  bool ends_with(std::string_view mark) const { return text_.substr(0, at_).ends_with(mark); }
  std::string_view word() const {
    std::size_t begin = at_;
    while (begin > 0 && is_word(text_[begin - 1])) --begin;
    return text_.substr(begin, at_ - begin);
  }

 private:
  void skip() {
    const std::size_t comment_mark = pieces_.kind() == SourceKind::python ? 1 : 2;
    const std::size_t least = at_ < declaration_window ? 0 : at_ - declaration_window;
    while (at_ > least) {
      const SourcePiece piece = pieces_.at(at_ - 1);
      if (piece.kind == SourcePiece::Kind::comment) {
        at_ = piece.begin - comment_mark;
      } else if (is_space(text_[at_ - 1])) {
        if (text_[--at_] == '\n') skip_directive();
      } else if (text_[at_ - 1] == '\\' && at_ < text_.size() && is_space(text_[at_])) {
        --at_;
      } else {
        return;
      }
    }
  }
  // The line that ends here, if it is the preprocessor's.
  void skip_directive() {
    if (pieces_.kind() == SourceKind::python || at_ == 0) return;
    if (text_[at_ - 1] == '\\') return;  // it goes on: a macro's body is code
    const auto before = text_.rfind('\n', at_ - 1);
    const std::size_t begin = before == npos ? 0 : before + 1;
    if (trim(text_.substr(begin, std::min<std::size_t>(at_ - begin, 200))).starts_with('#')) at_ = begin;
  }

  std::string_view text_;
  const SourcePieces& pieces_;
  std::size_t at_;
};

// `char *`, `const char *name`, `void`, `...`: what only a declaration has for a parameter.
bool reads_as_parameter(const CArgument& argument) {
  if (argument.empty()) return false;
  if (argument.back().text == "*" || argument.back().text == "&") return true;
  if (argument.size() == 1 && has(basic_types, argument[0].text)) return true;
  if (has(basic_types, argument[0].text) && argument[1].text != "(") return true;
  if (argument.size() == 3 && joined(argument) == "...") return true;
  int depth = 0;
  for (std::size_t i = 0; i + 1 < argument.size(); ++i) {
    const auto& [kind, text] = argument[i];
    if (text == "(" || text == "[" || text == "{") ++depth;
    if (text == ")" || text == "]" || text == "}") --depth;
    const bool two_words = depth == 0 && kind == Kind::word && argument[i + 1].kind == Kind::word;
    if (!two_words || has(unary_words, text) || has(unary_words, argument[i + 1].text)) continue;
    if (!is_upper_name(text) || !is_upper_name(argument[i + 1].text)) return true;
  }
  return false;
}

// "extern char *name()": before the name stand words and stars only.
bool declares_without_parameters(std::string_view text, std::size_t name) {
  const std::size_t least = name < declaration_window ? 0 : name - declaration_window;
  std::size_t begin = name;
  while (begin > least && text[begin - 1] != '\n' && text[begin - 1] != ';') --begin;
  const auto line = trim(text.substr(begin, name - begin));
  if (line.empty() || !line.ends_with('*') || line.starts_with("return") || line[0] == '*') return false;
  return std::ranges::all_of(line, [](char c) { return is_word(c) || is_space(c) || c == '*'; });
}

// Is the word that begins there the name of a macro: "#define NAME …"?
bool is_macro_body(std::string_view text, std::size_t word) {
  const std::size_t least = word < declaration_window ? 0 : word - declaration_window;
  const auto line = text.substr(least, word - least);
  const auto start = trim(line.substr(line.rfind('\n') == npos ? 0 : line.rfind('\n') + 1));
  return start.starts_with('#') && trim(start.substr(1)) == "define";
}

// Is it a name that is called, by what stands before it?
bool may_be_called(const Before& before, std::size_t name, std::string_view text) {
  if (before.ends_with(".") && !before.ends_with("..")) return false;
  if (before.ends_with("->")) return false;
  if (before.ends_with("::")) {
    const auto space = text.substr(0, before.at() - 2);
    return space.empty() || !(is_word(space.back()) || space.back() == '>') || space.ends_with("std");
  }
  const auto word = before.word();
  if (is_macro_body(text, before.at() - word.size())) return true;
  if (word.empty() || is_digit(word[0]) || has(before_expressions, word)) return true;
  const bool on_its_line = text.substr(before.at(), name - before.at()).find('\n') == npos;
  return !on_its_line && is_upper_name(word);  // a macro that needs no semicolon
}

}  // namespace

const CArgument& CCall::argument(std::size_t place) const {
  static const CArgument none;
  return place < arguments.size() ? arguments[place] : none;
}

CCall c_arguments(std::string_view text, std::size_t open, std::size_t window) {
  CCall call;
  TokenReader reader(text, open, open + window);
  int depth = 0;
  CArgument argument;
  while (const auto token = reader.next()) {
    const char mark = token->kind == Kind::mark ? token->text[0] : '\0';
    if (mark == ')' && depth == 0) break;
    if (mark == '(' || mark == '[' || mark == '{') ++depth;
    if (mark == ')' || mark == ']' || mark == '}') --depth;
    if (mark == ',' && depth == 0) {
      call.arguments.push_back(std::move(argument));
      argument.clear();
    } else {
      argument.push_back(*token);
    }
  }
  if (!argument.empty() || !call.arguments.empty()) call.arguments.push_back(std::move(argument));
  call.end = reader.at();
  return call;
}

std::optional<CCall> c_call(std::string_view text, const SourcePieces& pieces, std::size_t open,
                            std::size_t window) {
  if (open == 0 || text[open - 1] != '(') return std::nullopt;
  CCall call;
  std::size_t end = open - 1;
  while (end > 0 && is_space(text[end - 1])) --end;
  call.begin = end;
  while (call.begin > 0 && is_word(text[call.begin - 1])) --call.begin;
  call.name = text.substr(call.begin, end - call.begin);
  const Before before(text, pieces, call.begin);
  if (call.name.empty() || !may_be_called(before, call.begin, text)) return std::nullopt;
  call.is_statement = std::string_view(";{}").contains(before.last());

  CCall arguments = c_arguments(text, open, window);
  call.arguments = std::move(arguments.arguments);
  call.end = arguments.end;
  if (std::ranges::any_of(call.arguments, reads_as_parameter)) return std::nullopt;
  if (call.arguments.empty() && declares_without_parameters(text, call.begin)) return std::nullopt;
  return call;
}

std::string joined(const CArgument& argument) {
  std::string text;
  for (const CToken& token : argument) text += token.text;
  return text;
}

bool is_constant_name(const CArgument& argument) {
  if (argument.size() != 1 || argument[0].kind != Kind::word) return false;
  const auto word = argument[0].text;
  return is_upper_name(word) || (word.size() > 2 && word[0] == 'k' && word[1] >= 'A' && word[1] <= 'Z');
}

bool is_null(const CArgument& argument) {
  const auto text = joined(argument);
  return text == "NULL" || text == "nullptr" || text == "0" || text == "(void*)0" || text == "((void*)0)";
}

namespace {

std::optional<std::string> text_of(std::span<const CToken> tokens, int depth);

// A string's, without prefix and quotes; of a raw one, without its delimiters.
std::string_view content_of(const CToken& string) {
  auto text = string.text;
  const auto quote = text.find('"');
  const bool raw = text.substr(0, quote).ends_with('R');
  text = text.substr(quote + 1, text.size() - quote - 2);
  if (!raw || text.find('(') == npos) return text;
  const auto delimiter = text.find('(');
  return text.substr(delimiter + 1, text.size() - std::min(text.size(), 2 * delimiter + 2));
}

// The place past the parenthesis that closes what opens at 0; 0 if there is none.
std::size_t past_group(std::span<const CToken> tokens) {
  int depth = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].text == "(") ++depth;
    if (tokens[i].text == ")" && --depth == 0) return i + 1;
  }
  return 0;
}

// c ? "a" : "b"
std::optional<std::string> text_of_choice(std::span<const CToken> tokens, int depth) {
  const auto question = std::ranges::find(tokens, "?", &CToken::text);
  if (question == tokens.end()) return std::nullopt;
  const auto after = tokens.subspan(static_cast<std::size_t>(question - tokens.begin()) + 1);
  const auto colon = std::ranges::find(after, ":", &CToken::text);
  if (colon == after.end()) return std::nullopt;
  const auto place = static_cast<std::size_t>(colon - after.begin());
  const auto left = text_of(after.first(place), depth);
  const auto right = text_of(after.subspan(place + 1), depth);
  if (!left || !right) return std::nullopt;
  return *left + " " + *right;
}

std::optional<std::string> text_of(std::span<const CToken> tokens, int depth) {
  if (tokens.empty() || depth == 0) return std::nullopt;
  if (tokens[0].text == "(") {
    const std::size_t past = past_group(tokens);
    if (past == tokens.size()) return text_of(tokens.subspan(1, past - 2), depth - 1);
    const bool cast = past > 2 && std::ranges::all_of(tokens.subspan(1, past - 2), [](const CToken& t) {
      return t.kind == Kind::word || t.text == "*";
    });
    if (cast && std::ranges::find(tokens, "?", &CToken::text) == tokens.end()) {
      return text_of(tokens.subspan(past), depth - 1);
    }
  }
  if (tokens.size() > 2 && tokens[1].text == "(" && has(translations, tokens[0].text) &&
      past_group(tokens.subspan(1)) + 1 == tokens.size()) {
    std::string text;
    for (const CToken& token : tokens) {
      if (token.kind == Kind::string) text += content_of(token);
    }
    return text.empty() ? std::nullopt : std::optional(text);
  }
  std::string text;
  bool literal = false;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto& [kind, written] = tokens[i];
    if (written == "#" && i + 1 < tokens.size() && tokens[i + 1].kind == Kind::word) {
      literal = true;  // a macro's argument as text
    } else if (kind == Kind::string) {
      literal = true;
      text += content_of(tokens[i]);
    } else if (kind != Kind::word) {
      return text_of_choice(tokens, depth - 1);
    }
  }
  return literal ? std::optional(text) : std::nullopt;
}

}  // namespace

std::optional<std::string> constant_text(const CArgument& argument) { return text_of(argument, 8); }

}  // namespace assay
