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

struct Placed {
  Version version;
  const Event* event;
};

// By version, without limits.
std::vector<Placed> sorted(const std::vector<Event>& events) {
  std::vector<Placed> placed;
  placed.reserve(events.size());
  for (const auto& event : events) {
    if (event.kind == Kind::limit) continue;
    if (auto version = Version::parse(event.version)) placed.push_back({*std::move(version), &event});
  }
  std::ranges::stable_sort(placed, {}, &Placed::version);
  return placed;
}

// What bounds every stretch: the highest limit, nothing where there is none or one of "*".
std::optional<Version> limit_of(const std::vector<Event>& events) {
  std::optional<Version> highest;
  for (const auto& event : events) {
    if (event.kind != Kind::limit) continue;
    auto version = Version::parse(event.version);
    if (!version) return std::nullopt;
    if (!highest || *version > *highest) highest = *std::move(version);
  }
  return highest;
}

// "" stands for the beginning of all versions.
std::string stretch(const std::string& from, const std::string& to) {
  if (from.empty() && to.empty()) return "every version";
  if (from.empty()) return to;
  return to.empty() ? ">=" + from : fmt::format(">={},{}", from, to);
}

void add_stretches(const std::vector<Event>& events, std::vector<std::string>& words) {
  const auto limit = limit_of(events);
  const auto bound = limit ? "<" + limit->str() : std::string();
  std::optional<std::string> from;
  for (const auto& [version, event] : sorted(events)) {
    if (limit && version >= *limit) break;
    if (event->kind == Kind::introduced && !from) from = event->version == "0" ? "" : printable(event->version);
    if (event->kind == Kind::introduced || !from) continue;
    words.push_back(stretch(*from, (event->kind == Kind::last_affected ? "<=" : "<") + printable(event->version)));
    from.reset();
  }
  if (from) words.push_back(stretch(*from, bound));
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
