#include "examine/gates/weaknesses/cython_calls.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "examine/finding_at.h"
#include "examine/gates/weaknesses/c_call.h"

namespace assay {

namespace {

constexpr auto npos = std::string_view::npos;

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

// "pickle.loads" that the parenthesis at `open` - 1 calls, with what it stands in: `self.pickle.loads`
// is another's.
std::string_view dotted_name(std::string_view text, std::size_t open) {
  std::size_t begin = open - 1;
  while (begin > 0 && open - begin < 100 && is_name(text[begin - 1])) --begin;
  return text.substr(begin, open - 1 - begin);
}

// A definition has the name after its type or keyword.
bool is_defined(std::string_view text, std::size_t begin) {
  const std::size_t least = begin < 200 ? 0 : begin - 200;
  auto line = text.substr(least, begin - least);
  line = trim(line.substr(line.rfind('\n') == npos ? 0 : line.rfind('\n') + 1));
  return line.starts_with("def ") || line == "def" || line.starts_with("cdef ") || line.starts_with("cpdef ");
}

struct Entry {
  std::string_view parameters;
  std::vector<std::string> aliases;
  std::string_view note;
};

std::optional<Entry> entry_of(const Rule& rule, std::string_view name) {
  for (const std::string& written : rule.list("functions")) {
    if (!written.starts_with(name) || written[name.size()] != '(') continue;
    const std::string_view rest = std::string_view(written).substr(name.size() + 1);
    const auto close = rest.find(')');
    const auto colon = rest.find(": ");
    if (close == npos || colon == npos || colon < close) continue;
    Entry entry{rest.substr(0, close), {}, rest.substr(colon + 2)};
    for (const auto alias : split(trim(rest.substr(close + 1, colon - close - 1)), ' ')) {
      if (!alias.empty()) entry.aliases.emplace_back(alias);
    }
    return entry;
  }
  return std::nullopt;
}

bool is_harmless(const Entry& entry, const std::vector<CArgument>& arguments) {
  if (arguments.empty()) return true;
  const auto any = [&](std::string_view part) {
    return std::ranges::any_of(arguments, [&](const CArgument& a) { return joined(a).contains(part); });
  };
  if (entry.parameters.contains("shell") && !any("shell=True")) return true;
  if (entry.parameters.contains("loader") && any("Safe")) return true;
  if (joined(arguments[0]).contains("dumps(")) return true;  // a copy of its own object
  const bool filled_in = std::ranges::any_of(arguments[0], [](const CToken& token) {
    return token.kind == CToken::Kind::string &&
           lower(token.text.substr(0, token.text.find_first_of("\"'"))).contains('f');
  });
  return !filled_in && constant_text(arguments[0]).has_value();
}

}  // namespace

void check_cython_calls(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                        std::vector<Finding>& findings) {
  if (!file.path.ends_with(".pyx") && !file.path.ends_with(".pxi")) return;
  for (const Hit& hit : hits) {
    if (file.pieces().at(hit.end - 1).kind != SourcePiece::Kind::code) continue;
    const auto name = dotted_name(file.bytes, hit.end);
    const std::size_t begin = hit.end - 1 - name.size();
    const auto entry = entry_of(rule, name);
    if (!entry || is_defined(file.bytes, begin)) continue;
    const auto call = c_arguments(file.bytes, hit.end);
    if (is_harmless(*entry, call.arguments)) continue;
    auto finding = finding_at(rule.about, file, begin, call.end, fmt::format("{}() {}", name, entry->note));
    finding.aliases = entry->aliases;
    findings.push_back(std::move(finding));
  }
}

}  // namespace assay
