#include <algorithm>
#include <map>
#include <unordered_map>

#include "advisories/vulnerability.h"

namespace assay {

namespace {

using Side = FreeVersion::Side;
using Kind = Advisory::Event::Kind;

// What lies next to a version: nothing that anybody publishes is between.
std::optional<Version> just_above(const Version& version) {
  const auto above = Version::parse(version.public_version() + "+above");
  return above ? std::optional(*above) : std::nullopt;
}

std::optional<Version> just_below(const Version& version) {
  if (version.is_devrelease()) return std::nullopt;
  const auto below = Version::parse(version.public_version() + ".dev0");
  return below ? std::optional(*below) : std::nullopt;
}

// What records tell of on either side of a version, each by a version that stands for it.
struct Candidates {
  explicit Candidates(const Version& version) : from(version), upstream(upstream_of(version).value_or(version)) {}

  void add(const AffectedVersions& affected) {
    const Version* last = nullptr;
    for (const auto text : affected.listed()) {
      const auto& read = read_once(text);
      if (!read) continue;
      if (last == nullptr || *read > *last) last = &*read;
    }
    if (last != nullptr) add_behind(*last);
    for (const auto& [kind, told] : affected.milestones()) {
      if (!told) continue;
      if (kind == Kind::fixed || kind == Kind::limit) add_version(*told);
      if (kind == Kind::last_affected) add_behind(*told);
      if (kind == Kind::introduced && *told <= from) add(below, just_below(*told), {Side::below, *told});
    }
  }

  const Version& from;
  Version upstream;
  std::map<Version, FreeVersion> above, below;

 private:
  // Records repeat each other's lists.
  const std::optional<Version>& read_once(std::string_view text) {
    const auto [place, is_new] = read_.try_emplace(text);
    if (!is_new) return place->second;
    if (auto version = Version::parse(text)) place->second = *std::move(version);
    if (place->second) add_version(*place->second);
    return place->second;
  }
  void add_version(const Version& told) {
    if (told > from && (!told.is_prerelease() || from.is_prerelease())) add(above, told, {Side::exactly, told});
  }
  void add_behind(const Version& last) {
    if (last >= upstream) add(above, just_above(last), {Side::above, last});
  }
  static void add(std::map<Version, FreeVersion>& side, const std::optional<Version>& stands_for, FreeVersion told) {
    if (stands_for) side.try_emplace(*stands_for, std::move(told));
  }

  std::unordered_map<std::string_view, std::optional<Version>> read_;
};

}  // namespace

std::string in_words(const FreeVersion& free) {
  switch (free.side) {
    case Side::exactly: return free.version.str();
    case Side::above: return "above " + free.version.str();
    case Side::below: return "below " + free.version.str();
  }
  return "";
}

std::vector<FreeVersion> PackageFlaws::free_versions(const Version& version, const std::set<std::string>& ids,
                                                     const IsEnough& is_enough) const {
  Candidates candidates(version);
  std::vector<const AffectedVersions*> counting;
  for (const Flaw& flaw : flaws_) {
    const bool counts = ids.contains(representative(flaw.records).id);
    for (const auto& affected : flaw.affected) {
      candidates.add(affected);
      if (counts) counting.push_back(&affected);
    }
  }
  const auto is_free = [&](const auto& candidate) {
    const auto found = std::ranges::find_if(counting, [&](const auto* affected) {
      return affected->contains(candidate.first);
    });
    if (found == counting.end()) return true;
    std::iter_swap(counting.begin(), found);  // what affects a version mostly affects the next one
    return false;
  };
  std::vector<FreeVersion> free;
  for (const auto& candidate : candidates.above) {
    if (!is_free(candidate)) continue;
    free.push_back(candidate.second);
    if (is_enough(candidate.second)) return free;
  }
  if (!free.empty()) return free;
  const auto highest = std::find_if(candidates.below.rbegin(), candidates.below.rend(), is_free);
  if (highest != candidates.below.rend()) free.push_back(highest->second);
  return free;
}

}  // namespace assay
