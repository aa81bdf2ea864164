#include "examine/gates/weaknesses/c_context.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "examine/gates/weaknesses/c_words.h"

namespace assay {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t before_window = 4 << 10;
constexpr std::size_t after_window = 1 << 10;
constexpr std::size_t compared_window = 16 << 10;

// Spaces within words stay one, so that `char *x` and `charx` differ.
std::string without_space(std::string_view text) {
  std::string packed;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\\';
    if (!space) {
      if (!packed.empty() && is_c_word(packed.back()) && i > 0 && !is_c_word(text[i - 1]) && is_c_word(c) &&
          (text[i - 1] == ' ' || text[i - 1] == '\t' || text[i - 1] == '\n')) {
        packed += ' ';
      }
      packed += c;
    }
  }
  return packed;
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
                value.contains("strdup") || is_allocated(rest.substr(1, value.size() - 1));
    return !allocated;
  });
  return allocated;
}

// `at = begin;` of what was allocated under that other name.
bool CSurroundings::is_allocated(std::string_view name) const {
  if (name.empty() || !std::ranges::all_of(name, is_c_word)) return false;
  bool allocated = false;
  each_place(before_, name, [&](std::size_t at) {
    const auto rest = std::string_view(before_).substr(at + name.size());
    allocated = rest.starts_with('=') && lower(rest.substr(0, std::min<std::size_t>(rest.find(';'), 160))).contains("alloc(");
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
    const bool declared = at > 1 && before_[at - 1] == '*' && is_c_word(before_[at - 2]);
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

namespace {

// The static function around a call, which no other file can call.
struct StaticFunction {
  std::string_view name;
  std::size_t begin = 0;  // of its name, where it is defined
  std::vector<std::string_view> parameters;
};

std::optional<StaticFunction> function_around(std::string_view file, const CCall& call) {
  // The function's head: what stands before the first brace since a brace closed at a line's begin.
  const auto ended = file.substr(0, call.begin).rfind("\n}");
  const auto start = ended == npos ? 0 : ended + 2;
  const auto body = file.find('{', start);
  if (body == npos || body >= call.begin || body - start > 4'000) return std::nullopt;
  const auto head = file.substr(start, body - start);
  const auto close = head.rfind(')');
  const auto open = close == npos ? npos : head.substr(0, close).rfind('(');
  if (open == npos || open == 0) return std::nullopt;
  const auto before_open = head.substr(0, open);
  std::size_t first = before_open.size();
  while (first > 0 && is_c_word(before_open[first - 1])) --first;
  StaticFunction function{.name = before_open.substr(first), .begin = start + first, .parameters = {}};
  const auto declaration = before_open.substr(0, first);
  const auto line = declaration.substr(declaration.find_last_of(";}#") + 1);
  bool hidden = false;
  each_place(line, "static", [&](std::size_t) { return !(hidden = true); });
  if (!hidden || function.name.empty()) return std::nullopt;
  for (const auto parameter : split(head.substr(open + 1, close - open - 1), ',')) {
    function.parameters.push_back(trim(parameter));
  }
  return function;
}

std::optional<std::size_t> place_of(const StaticFunction& function, std::string_view name) {
  const auto found = std::ranges::find_if(function.parameters, [&](std::string_view parameter) {
    return parameter.ends_with(name) && (parameter.size() == name.size() || !is_c_word(parameter[parameter.size() - name.size() - 1]));
  });
  if (name.empty() || found == function.parameters.end()) return std::nullopt;
  return static_cast<std::size_t>(found - function.parameters.begin());
}

// Is there a call of the function in the file, and does each fulfil the condition?
template <class Fulfils>
bool all_calls(std::string_view file, const StaticFunction& function, Fulfils fulfils) {
  bool all = true;
  std::size_t calls = 0;
  each_place(file, function.name, [&](std::size_t at) {
    if (at == function.begin) return true;
    const auto after = at + function.name.size();
    if (after >= file.size() || file[after] != '(') return all = false;  // its address is taken
    auto given = c_arguments(file, after + 1);
    if (given.arguments.empty()) return true;  // a comment speaks of it
    given.begin = at;
    const bool declares = !given.arguments.empty() && given.arguments.size() == function.parameters.size() &&
                          joined(given.arguments[0]).starts_with("const") && file.substr(given.end).starts_with(';');
    if (declares) return true;
    all = fulfils(given);
    return all && ++calls < 500;
  });
  return all && calls > 0;
}

}  // namespace

bool callers_give_literals(std::string_view file, const CCall& call, const CArgument& name, std::size_t most) {
  if (name.size() != 1 || name[0].kind != CToken::Kind::word) return false;
  const auto function = function_around(file, call);
  const auto place = function ? place_of(*function, name[0].text) : std::nullopt;
  return place && all_calls(file, *function, [&](const CCall& given) {
    const auto text = constant_text(given.argument(*place));
    return text && text->size() < most;
  });
}

bool callers_measure(std::string_view file, const CCall& call, const CArgument& to, const CArgument& from) {
  const auto function = function_around(file, call);
  const auto target = function ? place_of(*function, base_of(to)) : std::nullopt;
  const auto source = function ? place_of(*function, base_of(from)) : std::nullopt;
  return target && source && all_calls(file, *function, [&](const CCall& given) {
    return CSurroundings(file, given).looks_bounded(given.argument(*target), given.argument(*source));
  });
}

bool is_one_of_literals(std::string_view file, const CCall& call, const CArgument& from) {
  if (from.size() != 1 || from[0].kind != CToken::Kind::word) return false;
  const std::size_t least = call.begin < compared_window ? 0 : call.begin - compared_window;
  auto before = file.substr(least, call.begin - least);
  if (const auto end = before.rfind("\n}"); end != npos) before.remove_prefix(end + 2);
  const auto packed = without_space(before);
  const std::string comparison = "strcmp(" + std::string(from[0].text) + ",\"";
  const auto last = packed.rfind(comparison);
  if (last == npos || packed.find(comparison) == last) return false;
  // if (…) … else if (…) … else { return …; }
  const auto other = packed.find("}else{", last);
  if (other == npos || packed.find("if(", last + comparison.size()) < other) return false;
  const auto block = std::string_view(packed).substr(other + 6, packed.find('}', other + 6) - other - 6);
  return block.contains("return") || block.contains("abort(") || block.contains("goto ");
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
