#include "examine/gates/weaknesses/c_sizes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "base/text.h"
#include "examine/gates/weaknesses/c_format.h"
#include "examine/gates/weaknesses/c_words.h"

namespace assay {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr int most_names = 6;           // that stand for one another
constexpr std::size_t longest_declaration = 300;  // bytes before a name
constexpr std::array<std::string_view, 18> character_types{
    "char", "SQLCHAR", "TCHAR", "wchar_t", "WCHAR", "u_char", "uchar", "UCHAR", "uint8_t", "gchar",
    "CHAR", "_TCHAR", "xmlChar", "byte",   "BYTE",  "Char",   "SQLWCHAR", "OLECHAR"};

std::optional<long> number_of(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  if (hexadecimal) text.remove_prefix(2);
  while (!text.empty() && std::string_view("uUlL").contains(text.back())) text.remove_suffix(1);
  long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
  const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
  return whole && value >= 0 && value < (1L << 30) ? std::optional(value) : std::nullopt;
}

// "mode" of `im->mode`, "name" of `self.name` and of `&name[0]`; nothing of `name + 3`.
struct Place {
  std::string_view name;
  bool is_member = false;
};

std::optional<Place> place_of(CArgument tokens) {
  if (tokens.size() > 3 && tokens[0].text == "(" ) {  // a cast
    const auto close = std::ranges::find(tokens, ")", &CToken::text);
    const bool cast = close != tokens.end() && close + 1 != tokens.end() &&
                      std::all_of(tokens.begin() + 1, close, [](const CToken& token) {
                        return token.kind == CToken::Kind::word || token.text == "*";
                      });
    if (cast) tokens.erase(tokens.begin(), close + 1);
  }
  if (tokens.size() == 5 && tokens[0].text == "&" && tokens[2].text == "[" && tokens[3].text == "0") {
    tokens = {tokens[1]};
  }
  // A macro that leads to a member: GLOBAL(name).
  const bool macro = tokens.size() == 4 && is_constant_name({tokens[0]}) && tokens[1].text == "(" &&
                     tokens[2].kind == CToken::Kind::word && tokens[3].text == ")";
  if (macro) return Place{tokens[2].text, true};
  if (tokens.empty() || tokens.back().kind != CToken::Kind::word) return std::nullopt;
  const bool plain = std::ranges::all_of(tokens, [](const CToken& token) {
    return token.kind != CToken::Kind::string && std::string_view("-+*&?:,").find(token.text) == npos;
  });
  if (tokens.size() == 1) return Place{tokens[0].text, false};
  const auto before = tokens[tokens.size() - 2].text;
  const bool arrow = before == ">" && tokens.size() > 2 && tokens[tokens.size() - 3].text == "-";
  return arrow || (before == "." && plain) ? std::optional(Place{tokens.back().text, true}) : std::nullopt;
}

// Does the text before a name, from its statement's begin, declare characters?
bool declares_characters(std::string_view before) {
  before = before.substr(before.find_last_of(";{}(#") + 1);
  if (before.size() > longest_declaration || before.find_first_of("=)") != npos) return false;
  return std::ranges::any_of(character_types, [&](std::string_view type) {
    bool found = false;
    each_place(before, type, [&](std::size_t) { return !(found = true); });
    return found;
  });
}

}  // namespace

bool is_at_least(const CSize& room, const CSize& text) {
  return room.name == text.name && room.number >= text.number;
}

std::string_view CSizes::function() const {
  const auto before = file_.substr(0, call_.begin);
  const auto end = before.rfind("\n}");
  return end == npos ? before : before.substr(end + 2);
}

