#include "examine/gates/weaknesses/c_context.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace assay {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t before_window = 4 << 10;
constexpr std::size_t after_window = 1 << 10;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Spaces within words stay one, so that `char *x` and `charx` differ.
std::string without_space(std::string_view text) {
  std::string packed;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\\';
    if (!space) {
      if (!packed.empty() && is_word(packed.back()) && i > 0 && !is_word(text[i - 1]) && is_word(c) &&
          (text[i - 1] == ' ' || text[i - 1] == '\t' || text[i - 1] == '\n')) {
        packed += ' ';
      }
      packed += c;
    }
  }
  return packed;
}

// Calls `visit` with the offset of each place where the name stands as a word of its own.
template <class Visit>
void each_place(std::string_view text, std::string_view name, Visit visit) {
  if (name.empty()) return;
  for (auto at = text.find(name); at != npos; at = text.find(name, at + 1)) {
    const bool begins = at == 0 || !is_word(text[at - 1]);
    const auto end = at + name.size();
    const bool ends = end == text.size() || !is_word(text[end]) || !is_word(name.back());
    if (begins && ends && !visit(at)) return;
  }
}

// "buffer" of "buffer + used", "&buffer[n]", "(char *)buffer", "p->name"
std::string base_of(const CArgument& argument) {
  std::string text;
  for (std::size_t i = 0; i < argument.size(); ++i) {
    const auto& token = argument[i];
    if (text.empty() && (token.text == "&" || token.text == "*" || token.text == "(")) continue;
    if (token.text == ")" && i + 1 < argument.size() && argument[i + 1].kind == CToken::Kind::word) {
      text.clear();  // a cast
      continue;
    }
    const bool goes_on = token.kind == CToken::Kind::word || token.text == "." || token.text == "-" ||
                         token.text == ">" || token.text == ":";
    const bool arrow = token.text != "-" || (i + 1 < argument.size() && argument[i + 1].text == ">");
    if (!goes_on || !arrow) {
      if (text.empty() || token.text == "*") continue;
      break;
    }
    text += token.text;
  }
  return text;
}

}  // namespace

CSurroundings::CSurroundings(std::string_view file, const CCall& call, bool looks) {
  if (!looks) return;
  const std::size_t least = call.begin < before_window ? 0 : call.begin - before_window;
  auto before = file.substr(least, call.begin - least);
  if (const auto end = before.rfind("\n}"); end != npos) before.remove_prefix(end + 2);
  before_ = without_space(before);
  auto after = file.substr(std::min(call.end, file.size()), after_window);
  after_ = without_space(after.substr(0, after.find("\n}")));
}

bool CSurroundings::contains_word(std::string_view text, std::string_view word) {
  bool found = false;
  each_place(text, word, [&](std::size_t) {
    found = true;
    return false;
  });
  return found;
}

bool CSurroundings::looks_bounded(const CArgument& to, const CArgument& from) const {
  const std::string source = joined(from);
  const std::string base = base_of(from);
  const std::string target = base_of(to);
  // Text of just the buffer's size passes `if (strlen(from) > sizeof(to))`, and its end has no room.
  for (const std::string& what : {source, base}) {
    for (const char* comparison : {">", "<="}) {
      if (before_.contains("strlen(" + what + ")" + comparison + "sizeof(" + target + "))")) return false;
    }
  }
  const auto measured = [&](std::string_view what) {
    if (what.empty()) return false;
    for (const char* measure : {"strlen(", "wcslen(", "sizeof(", "lstrlen(", "strnlen("}) {
      if (before_.contains(measure + std::string(what) + ")")) return true;
    }
    return before_.contains("strnlen(" + std::string(what) + ",");
  };
  if (measured(source) || measured(base) || measured(target)) return true;
  for (const std::string_view text : {".c_str", ".data"}) {  // of a std::string
    if (!base.ends_with(text)) continue;
    const std::string name = base.substr(0, base.size() - text.size());
    for (const char* length : {".size()", ".length()"}) {
      const std::string measure = name + length;
      const auto at = before_.find(measure);
      if (at == npos) continue;
      // A text of just the room's length passes `if (s.length() > most)`, and its end has no room.
      const auto after = std::string_view(before_).substr(at + measure.size());
      const bool one_too_many = after.starts_with('>') && !after.starts_with(">=") && !after.starts_with(">>");
      return !one_too_many || after.substr(0, after.find(')')).contains("-1");
    }
  }
  bool allocated = false;
  each_place(before_, target, [&](std::size_t at) {
    const auto rest = std::string_view(before_).substr(at + target.size());
    if (!rest.starts_with('=') || rest.starts_with("==")) return true;
    const std::string value = lower(rest.substr(0, std::min<std::size_t>(rest.find(';'), 160)));
    allocated = value.contains("alloc") || value.contains("new ") || value.contains("_new(") ||
                value.contains("strdup");
    return !allocated;
  });
  return allocated;
}

bool CSurroundings::holds_literals(const CArgument& name) const {
  if (name.size() != 1 || name[0].kind != CToken::Kind::word) return false;
  std::size_t literals = 0;
  bool others = false;
  each_place(before_, name[0].text, [&](std::size_t at) {
    auto rest = std::string_view(before_).substr(at + name[0].text.size());
    if (rest.starts_with('[')) rest = rest.substr(std::min(rest.size(), rest.find(']') + 1));
    if (!rest.starts_with('=') || rest.starts_with("==")) return true;
    const auto value = rest.substr(1, std::min<std::size_t>(rest.find(';'), 400));
    const bool literal = value.starts_with('"') || value.starts_with("L\"") || value.starts_with("_(\"") ||
                         value.contains("?\"");
    literal ? void(++literals) : void(others = !is_null({{CToken::Kind::word, value.substr(0, 4)}}));
    return true;
  });
  return literals > 0 && !others;
}

