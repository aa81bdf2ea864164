#include "examine/reach/surface_changes.h"

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace assay {

namespace {

using Places = std::vector<CapabilityPlace>;

std::string exact_key(const CapabilityPlace& place) {
  return place.path + '\n' + place.symbol + '\n' + place.what;
}

std::string moved_key(const CapabilityPlace& place) { return place.symbol + '\n' + place.what; }

// Takes away what stands in both, one for one.
void take_away(Places& left, Places& right, const std::function<std::string(const CapabilityPlace&)>& key) {
  std::map<std::string, std::size_t> have;
  for (const auto& place : left) ++have[key(place)];
  std::map<std::string, std::size_t> both;
  std::erase_if(right, [&](const CapabilityPlace& place) {
    const auto known = have.find(key(place));
    if (known == have.end() || known->second == 0) return false;
    --known->second;
    ++both[key(place)];
    return true;
  });
  std::erase_if(left, [&](const CapabilityPlace& place) {
    const auto known = both.find(key(place));
    if (known == both.end() || known->second == 0) return false;
    --known->second;
    return true;
  });
}

Places places_of(const PackageSurfaces& found, Capability capability) {
  const auto own = std::ranges::find(found.capabilities, capability, &CapabilityUse::capability);
  return own == found.capabilities.end() ? Places() : own->places;
}

Json json_of(const Places& places) {
  Json list = Json::array();
  for (const auto& place : places) {
    list.push_back({{"path", place.path},
                    {"line", place.line},
                    {"what", place.what},
                    {"symbol", place.symbol},
                    {"chain", place.chain}});
  }
  return list;
}

void tell(std::string& text, std::string_view mark, const Places& places, std::size_t most) {
  for (std::size_t i = 0; i < places.size() && i < most; ++i) {
    text += fmt::format("  {}{}\n", mark, words_of(places[i]));
  }
  if (places.size() > most) text += fmt::format("  {}and {} more\n", mark, places.size() - most);
}

}  // namespace

std::vector<CapabilityChange> surface_changes(const PackageSurfaces& old_release,
                                              const PackageSurfaces& new_release) {
  std::vector<CapabilityChange> changes;
  for (const auto& word : capabilities()) {
    const auto capability = *parse_capability(word);
    auto lost = places_of(old_release, capability);
    auto gained = places_of(new_release, capability);
    CapabilityChange change{capability, !lost.empty(), !gained.empty(), {}, {}};
    take_away(lost, gained, exact_key);
    take_away(lost, gained, moved_key);
    if (lost.empty() && gained.empty()) continue;
    change.gained = std::move(gained);
    change.lost = std::move(lost);
    changes.push_back(std::move(change));
  }
  std::ranges::stable_sort(changes, {}, [](const CapabilityChange& change) {
    return std::tuple(change.was, change.gained.empty());
  });
  return changes;
}

std::string words_of(const std::vector<CapabilityChange>& changes, std::size_t most) {
  if (changes.empty()) return "Nothing that it can do has changed.\n";
  std::string text;
  for (const auto& change : changes) {
    const auto name = to_string(change.capability);
    if (!change.was) {
      text += fmt::format("new: {}\n", name);
    } else if (!change.is) {
      text += fmt::format("gone: {}\n", name);
    } else {
      text += fmt::format("changed: {} ({} more, {} fewer)\n", name, change.gained.size(), change.lost.size());
    }
    tell(text, "+ ", change.gained, most);
    tell(text, "- ", change.lost, most);
  }
  return text;
}

std::string words_of(const PackageSurfaces& found, std::size_t most) {
  if (found.capabilities.empty()) return "Nothing that the table knows of.\n";
  std::string text;
  for (const auto& use : found.capabilities) {
    text += fmt::format("{} ({})\n", to_string(use.capability), counted(use.count, "place"));
    tell(text, "", use.places, most);
  }
  return text;
}

Json to_json(const std::vector<CapabilityChange>& changes) {
  Json list = Json::array();
  for (const auto& change : changes) {
    list.push_back({{"capability", to_string(change.capability)},
                    {"new", !change.was},
                    {"gone", !change.is},
                    {"gained", json_of(change.gained)},
                    {"lost", json_of(change.lost)}});
  }
  return list;
}

}  // namespace assay
