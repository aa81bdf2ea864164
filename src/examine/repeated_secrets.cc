#include "examine/repeated_secrets.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "base/text.h"

namespace assay {

namespace {

// The digest is told last, behind a "#"; "" of what holds none.
std::string value_of(const Finding& finding) {
  const auto mark = finding.excerpt.rfind('#');
  if (finding.gate != "secrets" || mark == std::string::npos) return {};
  return finding.rule + finding.excerpt.substr(mark);
}

// What stands for the others comes first.
bool stands_before(const Finding& left, const Finding& right) {
  return std::tuple(!ships(left.role), right.severity, right.confidence, std::string_view(left.path),
                    left.line) < std::tuple(!ships(right.role), left.severity, left.confidence,
                                            std::string_view(right.path), right.line);
}

Finding merged(std::vector<Finding> same) {
  constexpr std::size_t most_named = 3;
  std::ranges::sort(same, stands_before);
  Finding first = std::move(same.front());
  std::set<std::string> others;
  for (const Finding& finding : same) {
    if (finding.path != first.path && !finding.path.empty()) others.insert(finding.path);
  }
  if (others.empty()) return first;
  std::vector<std::string> named;
  for (const std::string& path : others) {
    if (named.size() < most_named) named.push_back(shortened(printable(path), 80));
  }
  first.message += fmt::format(" (also in {}: {}{})", counted(others.size(), "other file"),
                               join(named, ", "), others.size() > most_named ? ", …" : "");
  return first;
}

}  // namespace

std::vector<Finding> without_repeated_secrets(std::vector<Finding> findings) {
  std::vector<Finding> kept;
  std::map<std::string, std::vector<Finding>> by_value;
  for (Finding& finding : findings) {
    std::string value = value_of(finding);
    if (value.empty()) {
      kept.push_back(std::move(finding));
    } else {
      by_value[std::move(value)].push_back(std::move(finding));
    }
  }
  for (auto& [value, same] : by_value) kept.push_back(merged(std::move(same)));
  return kept;
}

}  // namespace assay