bool CSurroundings::is_pointer(const CArgument& name) const {
  if (name.size() != 1) return false;
  bool pointer = false;
  each_place(before_, name[0].text, [&](std::size_t at) {
    const bool declared = at > 1 && before_[at - 1] == '*' && is_word(before_[at - 2]);
    const auto next = at + name[0].text.size();
    const bool ends = next >= before_.size() || std::string_view(",;=)").contains(before_[next]);
    pointer = declared && ends;
    return !pointer;
  });
  return pointer;
}

bool CSurroundings::ends_later(const CArgument& name) const {
  const std::string base = base_of(name);
  bool found = false;
  each_place(after_, base, [&](std::size_t at) {
    const auto rest = std::string_view(after_).substr(at + base.size());
    if (!rest.starts_with('[')) return true;
    const auto close = rest.substr(0, 120).find("]=");
    found = close != npos && (rest.substr(close + 2).starts_with('0') ||
                              rest.substr(close + 2).starts_with("'\\0'") ||
                              rest.substr(close + 2).starts_with("'0'") ||
                              rest.substr(close + 2).starts_with("NUL"));
    return !found;
  });
  return found;
}

bool is_of_literal_table(std::string_view file, const CArgument& item) {
  if (item.size() < 4 || item[0].kind != CToken::Kind::word || item[1].text != "[" || item.back().text != "]") return false;
  bool literals = false;
  int looked_at = 0;
  each_place(file, item[0].text, [&](std::size_t at) {
    const auto declared = file.substr(at + item[0].text.size(), 4 << 10);
    if (++looked_at > 50) return false;
    if (!declared.starts_with('[')) return true;
    const auto equal = declared.find('=');
    const auto packed = equal == npos ? std::string() : without_space(declared.substr(equal + 1, 200));
    const bool filled = equal != npos && declared.substr(0, equal).find_first_of(";,(){") == npos;
    literals = filled && packed.starts_with("{\"");
    return !filled;
  });
  return literals;
}

bool callers_give_literals(std::string_view file, const CCall& call, const CArgument& name, std::size_t most) {
  if (name.size() != 1 || name[0].kind != CToken::Kind::word) return false;
  // The function's head: what stands before the last brace at a line's begin, or at a head's end.
  auto before = file.substr(0, call.begin);
  const auto ended = before.rfind("\n}");
  const auto start = ended == npos ? 0 : ended + 2;
  const auto body = file.find('{', start);
  if (body == npos || body >= call.begin || body - start > 4'000) return false;
  const auto head = file.substr(start, body - start);
  const auto close = head.rfind(')');
  const auto open = close == npos ? npos : head.substr(0, close).rfind('(');
  if (open == npos || open == 0) return false;
  const auto before_open = head.substr(0, open);
  std::size_t first = before_open.size();
  while (first > 0 && is_word(before_open[first - 1])) --first;
  const auto function = before_open.substr(first);
  const auto declaration = before_open.substr(0, first);
  const auto line = declaration.substr(declaration.find_last_of(";}#") + 1);
  bool hidden = false;
  each_place(line, "static", [&](std::size_t) { return !(hidden = true); });
  if (!hidden || function.empty()) return false;
  std::size_t place = 0;
  bool is_parameter = false;
  for (const auto parameter : split(head.substr(open + 1, close - open - 1), ',')) {
    const auto trimmed = trim(parameter);
    is_parameter = trimmed.ends_with(name[0].text);
    if (is_parameter) break;
    ++place;
  }
  if (!is_parameter) return false;
  bool all = true;
  std::size_t calls = 0;
  each_place(file, function, [&](std::size_t at) {
    if (at == start + first) return true;
    const auto after = at + function.size();
    if (after >= file.size() || file[after] != '(') {
      all = false;  // its address is taken
      return false;
    }
    const auto given = c_arguments(file, after + 1);
    const auto text = constant_text(given.argument(place));
    all = text && text->size() < most;
    ++calls;
    return all && calls < 500;
  });
  return all && calls > 0;
}

std::optional<std::string_view> generator_of(std::string_view text) {
  struct Generator {
    std::string_view mark;
    std::string_view name;
  };
  constexpr std::array<Generator, 14> generators{{
      {"Generated by Cython", "Cython"},
      {"Generated by the protocol buffer compiler", "protoc"},
      {"A lexical scanner generated by flex", "flex"},
      {"A Bison parser", "Bison"},
      {"made by GNU Bison", "Bison"},
      {"Generated by re2c", "re2c"},
      {"automatically generated by SWIG", "SWIG"},
      {"generated by SWIG", "SWIG"},
      {"generated with f2py", "f2py"},
      {"Generated by Pyrex", "Pyrex"},
      {"produced by gperf", "gperf"},
      {"Code generated by", "a program"},
      {"DO NOT EDIT", "a program"},
      {"@generated", "a program"},
  }};
  const auto head = text.substr(0, 1500);
  for (const auto& [mark, name] : generators) {
    if (head.contains(mark)) return name;
  }
  return std::nullopt;
}

}  // namespace assay
