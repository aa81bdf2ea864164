#include "check/sarif.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "check/json_writer.h"

namespace assay {

namespace {

constexpr std::string_view schema = "https://json.schemastore.org/sarif-2.1.0.json";

// Of SARIF, section 3.27.10.
std::string_view level_of(Severity severity) {
  switch (severity) {
    case Severity::critical:
    case Severity::high: return "error";
    case Severity::medium: return "warning";
    case Severity::low: return "note";
    case Severity::none: return "none";
  }
  return "none";
}

// What code hosts sort by: a number as CVSS has it, the middle of the word's range.
std::string_view score_of(Severity severity) {
  switch (severity) {
    case Severity::critical: return "9.5";
    case Severity::high: return "8.0";
    case Severity::medium: return "5.5";
    case Severity::low: return "2.0";
    case Severity::none: return "0.0";
  }
  return "0.0";
}

// RFC 3986: a path as part of a URI, byte by byte.
std::string percent_encoded(std::string_view path) {
  constexpr std::string_view plain = "-._~/!$&'()*+,;=@";
  std::string uri;
  for (const char c : path) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || plain.contains(c)) {
      uri += c;
    } else {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return uri;
}

std::string weakness_number(std::string_view cwe) {
  return std::string(cwe.substr(std::min(cwe.find('-') + 1, cwe.size())));
}

void write_weakness(JsonWriter& json, std::string_view cwe) {
  json.begin_object();
  json.key("target").begin_object().member("id", weakness_number(cwe));
  json.key("toolComponent").begin_object().member("name", "CWE").end_object().end_object();
  json.key("kinds").begin_array().text("superset").end_array();
  json.end_object();
}

void write_rule(JsonWriter& json, const RuleDescription& rule) {
  const auto text = [&](std::string_view key, std::string_view value) {
    json.key(key).begin_object().member("text", value).end_object();
  };
  json.begin_object().member("id", rule.id);
  text("shortDescription", rule.title.empty() ? rule.id : rule.title);
  text("fullDescription", rule.why.empty() ? rule.title : rule.why);
  json.key("help").begin_object();
  json.member("text", fmt::format("{}\n\n{}", rule.why, rule.remedy));
  json.member("markdown", fmt::format("{}\n\n**Remedy:** {}", rule.why, rule.remedy)).end_object();
  json.key("defaultConfiguration").begin_object().member("level", level_of(rule.severity)).end_object();
  if (!rule.cwe.empty()) {
    json.key("relationships").begin_array();
    for (const auto& cwe : rule.cwe) write_weakness(json, cwe);
    json.end_array();
  }
  json.key("properties").begin_object();
  std::vector<std::string> tags{"security"};
  for (const auto& cwe : rule.cwe) {
    tags.push_back(fmt::format("external/cwe/{}", lower(cwe)));
  }
  json.key("tags").texts(tags);
  json.key("aliases").texts(rule.aliases);
  json.member("precision", to_string(rule.confidence));
  json.member("security-severity", score_of(rule.severity)).end_object();
  json.end_object();
}

void write_taxonomy(JsonWriter& json, const std::vector<RuleDescription>& rules) {
  std::set<std::string> weaknesses;
  for (const auto& rule : rules) weaknesses.insert(rule.cwe.begin(), rule.cwe.end());
  json.key("taxonomies").begin_array().begin_object();
  json.member("name", "CWE").member("organization", "MITRE");
  json.member("informationUri", "https://cwe.mitre.org/");
  json.key("taxa").begin_array();
  for (const auto& cwe : weaknesses) {
    json.begin_object().member("id", weakness_number(cwe));
    json.member("helpUri", fmt::format("https://cwe.mitre.org/data/definitions/{}.html",
                                       weakness_number(cwe)));
    json.end_object();
  }
  json.end_array().end_object().end_array();
}

void write_region(JsonWriter& json, const CheckedFinding& checked) {
  const Finding& finding = checked.finding;
  if (finding.line == 0) return;
  json.key("region").begin_object().member("startLine", finding.line);
  if (finding.column != 0) json.member("startColumn", finding.column - checked.column_excess);
  if (finding.end_line >= finding.line) json.member("endLine", finding.end_line);
  const bool ends_after = finding.end_line > finding.line || finding.end_column >= finding.column;
  if (finding.end_column != 0 && finding.end_line != 0 && ends_after) {
    json.member("endColumn", finding.end_column - checked.end_column_excess);
  }
  if (!checked.frame.empty()) {
    json.key("snippet").begin_object().member("text", checked.frame).end_object();
  }
  json.end_object();
}

// Where the same stands again: lines only, since columns here count characters.
void write_again(JsonWriter& json, std::string_view uri, std::string_view base,
                 const std::vector<FindingPlace>& places) {
  json.key("relatedLocations").begin_array();
  for (const FindingPlace& place : places) {
    if (place.line == 0) continue;
    json.begin_object().key("physicalLocation").begin_object();
    json.key("artifactLocation").begin_object().member("uri", uri).member("uriBaseId", base);
    json.end_object().key("region").begin_object().member("startLine", place.line);
    json.member("endLine", std::max(place.line, place.end_line)).end_object().end_object().end_object();
  }
  json.end_array();
}

}  // namespace

SarifWriter::SarifWriter(const CheckReport& report, const std::filesystem::path& folder, Write write)
    : report_(report), folder_(folder), write_(std::move(write)) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("$schema", schema).member("version", "2.1.0");
  json.key("runs").begin_array().begin_object();
  json.key("tool").begin_object().key("driver").begin_object();
  json.member("name", "assay").member("semanticVersion", "0.1.0");
  json.key("rules").begin_array();
  for (const auto& rule : report.rules.all()) write_rule(json, rule);
  json.end_array();
  json.key("supportedTaxonomies").begin_array().begin_object().member("name", "CWE").end_object();
  json.end_array().end_object().end_object();
  write_taxonomy(json, report.rules.all());
  json.member("columnKind", "unicodeCodePoints");
  json.key("results").begin_array();
  write_(text);
}

