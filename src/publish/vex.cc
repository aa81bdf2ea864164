#include "publish/vex.h"

#include <fmt/format.h>

#include <charconv>
#include <map>

#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/json.h"
#include "evidence/cvss.h"
#include "publish/html.h"

namespace assay {

namespace {

using Status = VulnerabilityStatement::Status;

std::string_view status_word(Status status) {
  switch (status) {
    case Status::affected: return "affected";
    case Status::not_affected: return "not_affected";
    case Status::fixed: return "fixed";
    case Status::under_investigation: return "under_investigation";
  }
  return "under_investigation";
}

Json open_statement(const VulnerabilityStatement& known) {
  const auto url = package_url(known.package, known.version);
  Json vulnerability{{"name", known.id}};
  if (!known.aliases.empty()) vulnerability["aliases"] = known.aliases;
  Json statement{{"vulnerability", std::move(vulnerability)},
                 {"products", {{{"@id", url}, {"identifiers", {{"purl", url}}}}}},
                 {"status", status_word(known.status)}};
  if (known.status == Status::affected) {
    statement["action_statement"] = known.words;
  } else {
    statement["status_notes"] = known.words;  // its schema takes no impact beside a justification
  }
  if (known.status == Status::not_affected) statement["justification"] = known.justification;
  return statement;
}

// CycloneDX 1.6, "vulnerabilities/analysis/state".
std::string_view state_of(const VulnerabilityStatement& known) {
  switch (known.status) {
    case Status::affected: return "exploitable";
    case Status::not_affected: return "not_affected";
    case Status::fixed: return known.patches.empty() ? "resolved" : "resolved_with_pedigree";
    case Status::under_investigation: return "in_triage";
  }
  return "in_triage";
}

// CycloneDX's nearest word for OpenVEX's justification; docs/reference/release-layout.md has the table.
std::string_view nearest_justification(std::string_view word) {
  if (word == "vulnerable_code_not_in_execute_path") return "code_not_reachable";
  if (word == "vulnerable_code_cannot_be_controlled_by_adversary") return "requires_environment";
  if (word == "inline_mitigations_already_exist") return "protected_by_mitigating_control";
  return "code_not_present";  // component_not_present, vulnerable_code_not_present
}

Json response_to(const VulnerabilityStatement& known) {
  if (known.status != Status::affected || !known.plan) return nullptr;
  switch (*known.plan) {
    case Remediation::upgrade: return {"update"};
    case Remediation::mitigate: return {"workaround_available"};
    case Remediation::accept: return {"will_not_fix"};
    case Remediation::patch:
    case Remediation::strip: break;
  }
  return nullptr;
}

Json analysis(const VulnerabilityStatement& known) {
  Json told{{"state", state_of(known)}, {"detail", known.words}};
  if (known.status == Status::not_affected) {
    told["justification"] = nearest_justification(known.justification);
  }
  if (auto response = response_to(known); !response.is_null()) told["response"] = std::move(response);
  return told;
}

Json rating(const FindingScore& score) {
  static const std::map<std::string, std::string> methods{
      {"2.0", "CVSSv2"}, {"3.0", "CVSSv3"}, {"3.1", "CVSSv31"}, {"4.0", "CVSSv4"}};
  const auto method = methods.find(score.version);
  Json told{{"score", score.score},
            {"method", method == methods.end() ? "other" : method->second},
            {"vector", score.vector}};
  if (!score.source.empty()) told["source"] = {{"name", score.source}};
  if (const auto vector = CvssVector::parse(score.vector)) {
    told["severity"] = to_string(cvss_severity(vector->version(), score.score));
  }
  return told;
}

Json ratings(const VulnerabilityStatement& known) {
  if (known.scores.empty()) return Json::array({{{"severity", "unknown"}}});
  Json list = Json::array();
  for (const auto& score : known.scores) list.push_back(rating(score));
  return list;
}

Json weaknesses(const VulnerabilityStatement& known) {
  Json list = Json::array();
  for (const std::string_view text : known.cwe) {
    constexpr std::string_view prefix = "CWE-";
    unsigned number = 0;
    if (!text.starts_with(prefix)) continue;
    const auto digits = text.substr(prefix.size());
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (fault == std::errc() && end == digits.data() + digits.size() && number > 0) list.push_back(number);
  }
  return list;
}

// Who gives out ids of this form; "" if that is not known.
std::string_view giver_of(std::string_view id) {
  if (id.starts_with("PYSEC-")) return "PyPA Advisory Database";
  if (id.starts_with("GHSA-")) return "GitHub Advisory Database";
  if (id.starts_with("CVE-")) return "CVE";
  return "";
}

Json source_of(std::string_view id) {
  const auto giver = giver_of(id);
  return {{"name", giver.empty() ? std::string_view("OSV") : giver}};
}

Json vulnerability(const VulnerabilityStatement& known) {
  const auto url = package_url(known.package, known.version);
  Json affected{{"version", known.version},
                {"status", known.status == Status::affected              ? "affected"
                           : known.status == Status::under_investigation ? "unknown"
                                                                         : "unaffected"}};
  Json told{{"bom-ref", fmt::format("{}#{}", url, known.id)},
            {"id", known.id},
            {"source", source_of(known.id)},
            {"ratings", ratings(known)},
            {"affects", {{{"ref", url}, {"versions", Json::array({std::move(affected)})}}}},
            {"analysis", analysis(known)}};
  for (const auto& alias : known.aliases) {
    told["references"].push_back({{"id", alias}, {"source", source_of(alias)}});
  }
  if (auto list = weaknesses(known); !list.empty()) told["cwes"] = std::move(list);
  if (!known.description.empty()) told["description"] = known.description;
  if (!known.fixed_in.empty()) told["recommendation"] = fmt::format("Update to {}.", known.fixed_in);
  return told;
}

// CycloneDX 1.6, "pedigree": what was changed in it, and what that ends.
void add_patches(const VulnerabilityStatement& known, Json& component) {
  for (const auto& patch : known.patches) {
    component["pedigree"]["patches"].push_back(
        {{"type", "unofficial"},
         {"diff", {{"text", {{"contentType", "text/x-diff"}, {"content", patch.text}}}}},
         {"resolves", {{{"type", "security"}, {"id", known.id}, {"name", patch.file}}}}});
  }
}

Json component(const VulnerabilityStatement& known) {
  const auto url = package_url(known.package, known.version);
  return {{"type", "library"},
          {"bom-ref", url},
          {"name", known.package.str()},
          {"version", known.version},
          {"purl", url}};
}

}  // namespace

std::string package_url(const Name& name, std::string_view version) {
  return fmt::format("pkg:pypi/{}@{}", name.str(), encode_segment(version));
}

std::string open_vex(std::string_view author, Time known_until,
                     const std::vector<VulnerabilityStatement>& statements) {
  if (statements.empty()) return "";
  Json list = Json::array();
  for (const auto& known : statements) list.push_back(open_statement(known));
  const Json body{{"@context", "https://openvex.dev/ns/v0.2.0"},
                  {"author", author},
                  {"timestamp", format_time(known_until)},
                  {"version", 1},
                  {"statements", std::move(list)}};
  Json document = body;
  // The set's name is no URL, and the project has none to give: a name of its own (RFC 8141).
  document["@id"] = fmt::format("urn:assay:vex:{}", sha256(compact(body)).hex());
  return pretty(document);
}

std::string cyclonedx_vex(std::string_view subject, Time known_until,
                          const std::vector<VulnerabilityStatement>& statements) {
  std::map<std::string, Json> components;
  Json vulnerabilities = Json::array();
  for (const auto& known : statements) {
    const auto url = package_url(known.package, known.version);
    auto& own = components.try_emplace(url, component(known)).first->second;
    add_patches(known, own);
    vulnerabilities.push_back(vulnerability(known));
  }
  Json list = Json::array();
  for (auto& [url, one] : components) list.push_back(std::move(one));
  return pretty({{"bomFormat", "CycloneDX"},
                 {"specVersion", "1.6"},
                 {"version", 1},
                 {"metadata",
                  {{"timestamp", format_time(known_until)},
                   {"tools", {{"components", {{{"type", "application"}, {"name", "assay"}}}}}},
                   {"component",
                    {{"type", "application"}, {"bom-ref", "subject"}, {"name", subject}}}}},
                 {"components", std::move(list)},
                 {"vulnerabilities", std::move(vulnerabilities)}});
}

}  // namespace assay
