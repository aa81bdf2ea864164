#include "examine/gates/secrets/assignment.h"

#include <algorithm>
#include <cctype>

namespace assay {

namespace {

constexpr std::size_t longest_name = 64;
constexpr std::size_t longest_value = 4096;

bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
}
bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_space(char c) { return is_blank(c) || c == '\n' || c == '\r'; }

class Reader {
 public:
  Reader(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  char now() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  std::size_t at() const { return at_; }
  void go(std::size_t at) { at_ = at; }

  std::size_t skip(std::size_t most, auto accept) {
    std::size_t count = 0;
    while (count < most && at_ < text_.size() && accept(text_[at_])) ++at_, ++count;
    return count;
  }
  bool take(std::string_view sign) {
    if (text_.compare(at_, sign.size(), sign) != 0) return false;
    at_ += sign.size();
    return true;
  }

 private:
  std::string_view text_;
  std::size_t at_;
};

// `: str | None` between a name and its "=".
void skip_annotation(Reader& reader) {
  const auto begin = reader.at();
  if (reader.now() != ':') return;
  reader.go(begin + 1);
  reader.skip(2, is_blank);
  const auto type = [](char c) {
    return is_name(c) || c == '[' || c == ']' || c == '|' || c == ' ' || c == '?';
  };
  if (reader.skip(40, type) == 0 || reader.now() != '=') reader.go(begin);
}

// What stands between a name and its value; false if it is nothing that gives a value.
bool skip_operator(Reader& reader, Assignment& assignment) {
  for (const std::string_view sign : {"===", "==", "!=="}) {
    if (reader.take(sign)) return assignment.compared = true;
  }
  if (reader.take("!=")) return assignment.compared = true;
  for (const std::string_view sign : {"=>", ":::=", "::=", ":=", "?=", "||:", "||", "->", "=", ":"}) {
    if (reader.take(sign)) return true;
  }
  if (reader.take(",")) return assignment.listed = true;
  // `key="name" value="…"`
  if (reader.take("value=") || reader.take("value =")) return true;
  return reader.take(">") && (assignment.element = true);
}

// A string's prefix letters and its quote, also one that is itself within quotes.
char take_quote(Reader& reader) {
  const auto begin = reader.at();
  reader.skip(2, [](char c) { return std::string_view("bBrRuUfF@$").contains(c); });
  reader.skip(2, [](char c) { return c == '\\'; });
  const char quote = reader.now();
  if (!is_quote(quote)) {
    reader.go(begin);
    return '\0';
  }
  reader.go(reader.at() + 1);
  for (int i = 0; i < 2 && reader.now() == quote; ++i) reader.go(reader.at() + 1);  // """
  return quote;
}

std::size_t value_end(std::string_view text, std::size_t begin, char quote, bool element) {
  const std::size_t high = std::min(text.size(), begin + longest_value);
  std::size_t end = begin;
  while (end < high) {
    const char c = text[end];
    if (c == '\n' || c == '\r' || (quote != '\0' && c == quote)) break;
    if (quote == '\0' && (element ? c == '<' || is_space(c) : is_space(c) || is_quote(c) || c == ',' || c == ';' ||
                                                   c == '<' || c == ')' || c == ']' || c == '}' ||
                                                   c == '\\')) {
      break;
    }
    ++end;
  }
  return end;
}

bool ends_with_word(std::string_view name, std::string_view word) {
  if (name.size() < word.size()) return false;
  return std::ranges::equal(name.substr(name.size() - word.size()), word,
                            [](unsigned char a, char b) { return std::tolower(a) == b; });
}

// Is the name the value of a key such as `name` or `ParameterKey`?
bool is_named_by_key(std::string_view text, std::size_t begin) {
  const auto back = [&](std::size_t most, auto accept) {
    for (std::size_t i = 0; i < most && begin > 0 && accept(text[begin - 1]); ++i) --begin;
  };
  back(1, is_quote);
  back(8, is_blank);
  if (begin == 0 || (text[begin - 1] != ':' && text[begin - 1] != '=')) return false;
  --begin;
  back(8, is_blank);
  back(1, is_quote);
  const auto end = begin;
  back(24, is_name);
  const auto key = text.substr(begin, end - begin);
  return ends_with_word(key, "name") || ends_with_word(key, "key");
}

// Where the value begins of a pair that is spelled out: `name: DB_PASSWORD` and, next, `value: …`.
std::optional<std::size_t> value_of_pair(std::string_view text, std::size_t begin, std::size_t end) {
  constexpr std::size_t most_spaces = 120;
  if (!is_named_by_key(text, begin)) return std::nullopt;
  Reader reader(text, end);
  reader.skip(1, is_quote);
  reader.skip(1, [](char c) { return c == ','; });
  if (reader.skip(most_spaces, is_space) == 0) return std::nullopt;
  reader.skip(1, is_quote);
  const auto key = reader.at();
  reader.skip(24, is_name);
  if (!ends_with_word(text.substr(key, reader.at() - key), "value")) return std::nullopt;
  reader.skip(1, is_quote);
  reader.skip(8, is_blank);
  if (reader.now() != ':' && reader.now() != '=') return std::nullopt;
  return reader.at() + 1;
}

}  // namespace

std::optional<Assignment> assignment_at(std::string_view text, std::size_t at) {
  std::size_t begin = at;
  while (begin > 0 && at - begin < longest_name && is_name(text[begin - 1])) --begin;
  Reader reader(text, at);
  reader.skip(longest_name, is_name);
  Assignment assignment;
  assignment.name = text.substr(begin, reader.at() - begin);
  // "Airtable API key: …"
  for (int words = 0; words < 3; ++words) {
    const auto before = reader.at();
    if (reader.skip(2, is_blank) == 0 || reader.skip(16, is_name) == 0) {
      reader.go(before);
      break;
    }
    assignment.name = text.substr(begin, reader.at() - begin);
  }
  if (const auto value = value_of_pair(text, begin, reader.at())) {
    reader.go(*value);
  } else {
    reader.skip(4, [](char c) { return is_space(c) || is_quote(c) || c == ']' || c == ')' || c == '\\'; });
    skip_annotation(reader);
    if (!skip_operator(reader, assignment)) return std::nullopt;
  }
  if (assignment.element && (begin == 0 || text[begin - 1] != '<')) return std::nullopt;
  assignment.queried = begin > 0 && (text[begin - 1] == '?' || text[begin - 1] == '&');
  const auto after = reader.at();
  reader.skip(8, is_space);
  char quote = take_quote(reader);
  if (quote == '\0') {  // bare values stand on the name's line, and no comma gives one
    if (text[after - 1] == ',') return std::nullopt;
    reader.go(after);
    reader.skip(40, [&](char c) { return assignment.element ? is_space(c) : is_blank(c) || c == '='; });
  }
  assignment.begin = reader.at();
  assignment.quoted = quote != '\0';
  const auto end = value_end(text, assignment.begin, quote, assignment.element);
  if (quote != '\0' && (end == text.size() || text[end] != quote)) return std::nullopt;
  assignment.value = text.substr(assignment.begin, end - assignment.begin);
  if (assignment.value.ends_with('\\')) assignment.value.remove_suffix(1);
  if (assignment.value.empty()) return std::nullopt;
  return assignment;
}

}  // namespace assay
