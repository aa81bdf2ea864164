#include "examine/gates/weaknesses/c_format.h"

#include <algorithm>

namespace assay {

std::vector<Directive> directives(std::string_view format) {
  constexpr auto npos = std::string_view::npos;
  constexpr long most = 1L << 30;
  std::vector<Directive> found;
  for (std::size_t i = format.find('%'); i != npos; i = format.find('%', i)) {
    const auto begin = i;
    Directive directive;
    for (++i; i < format.size(); ++i) {
      const char c = format[i];
      if (c == '.') directive.precision = true;
      else if (c >= '1' && c <= '9' && !directive.precision) directive.width = true;
      else if (c == '*') directive.skipped = true;
      else if (c == 'm') directive.allocated = true;
      else if (!std::string_view("0123456789#- +'hlLqjzt$wI").contains(c)) break;
      directive.wide = directive.wide || std::string_view("lLqjztwI").contains(c);
      if (c < '0' || c > '9') continue;
      auto& value = directive.precision ? directive.precision_value : directive.width_value;
      value = std::min(most, value * 10 + (c - '0'));
    }
    if (i == format.size()) break;
    directive.conversion = format[i++];
    directive.length = i - begin;
    if (directive.conversion != '%') found.push_back(directive);
  }
  return found;
}

std::optional<long> longest_number(const Directive& directive) {
  constexpr long beside = 2;  // a sign, or "0x"
  const auto digits = [&]() -> std::optional<long> {
    switch (directive.conversion) {
      case 'd':
      case 'i':
      case 'u': return directive.wide ? 20 : 10;
      case 'x':
      case 'X': return directive.wide ? 16 : 8;
      case 'o': return directive.wide ? 22 : 11;
      case 'c': return directive.wide ? std::nullopt : std::optional(1L);
      case 'p': return 16;
      case 'e':
      case 'E':
      case 'g':
      case 'G': return 16 + directive.precision_value;
      default: return std::nullopt;
    }
  }();
  if (!digits) return std::nullopt;
  return std::max(*digits, directive.precision_value) + (directive.conversion == 'c' ? 0 : beside);
}

}  // namespace assay
