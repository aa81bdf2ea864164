#include "evidence/affected_versions.h"

#include <algorithm>

// The schema's own algorithm: https://ossf.github.io/osv-schema/#evaluation
namespace assay {

namespace {

using Event = Advisory::Event;
using Kind = Advisory::Event::Kind;
using Milestone = AffectedVersions::Milestone;

bool at_or_after(const Version& version, const Milestone& milestone) {
  return !milestone.version || version >= *milestone.version;
}

bool is_before(const Milestone& left, const Milestone& right) {
  if (!left.version || !right.version) return !left.version && right.version;
  return *left.version < *right.version;
}

std::vector<Milestone> milestones_of(const std::vector<Event>& events) {
  std::vector<Milestone> milestones;
  for (const Event& event : events) {
    const bool unbounded = (event.kind == Kind::introduced && event.version == "0") ||
                           (event.kind == Kind::limit && event.version == "*");
    auto version = Version::parse(event.version);
    if (unbounded) {
      milestones.push_back({event.kind, std::nullopt});
    } else if (version) {
      milestones.push_back({event.kind, *std::move(version)});
    }
  }
  return milestones;
}

bool before_any(const std::vector<Milestone>& limits, const Version& version) {
  return limits.empty() || std::ranges::any_of(limits, [&](const Milestone& limit) {
    return !limit.version || version < *limit.version;
  });
}

// Is `version` affected once the events of one version, in the record's order, have happened? The
// schema leaves their order open. Inside an affected stretch its end comes first, so that "fixed 2.0"
// and "introduced 2.0" join two stretches wherever they stand. Outside one the last has its way:
// "introduced 2.0, fixed 2.0" is empty, "fixed 2.0, introduced 2.0" begins one.
bool state_after(std::span<const Milestone> same_version, const Version& version, bool affected) {
  bool begins = false;
  bool ends = false;
  bool last_begins = false;
  for (const Milestone& milestone : same_version) {
    last_begins = milestone.kind == Kind::introduced;
    begins = begins || last_begins;
    ends = ends || milestone.kind == Kind::fixed ||
           (milestone.kind == Kind::last_affected && version > *milestone.version);
  }
  if (begins && ends) return affected || last_begins;
  return begins || (affected && !ends);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// False where the numbers of the release that the text begins with are sure to be others.
bool may_be(std::string_view text, const Version& version) {
  if (text.contains('!')) return true;  // an epoch
  const auto& release = version.release();
  std::size_t part = 0;
  for (auto at = static_cast<std::size_t>(std::ranges::find_if(text, is_digit) - text.begin()); at < text.size(); ++part) {
    std::size_t end = at;
    while (end < text.size() && is_digit(text[end])) ++end;
    while (at + 1 < end && text[at] == '0') ++at;
    if (text.substr(at, end - at) != (part < release.size() ? std::string_view(release[part]) : "0")) return false;
    const bool goes_on = end + 1 < text.size() && text[end] == '.' && is_digit(text[end + 1]);
    at = goes_on ? end + 1 : text.size();
  }
  return std::all_of(release.begin() + static_cast<std::ptrdiff_t>(std::min(part, release.size())), release.end(),
                     [](const auto& number) { return number == "0"; });
}

bool is_written(std::string_view text, const Version& version) {
  if (!may_be(text, version)) return false;
  const auto read = Version::parse(text);
  return read && *read == version;
}

}  // namespace

AffectedVersions::AffectedVersions(const Advisory& advisory, const Name& name) {
  for (const auto& entry : advisory.affected) {
    if (entry.name != name) continue;
    listed_.insert(listed_.end(), entry.versions.begin(), entry.versions.end());
    for (const auto& events : entry.ranges) {
      Range& range = ranges_.emplace_back();
      range.milestones = milestones_of(events);
      const auto is_limit = [](const Milestone& one) { return one.kind == Kind::limit; };
      std::ranges::copy_if(range.milestones, std::back_inserter(range.limits), is_limit);
      std::erase_if(range.milestones, is_limit);
      std::ranges::stable_sort(range.milestones, is_before);
    }
  }
}

bool AffectedVersions::Range::contains(const Version& version) const {
  if (!before_any(limits, version)) return false;
  bool affected = false;
  for (std::size_t i = 0; i < milestones.size() && at_or_after(version, milestones[i]);) {
    std::size_t end = i + 1;
    while (end < milestones.size() && !is_before(milestones[i], milestones[end])) ++end;
    affected = state_after(std::span(milestones).subspan(i, end - i), version, affected);
    i = end;
  }
  return affected;
}

bool AffectedVersions::contains(const Version& version) const {
  return std::ranges::any_of(ranges_, [&](const Range& range) { return range.contains(version); }) ||
         std::ranges::any_of(listed_, [&](std::string_view text) { return is_written(text, version); });
}

const Version* AffectedVersions::fixed_after(const Version& version) const {
  const Version* lowest = nullptr;
  for (const Range& range : ranges_) {
    for (const auto& [kind, told] : range.milestones) {
      if (kind != Kind::fixed || !told || *told <= version) continue;
      if (lowest == nullptr || *told < *lowest) lowest = &*told;
      break;  // they are sorted
    }
  }
  return lowest;
}

std::vector<Milestone> AffectedVersions::milestones() const {
  std::vector<Milestone> all;
  for (const Range& range : ranges_) {
    all.insert(all.end(), range.milestones.begin(), range.milestones.end());
    all.insert(all.end(), range.limits.begin(), range.limits.end());
  }
  return all;
}

}  // namespace assay