SarifWriter::Place SarifWriter::place_of(const CheckedPath& path, std::string_view within) {
  const auto absolute = std::filesystem::absolute(path.given).lexically_normal();
  const auto relative = absolute.lexically_relative(folder_);
  const bool is_inside = !relative.empty() && *relative.begin() != "..";
  Place place;
  std::filesystem::path base = folder_;
  std::filesystem::path below = is_inside ? relative : std::filesystem::path();
  if (!is_inside) {
    base = path.kind == CheckedPath::Kind::file ? absolute.parent_path() : absolute;
    if (path.kind == CheckedPath::Kind::file) below = absolute.filename();
  }
  if (!within.empty() && path.kind != CheckedPath::Kind::file) {
    below = below == "." || below.empty() ? std::filesystem::path(within) : below / within;
  }
  auto uri = "file://" + percent_encoded(base.string());
  if (!uri.ends_with('/')) uri += '/';
  const auto [entry, is_new] = bases_.try_emplace(uri);
  if (is_new) entry->second = bases_.size() == 1 ? "ROOT" : fmt::format("ROOT{}", bases_.size());
  place.base = entry->second;
  place.uri = percent_encoded(below.empty() ? "." : below.string());
  return place;
}

void SarifWriter::add(const CheckedPath& path, const CheckedFinding& checked) {
  const Finding& finding = checked.finding;
  const Place place = place_of(path, finding.path);
  std::string text = first_ ? "" : ",";
  first_ = false;
  JsonWriter json(text);
  json.begin_object().member("ruleId", finding.rule);
  if (const auto index = report_.rules.index(finding.rule); index < report_.rules.all().size()) {
    json.member("ruleIndex", index);
  }
  json.member("kind", finding.severity == Severity::none ? "informational" : "fail");
  json.member("level", level_of(finding.severity));
  json.key("message").begin_object().member("text", finding.message).end_object();
  json.key("locations").begin_array().begin_object();
  json.key("physicalLocation").begin_object();
  json.key("artifactLocation").begin_object().member("uri", place.uri).member("uriBaseId", place.base);
  json.end_object();
  write_region(json, checked);
  json.end_object();
  if (!finding.symbol.empty()) {
    json.key("logicalLocations").begin_array().begin_object();
    json.member("fullyQualifiedName", finding.symbol).end_object().end_array();
  }
  json.end_object().end_array();
  if (!finding.again.empty()) write_again(json, place.uri, place.base, finding.again);
  json.key("partialFingerprints").begin_object();
  json.member("assay/v1", fingerprint_digits(checked.fingerprint)).end_object();
  if (!checked.suppressed.empty()) {
    json.key("suppressions").begin_array().begin_object();
    json.member("kind", "inSource").member("justification", checked.suppressed);
    json.end_object().end_array();
  }
  json.key("properties").begin_object();
  json.member("severity", to_string(finding.severity));
  json.member("confidence", to_string(finding.confidence));
  json.member("role", to_string(finding.role));
  json.end_object().end_object();
  write_(text);
}

void SarifWriter::finish() {
  std::string text = "]";
  text += ",\"originalUriBaseIds\":";
  JsonWriter json(text);
  json.begin_object();
  for (const auto& [uri, id] : bases_) {
    json.key(id).begin_object().member("uri", uri).end_object();
  }
  json.end_object();
  text += "}]}\n";
  write_(text);
}

}  // namespace assay
