#include "evidence/affected_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.h"

namespace assay {

namespace {

using Event = Advisory::Event;
using Kind = Advisory::Event::Kind;

bool is_before(const Event& left, const Event& right) {
  const auto one = Version::parse(left.version);
  const auto other = Version::parse(right.version);
  return one && other && *one < *other;
}

// "" stands for the beginning of all versions.
std::string stretch(const std::string& from, const std::string& to) {
  if (from.empty() && to.empty()) return "every version";
  if (from.empty()) return to;
  return to.empty() ? ">=" + from : fmt::format(">={},{}", from, to);
}

void add_stretches(std::vector<Event> events, std::vector<std::string>& words) {
  std::ranges::stable_sort(events, is_before);
  std::optional<std::string> from;
  for (const auto& event : events) {
    if (event.kind == Kind::introduced && !from) from = event.version == "0" ? "" : printable(event.version);
    if (event.kind == Kind::introduced || !from || event.version == "*") continue;
    words.push_back(stretch(*from, (event.kind == Kind::last_affected ? "<=" : "<") + printable(event.version)));
    if (event.kind != Kind::limit) from.reset();
  }
  if (from) words.push_back(stretch(*from, ""));
}

}  // namespace

std::string affected_words(const Advisory& advisory, const Name& name) {
  constexpr std::size_t most_listed = 5;
  std::vector<std::string> words;
  std::vector<std::string> listed;
  for (const auto& entry : advisory.affected) {
    if (entry.name != name) continue;
    for (const auto& range : entry.ranges) add_stretches(range, words);
    listed.insert(listed.end(), entry.versions.begin(), entry.versions.end());
  }
  if (words.empty() && listed.size() > most_listed) return fmt::format("{} versions that it lists", listed.size());
  if (words.empty()) return printable(join(listed, ", "));
  std::set<std::string> seen;
  std::erase_if(words, [&](const std::string& one) { return !seen.insert(one).second; });
  return join(words, " or ");
}

}  // namespace assay
