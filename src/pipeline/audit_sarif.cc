#include <fmt/format.h>

#include <filesystem>
#include <map>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "evidence/cvss.h"
#include "pipeline/audit_formats.h"
#include "publish/html.h"

namespace assay {

namespace {

using Weight = Reason::Weight;

// As a URI: relative where the path is, else of a file.
std::string uri_of(const std::string& path) {
  std::vector<std::string> parts;
  for (const auto part : split(path, '/')) parts.push_back(encode_segment(part));
  const auto uri = join(parts, "/");
  return path.starts_with('/') ? "file://" + uri : uri;
}

// "requirements.txt:7" as a place of SARIF (section 3.28).
Json location_of(const std::string& place) {
  const auto colon = place.rfind(':');
  const auto digits = colon == place.npos ? "" : place.substr(colon + 1);
  const bool numbered = !digits.empty() && digits.size() < 9 && digits.find_first_not_of("0123456789") == digits.npos;
  Json physical{{"artifactLocation", {{"uri", uri_of(numbered ? place.substr(0, colon) : place)}}}};
  if (numbered) physical["region"] = {{"startLine", std::stoul(digits)}};
  return {{"physicalLocation", std::move(physical)}};
}

std::string_view level_of(Weight weight) {
  switch (weight) {
    case Weight::refuse: return "error";
    case Weight::hold: return "warning";
    case Weight::accepted:
    case Weight::info: return "note";
  }
  return "note";
}

Json rule_of(const AuditedFinding& audited) {
  const auto& finding = audited.finding;
  const auto fix = finding.fixed_in.empty() ? std::string("No fixed version is known.")
                                            : "The first version without it is " + finding.fixed_in + ".";
  Json properties{{"tags", {"security", "vulnerability"}}, {"aliases", finding.aliases}};
  // Code hosts sort by it; what nobody scored stands in the middle, as it does in the policy.
  properties["security-severity"] = audited.score.scored ? fmt::format("{:.1f}", audited.score.score) : "5.5";
  return {{"id", finding.rule},
          {"shortDescription", {{"text", finding.message}}},
          {"fullDescription", {{"text", audited.reason.text.empty() ? finding.message : audited.reason.text}}},
          {"help", {{"text", fix}}},
          {"properties", std::move(properties)}};
}

Json result_of(const AuditedPackage& package, const AuditedFinding& audited, std::size_t rule,
               const std::string& place) {
  auto text = fmt::format("{}: {}", title_of(package.item), audited.reason.text);
  for (const auto& remedy : package.remedies) text += fmt::format(" Remedy: {}.", in_words(remedy, package.item));
  Json result{{"ruleId", audited.finding.rule},
              {"ruleIndex", rule},
              {"kind", "fail"},
              {"level", level_of(audited.reason.weight)},
              {"message", {{"text", std::move(text)}}},
              {"locations", Json::array({location_of(place)})},
              {"partialFingerprints",
               {{"assay/v1", audited.finding.fingerprint()}, {"package/v1", title_of(package.item)}}}};
  if (audited.reason.weight == Weight::accepted) {
    result["suppressions"] =
        Json::array({{{"kind", "external"}, {"status", "accepted"}, {"justification", audited.reason.accepted_by}}});
  }
  return result;
}

// SARIF, section 3.27.9: what could not be judged is "open".
Json open_result(std::size_t rule, const std::string& text, const std::string& place) {
  return {{"ruleId", "audit/not-known"},
          {"ruleIndex", rule},
          {"kind", "open"},
          {"level", "none"},
          {"message", {{"text", text}}},
          {"locations", Json::array({location_of(place)})}};
}

// What names no version, and every input where a source of records could not be asked.
void add_not_known(const AuditReport& report, Json& rules, Json& results) {
  if (report.not_known.empty() && report.advisories_not_known.empty()) return;
  const auto rule = rules.size();
  rules.push_back({{"id", "audit/not-known"},
                   {"shortDescription", {{"text", "The version, or what is known against it, is not known."}}}});
  for (const auto& item : report.not_known) {
    results.push_back(open_result(rule, fmt::format("{}: {}", item.title, item.unknown), place_of(item)));
  }
  if (report.advisories_not_known.empty()) return;
  for (const auto& input : report.inputs) results.push_back(open_result(rule, report.advisories_not_known, input.path));
}

}  // namespace

std::string audit_sarif(const AuditReport& report) {
  std::map<std::string, std::size_t> places;  // of rules
  Json rules = Json::array();
  Json results = Json::array();
  for (const auto& package : report.packages) {
    for (const auto& audited : package.findings) {
      const auto [rule, is_new] = places.emplace(audited.finding.rule, rules.size());
      if (is_new) rules.push_back(rule_of(audited));
      for (const auto& place : package.places) results.push_back(result_of(package, audited, rule->second, place));
    }
  }
  add_not_known(report, rules, results);
  const Json driver{{"name", "assay"}, {"semanticVersion", "0.1.0"}, {"rules", std::move(rules)}};
  return pretty({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                 {"version", "2.1.0"},
                 {"runs", Json::array({{{"tool", {{"driver", driver}}},
                                        {"properties", {{"advisories", report.advisories}}},
                                        {"results", std::move(results)}}})}});
}

}  // namespace assay
