#include "evidence/advisory.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ranges>

// The schema's own algorithm: https://ossf.github.io/osv-schema/#evaluation
namespace assay {

namespace {

using Event = Advisory::Event;
using Kind = Advisory::Event::Kind;

// An event with its version read; no version stands for "0", which is before every other, and for
// a limit of "*", which is behind every other.
struct Milestone {
  Kind kind;
  std::optional<Version> version;
};

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

bool before_limits(const std::vector<Milestone>& milestones, const Version& version) {
  bool limited = false;
  for (const Milestone& milestone : milestones) {
    if (milestone.kind != Kind::limit) continue;
    if (!milestone.version || version < *milestone.version) return true;
    limited = true;
  }
  return !limited;
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

bool in_range(const std::vector<Event>& events, const Version& version) {
  auto milestones = milestones_of(events);
  if (!before_limits(milestones, version)) return false;
  std::erase_if(milestones, [](const Milestone& one) { return one.kind == Kind::limit; });
  std::ranges::stable_sort(milestones, is_before);
  bool affected = false;
  for (std::size_t i = 0; i < milestones.size() && at_or_after(version, milestones[i]);) {
    std::size_t end = i + 1;
    while (end < milestones.size() && !is_before(milestones[i], milestones[end])) ++end;
    affected = state_after(std::span(milestones).subspan(i, end - i), version, affected);
    i = end;
  }
  return affected;
}

bool enumerates(const std::vector<std::string>& versions, const Version& version) {
  return std::ranges::any_of(versions, [&](const std::string& text) {
    const auto listed = Version::parse(text);
    return listed && *listed == version;
  });
}

Json severities_to_json(const std::vector<std::string>& vectors) {
  Json list = Json::array();
  for (const auto& vector : vectors) {
    const char* type = vector.starts_with("CVSS:4")   ? "CVSS_V4"
                       : vector.starts_with("CVSS:3") ? "CVSS_V3"
                                                      : "CVSS_V2";
    list.push_back({{"type", type}, {"score", vector}});
  }
  return list;
}

const char* name_of(Kind kind) {
  switch (kind) {
    case Kind::introduced: return "introduced";
    case Kind::fixed: return "fixed";
    case Kind::last_affected: return "last_affected";
    case Kind::limit: return "limit";
  }
  return "";
}

Json to_json(const Advisory::Affected& affected) {
  Json ranges = Json::array();
  for (const auto& range : affected.ranges) {
    Json events = Json::array();
    for (const Event& event : range) events.push_back({{name_of(event.kind), event.version}});
    ranges.push_back({{"type", "ECOSYSTEM"}, {"events", std::move(events)}});
  }
  Json json{{"package", {{"ecosystem", "PyPI"}, {"name", affected.name.str()}}}};
  if (!affected.versions.empty()) json["versions"] = affected.versions;
  if (!ranges.empty()) json["ranges"] = std::move(ranges);
  if (!affected.severity.empty()) json["severity"] = severities_to_json(affected.severity);
  return json;
}

}  // namespace

bool Advisory::affects(const Name& name, const Version& version) const {
  if (withdrawn) return false;
  return std::ranges::any_of(affected, [&](const Affected& entry) {
    return entry.name == name && (enumerates(entry.versions, version) ||
                                  std::ranges::any_of(entry.ranges, [&](const auto& range) {
                                    return in_range(range, version);
                                  }));
  });
}

std::string Advisory::fixed_after(const Name& name, const Version& version) const {
  std::optional<Version> lowest;
  for (const Affected& entry : affected) {
    if (entry.name != name) continue;
    for (const Event& event : entry.ranges | std::views::join) {
      const auto fixed = Version::parse(event.version);
      if (event.kind != Kind::fixed || !fixed || *fixed <= version) continue;
      if (!lowest || *fixed < *lowest) lowest = *fixed;
    }
  }
  return lowest ? lowest->str() : "";
}

Json to_json(const Advisory& advisory) {
  Json json{{"schema_version", "1.7.0"}, {"id", advisory.id}};
  if (!advisory.aliases.empty()) json["aliases"] = advisory.aliases;
  if (!advisory.summary.empty()) json["summary"] = advisory.summary;
  if (advisory.published) json["published"] = format_time(*advisory.published);
  if (advisory.modified) json["modified"] = format_time(*advisory.modified);
  // When it was withdrawn is not kept; it was so at its last change.
  if (advisory.withdrawn) json["withdrawn"] = format_time(advisory.modified.value_or(Time{}));
  if (!advisory.severity.empty()) json["severity"] = severities_to_json(advisory.severity);
  if (!advisory.cwe.empty()) json["database_specific"] = {{"cwe_ids", advisory.cwe}};
  for (const auto& url : advisory.references) {
    json["references"].push_back({{"type", "WEB"}, {"url", url}});
  }
  for (const auto& affected : advisory.affected) json["affected"].push_back(to_json(affected));
  return json;
}

}  // namespace assay
