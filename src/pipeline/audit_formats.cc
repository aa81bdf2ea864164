#include "pipeline/audit_formats.h"

#include <fmt/format.h>

#include <set>
#include <tuple>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "evidence/cvss.h"

namespace assay {

namespace {

std::string severity_word(const CountingScore& score) {
  const auto severity = cvss_severity(score.vector, score.score);
  return std::string(severity ? to_string(*severity) : "unknown");
}

Json to_json(const AuditedFinding& audited) {
  const auto& [finding, score, reason, answer] = audited;
  const auto vector = CvssVector::parse(score.vector);
  auto json = to_json(finding);
  for (const char* empty : {"path", "line", "column", "end_line", "end_column", "role", "symbol", "context", "gate",
                            "confidence", "excerpt", "rule", "severity", "score", "vector"}) {
    json.erase(empty);
  }
  json["id"] = finding.rule;
  json["score"] = score.scored ? Json(score.score) : Json(nullptr);
  json["severity"] = severity_word(score);
  json["vector"] = score.vector;
  json["vector_in_words"] = vector ? vector->in_words() : "";
  json["fingerprint"] = finding.fingerprint();
  json["weight"] = to_string(reason.weight);
  json["policy"] = reason.policy;
  json["text"] = reason.text;
  json["accepted_by"] = reason.accepted_by;
  json["justification"] = answer ? answer->justification : "";
  return json;
}

Json to_json(const AuditedPackage& package) {
  Json findings = Json::array();
  for (const auto& one : package.findings) findings.push_back(to_json(one));
  Json json{{"name", package.item.name.str()},
            {"version", package.item.version->str()},
            {"marker", package.item.marker},
            {"places", package.places},
            {"findings", std::move(findings)}};
  if (const auto& holder = package.item.copy_in) {
    json["copy_in"] = {{"name", holder->name.str()}, {"version", holder->version.str()}};
  }
  return json;
}

Json to_json(const AdvisoryProvenance& source) {
  return {{"name", source.name},
          {"location", source.location},
          {"newest_record", format_time(source.newest)},
          {"records", source.records},
          {"malformed", source.malformed},
          {"problems", source.problems},
          {"digest", source.digest}};
}

VulnerabilityStatement statement_of(const InventoryItem& item, const AuditedFinding& audited) {
  using Status = VulnerabilityStatement::Status;
  const auto& [finding, score, reason, answer] = audited;
  VulnerabilityStatement statement{
      .package = item.copy_in ? item.copy_in->name : item.name,
      .version = (item.copy_in ? item.copy_in->version : *item.version).str(),
      .id = finding.rule,
      .aliases = finding.aliases,
      // A version in the affected range, which nobody has looked at further.
      .status = Status::affected,
      .words = finding.fixed_in.empty() ? "No fixed version is known."
                                        : fmt::format("{} {} has the fix.", item.name.str(), finding.fixed_in),
      .scores = finding.scores,
      .cwe = finding.cwe,
      .description = item.copy_in ? fmt::format("In a copy of {}: {}", item.name.str(), finding.message) : finding.message,
      .fixed_in = item.copy_in ? "" : finding.fixed_in};
  if (!answer) {
    if (!score.scored) statement.status = Status::under_investigation;
    return statement;
  }
  statement.words = "Accepted by " + answer->words;
  if (answer->plan) statement.plan = answer->plan->remediation;
  if (!answer->justification.empty()) {
    statement.status = Status::not_affected;
    statement.justification = answer->justification;
  }
  return statement;
}

}  // namespace

Json to_json(const AuditReport& report) {
  Json inputs = Json::array();
  for (const auto& input : report.inputs) {
    inputs.push_back({{"path", input.path}, {"format", to_string(input.format)}, {"left_out", input.left_out}});
  }
  Json sources = Json::array();
  for (const auto& source : report.sources) sources.push_back(to_json(source));
  Json packages = Json::array();
  for (const auto& package : report.packages) packages.push_back(to_json(package));
  Json not_known = Json::array();
  for (const auto& item : report.not_known) {
    not_known.push_back({{"name", item.title}, {"why", item.unknown}, {"path", item.path}, {"line", item.line}});
  }
  const auto& counts = report.counts;
  return {{"advisories", report.advisories},
          {"sources", std::move(sources)},
          {"inputs", std::move(inputs)},
          {"packages", std::move(packages)},
          {"not_known", std::move(not_known)},
          {"counts",
           {{"packages", counts.packages},
            {"copies", counts.copies},
            {"hit", counts.hit},
            {"findings", counts.findings},
            {"refused", counts.refused},
            {"held", counts.held},
            {"accepted", counts.accepted},
            {"unscored", counts.unscored},
            {"not_known", counts.not_known}}}};
}

std::string subject_of(const AuditReport& report) {
  std::vector<std::string> paths;
  for (const auto& input : report.inputs) paths.push_back(input.path);
  return join(paths, ", ");
}

std::vector<VulnerabilityStatement> statements_of(const AuditReport& report) {
  std::vector<VulnerabilityStatement> all;
  std::set<std::tuple<Name, std::string, std::string>> told;  // a package may carry two copies with one flaw
  for (const auto& package : report.packages) {
    for (const auto& one : package.findings) {
      auto statement = statement_of(package.item, one);
      if (told.emplace(statement.package, statement.version, statement.id).second) all.push_back(std::move(statement));
    }
  }
  return all;
}

}  // namespace assay
