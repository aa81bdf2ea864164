#include "evidence/advisory.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "evidence/affected_versions.h"

namespace assay {

namespace {

using Event = Advisory::Event;
using Kind = Advisory::Event::Kind;

// The union of what "introduced" and "last_affected" name is affected; what "fixed" and "limit" name is
// not. Between them lies what only the repository's history tells.
Advisory::OfCommit of_commit_in(const std::vector<Event>& range, std::string_view id) {
  using OfCommit = Advisory::OfCommit;
  const bool all = std::ranges::all_of(range, [](const Event& one) {
    return one.kind == Kind::introduced && one.version == "0";
  });
  if (all) return OfCommit::affected;
  const auto names = [&](std::initializer_list<Kind> kinds) {
    return std::ranges::any_of(range, [&](const Event& one) {
      return one.version == id && std::ranges::find(kinds, one.kind) != kinds.end();
    });
  };
  if (names({Kind::fixed, Kind::limit})) return OfCommit::not_affected;
  return names({Kind::introduced, Kind::last_affected}) ? OfCommit::affected : OfCommit::not_known;
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
  const auto add = [&](const char* type, const std::vector<Event>& range) {
    Json events = Json::array();
    for (const Event& event : range) events.push_back({{name_of(event.kind), event.version}});
    ranges.push_back({{"type", type}, {"events", std::move(events)}});
  };
  for (const auto& range : affected.ranges) add("ECOSYSTEM", range);
  for (const auto& range : affected.commits) add("GIT", range);
  Json json{{"package", {{"ecosystem", "PyPI"}, {"name", affected.name.str()}}}};
  if (!affected.versions.empty()) json["versions"] = affected.versions;
  if (!ranges.empty()) json["ranges"] = std::move(ranges);
  if (!affected.severity.empty()) json["severity"] = severities_to_json(affected.severity);
  return json;
}

}  // namespace

bool is_commit_id(std::string_view text) {
  constexpr std::size_t sha1_digits = 40;
  constexpr std::size_t sha256_digits = 64;
  return (text.size() == sha1_digits || text.size() == sha256_digits) &&
         lower(text).find_first_not_of("0123456789abcdef") == std::string::npos;
}

bool Advisory::affects(const Name& name, const Version& version) const {
  return !withdrawn && AffectedVersions(*this, name).contains(version);
}

Advisory::OfCommit Advisory::of_commit(const Name& name, std::string_view commit) const {
  OfCommit all = OfCommit::not_told;
  if (withdrawn) return all;
  for (const Affected& entry : affected) {
    if (entry.name != name) continue;
    for (const auto& range : entry.commits) {
      const auto told = of_commit_in(range, commit);
      if (told == OfCommit::affected) return told;
      if (all != OfCommit::not_known) all = told;
    }
  }
  return all;
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
