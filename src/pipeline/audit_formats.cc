#include "pipeline/audit_formats.h"

#include <fmt/format.h>

#include <set>
#include <tuple>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "evidence/cvss.h"
#include "pipeline/statements_of.h"

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

Json to_json(const Remedy& remedy, const InventoryItem& item) {
  static constexpr std::string_view sides[] = {"exactly", "above", "below"};
  Json forbidden_by = Json::array();
  for (const auto& [who, requirement, path, line] : remedy.forbidden_by) {
    forbidden_by.push_back({{"who", who}, {"requirement", requirement.str()}, {"path", path}, {"line", line}});
  }
  return {{"ends", remedy.of_all ? "refusals and holds" : "refusals"},
          {"version", remedy.free ? Json(remedy.free->version.str()) : Json(nullptr)},
          {"side", remedy.free ? Json(sides[static_cast<std::size_t>(remedy.free->side)]) : Json(nullptr)},
          {"forbidden_by", std::move(forbidden_by)},
          {"text", in_words(remedy, item)}};
}

Json to_json(const AuditedPackage& package) {
  Json findings = Json::array();
  Json remedies = Json::array();
  for (const auto& one : package.remedies) remedies.push_back(to_json(one, package.item));
  for (const auto& one : package.findings) findings.push_back(to_json(one));
  Json json{{"name", package.item.name.str()},
            {"version", package.item.version->str()},
            {"commit", package.item.commit},
            {"marker", package.item.marker},
            {"places", package.places},
            {"findings", std::move(findings)},
            {"remedies", std::move(remedies)}};
  if (const auto& holder = package.item.copy_in) {
    json["copy_in"] = {{"name", holder->name.str()}, {"version", holder->version.str()}};
  }
  return json;
}

// Of a copy its holder is affected, whose fixed version is not told. A version in the affected range,
// which nobody has looked at further, is affected.
VulnerabilityStatement statement_of(const InventoryItem& item, const AuditedFinding& audited) {
  const auto& [finding, score, reason, answer] = audited;
  const auto& holder = item.copy_in;
  auto statement = statement_of(holder ? holder->name : item.name, (holder ? holder->version : *item.version).str(),
                                finding, answer ? &*answer : nullptr, {});
  if (holder) {
    statement.description = fmt::format("In a copy of {}: {}", item.name.str(), finding.message);
    statement.fixed_in = "";
  }
  if (answer) return statement;
  if (!score.scored) statement.status = VulnerabilityStatement::Status::under_investigation;
  statement.words = finding.fixed_in.empty() ? "No fixed version is known."
                                             : fmt::format("{} {} has the fix.", item.name.str(), finding.fixed_in);
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
    not_known.push_back({{"name", item.title}, {"commit", item.commit}, {"why", item.unknown}, {"path", item.path}, {"line", item.line}});
  }
  const auto& counts = report.counts;
  return {{"advisories", report.advisories},
          {"advisories_not_known", report.advisories_not_known},
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
