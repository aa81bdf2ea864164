#include "python/symbols.h"

#include <algorithm>

#include "base/text.h"

namespace assay {

namespace {

using python::NodeId;
using python::NodeKind;
using python::Syntax;

struct Place {
  std::uint32_t begin;  // of its name, which stands in the "def" or "class" line
  std::uint32_t end;
  std::string_view name;
};

struct Open {
  std::uint32_t end;
  std::uint32_t definition;
};

std::vector<Place> definitions_of(const Syntax& syntax) {
  std::vector<Place> definitions;
  for (NodeId id = 1; id < syntax.nodes().size(); ++id) {
    if (!syntax.is(id, NodeKind::function_def) && !syntax.is(id, NodeKind::class_def)) continue;
    const NodeId name = syntax.child_of(id, NodeKind::identifier);
    definitions.push_back({syntax[name].begin, syntax[id].end, syntax.text(name)});
  }
  std::ranges::sort(definitions, {}, &Place::begin);
  return definitions;
}

// Where something stands again after a definition's end, past comments and blank lines.
std::size_t next_code(std::string_view source, std::size_t at) {
  while (at < source.size()) {
    at = source.find_first_not_of(" \t\f\r\n", at);
    if (at == source.npos) break;
    if (source[at] != '#') return at;
    at = std::min(source.find_first_of("\r\n", at), source.size());
  }
  return source.size();
}

}  // namespace

SymbolIndex::SymbolIndex(const Syntax& syntax) {
  constexpr std::size_t longest = 200;  // a name that is longer is of no use to anybody
  const auto source = syntax.source();
  std::vector<Open> open;
  const auto innermost = [&] { return open.empty() ? none : open.back().definition; };
  const auto change_at = [&](std::size_t offset) { changes_.push_back({offset, innermost()}); };
  const auto close_before = [&](std::size_t offset) {
    while (!open.empty() && open.back().end <= offset) {
      const auto after = std::min(next_code(source, open.back().end), offset);
      while (!open.empty() && open.back().end <= after) open.pop_back();
      change_at(after);
    }
  };
  for (const Place& place : definitions_of(syntax)) {
    close_before(place.begin);
    definitions_.push_back({std::string(place.name.substr(0, longest)), innermost()});
    open.push_back({place.end, static_cast<std::uint32_t>(definitions_.size() - 1)});
    change_at(place.begin);
  }
  close_before(source.size());
}

std::string SymbolIndex::at(std::size_t line_end) const {
  constexpr std::size_t deepest = 50;
  const auto next = std::ranges::upper_bound(changes_, line_end, {}, &Change::offset);
  if (next == changes_.begin()) return "";
  std::vector<std::string> names;
  for (auto at = std::prev(next)->definition; at != none; at = definitions_[at].parent) {
    names.push_back(definitions_[at].name);
  }
  std::ranges::reverse(names);
  if (names.size() > deepest) names.resize(deepest);
  return join(names, ".");
}

}  // namespace assay
