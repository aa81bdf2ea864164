#include "python/symbols.h"

#include <algorithm>

#include "python/tokens.h"

namespace assay {

namespace {

struct Definition {
  std::size_t column;
  std::string name;
};

std::string qualified(const std::vector<Definition>& open) {
  std::string name;
  for (const auto& definition : open) name += (name.empty() ? "" : ".") + definition.name;
  return name;
}

}  // namespace

SymbolIndex::SymbolIndex(std::string_view source) {
  constexpr std::size_t deepest = 50;  // beyond it a name is of no use to anybody
  TokenReader tokens(source);
  std::vector<Definition> open;
  bool statement_begins = true;
  std::size_t column = 0;
  std::uint32_t line = 0;
  bool name_follows = false;
  bool after_async = false;
  while (const auto token = tokens.next()) {
    if (token->kind == Token::Kind::line_end) {
      statement_begins = true;
      name_follows = false;
      continue;
    }
    if (name_follows) {
      if (token->kind == Token::Kind::word && open.size() < deepest) {
        open.push_back({column, std::string(token->text)});
        changes_.push_back({line, qualified(open)});
      }
      name_follows = false;
    }
    if (statement_begins) {
      line = token->line;
      column = tokens.indentation();
      const auto before = open.size();
      while (!open.empty() && open.back().column >= column) open.pop_back();
      if (open.size() != before) changes_.push_back({line, qualified(open)});
    }
    const bool definition = token->text == "def" || token->text == "class";
    name_follows = definition && (statement_begins || after_async);
    after_async = statement_begins && token->text == "async";
    statement_begins = false;
  }
}

std::string SymbolIndex::at(std::uint32_t line) const {
  const auto next = std::ranges::upper_bound(changes_, line, {}, &Change::line);
  return next == changes_.begin() ? "" : std::prev(next)->symbol;
}

}  // namespace assay
