#include "resolve/demand.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace assay {

std::string in_words(const Demand& demand) {
  constexpr std::size_t longest = 200;
  const auto requirement = printable(demand.requirement->str().substr(0, longest));
  if (demand.constraint) return requirement + " (a constraint)";
  if (!demand.by) return requirement + " (asked for directly)";
  return fmt::format("{} (required by {})", requirement, demand.asker);
}

std::string in_words(const Demands& demands) {
  constexpr std::size_t most = 6;
  std::vector<std::string> words;
  for (const auto* demand : demands) {
    if (words.size() == most) {
      words.push_back(fmt::format("{} more", demands.size() - most));
      break;
    }
    words.push_back(in_words(*demand));
  }
  return join(words, " and ");
}

bool is_pin(const Demand& demand) {
  return std::ranges::any_of(demand.requirement->specifier.clauses(), [](const auto& clause) {
    return clause.op() == "===" || (clause.op() == "==" && !clause.version_text().ends_with(".*"));
  });
}

bool any_pin(const Demands& demands) {
  return std::ranges::any_of(demands, [](const Demand* demand) { return is_pin(*demand); });
}

}  // namespace assay