// Where it is declared more than once, all must agree.
std::optional<CSize> CSizes::declared(std::string_view text, std::string_view name, bool at_top) const {
  std::optional<CSize> size;
  bool certain = true;
  int looked_at = 0;
  each_place(text, name, [&](std::size_t at) {
    const auto after = trim(text.substr(at + name.size(), 120));
    const auto begin = at < longest_declaration ? 0 : at - longest_declaration;
    const auto before = text.substr(begin, at - begin);
    const auto line = before.substr(before.rfind('\n') + 1);
    const bool in_place = !at_top || (!line.empty() && line[0] != ' ' && line[0] != '\t');
    if (++looked_at > 2'000) return certain = false;
    if (!in_place || !declares_characters(before)) return true;
    const auto close = after.find(']');
    const auto value = after.starts_with('[') && close != npos ? value_of(after.substr(1, close - 1), most_names)
                                                               : std::nullopt;
    const bool table = close != npos && trim(after.substr(close + 1)).starts_with('[');
    certain = value && !table && (!size || *size == *value);
    size = value;
    return certain;
  });
  return certain ? size : std::nullopt;
}

std::optional<CSize> CSizes::value_of_name(std::string_view name, int depth) const {
  std::optional<CSize> value;
  bool certain = true;
  each_place(file_, name, [&](std::size_t at) {
    const auto line_begin = file_.rfind('\n', at);
    auto before = trim(file_.substr(line_begin == npos ? 0 : line_begin + 1, at - (line_begin == npos ? 0 : line_begin + 1)));
    if (!before.starts_with('#') || !trim(before.substr(1)).starts_with("define")) return true;
    if (trim(trim(before.substr(1)).substr(6)) != "") return true;
    const auto rest = file_.substr(at + name.size(), file_.find('\n', at) - at - name.size());
    const auto own = value_of(trim(rest.substr(0, std::min(rest.find("/*"), rest.find("//")))), depth - 1);
    certain = own && (!value || *value == *own);
    value = own;
    return certain;
  });
  if (!certain) return std::nullopt;
  return value ? value : CSize{std::string(name), 0};
}

// Sums and products of numbers, and at most one name that is not known.
std::optional<CSize> CSizes::value_of(std::string_view expression, int depth) const {
  if (depth == 0 || expression.empty() || expression.size() > 100) return std::nullopt;
  expression = trim(expression);
  while (expression.starts_with('(') && expression.ends_with(')') &&
         expression.substr(1).find('(') == npos) {
    expression = trim(expression.substr(1, expression.size() - 2));
  }
  CSize sum;
  for (const auto term : split(expression, '+')) {
    long product = 1;
    std::string name;
    for (const auto factor : split(term, '*')) {
      const auto text = trim(factor);
      if (const auto number = number_of(text)) {
        product *= *number;
        continue;
      }
      if (text.empty() || !std::ranges::all_of(text, is_c_word)) return std::nullopt;
      const auto value = value_of_name(text, depth);
      if (!value) return std::nullopt;
      if (value->name.empty()) {
        product *= value->number;
      } else if (name.empty() && split(term, '*').size() == 1) {
        name = value->name;
        sum.number += value->number - 1;
      } else {
        return std::nullopt;
      }
    }
    if (!name.empty() && !sum.name.empty()) return std::nullopt;
    if (!name.empty()) sum.name = name;
    sum.number += product;
    if (product > (1L << 30)) return std::nullopt;
  }
  return sum;
}

std::optional<CSize> CSizes::bounded(std::string_view name) const {
  for (const std::string& entry : bounded_) {
    if (entry.size() > name.size() + 1 && entry.starts_with(name) && entry[name.size()] == ' ') {
      return CSize{"", number_of(std::string_view(entry).substr(name.size() + 1)).value_or(0)};
    }
  }
  return std::nullopt;
}

std::optional<CSize> CSizes::room_of(const CArgument& to) const {
  const auto place = place_of(to);
  if (!place) return std::nullopt;
  if (place->is_member) return declared(file_, place->name, false);
  if (auto own = declared(function(), place->name, false)) return own;
  // What the function declares otherwise, as a parameter say, is none of the file's.
  bool own = false;
  each_place(function(), place->name, [&](std::size_t at) {
    const auto before = function().substr(0, at);
    own = before.ends_with('*') || before.ends_with("* ") || declares_characters(before.substr(before.find_last_of(",(") + 1));
    return !own;
  });
  return own ? std::nullopt : declared(file_, place->name, true);
}

// memset(place, 0, size): what clears a buffer knows its size. All that clear it must agree.
std::optional<CSize> CSizes::cleared(std::string_view name) const {
  std::optional<CSize> size;
  bool certain = true;
  each_place(file_, "memset", [&](std::size_t at) {
    const auto open = file_.find('(', at);
    if (open == npos) return false;
    const auto call = c_arguments(file_, open + 1, 200);
    const auto place = place_of(call.argument(0));
    if (!place || place->name != name || joined(call.argument(1)) != "0") return true;
    const auto own = value_of(joined(call.argument(2)), most_names);
    certain = own && (!size || *size == *own);
    size = own;
    return certain;
  });
  return certain ? size : std::nullopt;
}

std::optional<CSize> CSizes::longest(const CArgument& from) const {
  if (const auto text = constant_text(from)) return CSize{"", static_cast<long>(text->size())};
  if (from.size() > 2 && from[1].text == "(" && from.back().text == ")") {
    if (const auto size = bounded(from[0].text)) return size;
  }
  const auto place = place_of(from);
  auto size = room_of(from);
  if (size) --size->number;
  // Room for the end may have been left out where it was cleared.
  if (!size && place && place->is_member) size = cleared(place->name);
  if (size) return size;
  return place && place->is_member ? bounded(place->name) : std::nullopt;
}

std::optional<CSize> CSizes::written(const CArgument& format, std::span<const CArgument* const> given) const {
  const auto text = constant_text(format);
  const bool composed = std::ranges::any_of(format, [](const CToken& token) { return token.kind != CToken::Kind::string; });
  if (!text || composed) return std::nullopt;
  CSize sum{"", static_cast<long>(text->size())};
  std::size_t place = 0;
  for (const Directive& directive : directives(*text)) {
    const bool is_text = directive.conversion == 's' || directive.conversion == 'S';
    if (directive.skipped || (is_text && directive.wide)) return std::nullopt;
    auto most = longest_number(directive);
    if (is_text && directive.precision) most = directive.precision_value;
    if (is_text && !directive.precision) {
      const auto source = place < given.size() ? longest(*given[place]) : std::nullopt;
      if (!source || (!source->name.empty() && !sum.name.empty())) return std::nullopt;
      if (!source->name.empty()) sum.name = source->name;
      most = source->number;
    }
    if (!most) return std::nullopt;
    sum.number += std::max(*most, directive.width_value) - static_cast<long>(directive.length);
    ++place;
  }
  return sum;
}

}  // namespace assay
