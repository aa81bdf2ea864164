#include "publish/statements.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "publish/html.h"

namespace assay {

namespace {

constexpr std::string_view statement_type = "https://in-toto.io/Statement/v1";

Json sha256_of(const Digest& digest) { return {{"sha256", digest.hex()}}; }

// The set's name is no URL, and the project has none to give: a name of its own (RFC 8141).
std::string urn(std::string_view kind, std::string_view name) {
  return fmt::format("urn:assay:{}:{}", kind, encode_segment(name));
}

Json resolved_dependency(const Material& material) {
  return {{"uri", package_url(material.name, material.version) +
                      "?file_name=" + encode_segment(material.file_name)},
          {"name", material.file_name},
          {"digest", sha256_of(material.digest)}};
}

Json resolved_dependencies(const ReleasedWheel& wheel) {
  Json list = Json::array();
  if (wheel.source) list.push_back(resolved_dependency(*wheel.source));
  auto tools = wheel.tools;
  std::ranges::sort(tools, {}, &Material::file_name);
  for (const auto& tool : tools) list.push_back(resolved_dependency(tool));
  return list;
}

// CycloneDX: an SPDX expression where the metadata has one (PEP 639), else the name it gives.
Json licences(const Metadata& metadata) {
  if (!metadata.license_expression.empty()) {
    return Json::array({{{"expression", metadata.license_expression}}});
  }
  constexpr std::string_view classifier = "License :: OSI Approved :: ";
  Json list = Json::array();
  for (const auto& text : metadata.classifiers) {
    if (!text.starts_with(classifier)) continue;
    list.push_back({{"license", {{"name", text.substr(classifier.size())}}}});
  }
  if (list.empty() && !metadata.license.empty()) {
    const std::string first_line(lines(metadata.license).front().substr(0, 200));
    list.push_back({{"license", {{"name", first_line}}}});
  }
  return list;
}

Json component(const std::string& reference, const std::vector<const ReleasedWheel*>& wheels) {
  const Metadata& metadata = wheels.front()->metadata;
  Json files = Json::array();
  for (const auto* wheel : wheels) {
    files.push_back({{"type", "file"},
                     {"bom-ref", "files/" + wheel->file_name},
                     {"name", wheel->file_name},
                     {"hashes", {{{"alg", "SHA-256"}, {"content", wheel->digest.hex()}}}}});
  }
  Json one{{"type", "library"},
           {"bom-ref", reference},
           {"name", metadata.name.str()},
           {"version", metadata.version.str()},
           {"purl", reference},
           {"components", std::move(files)}};
  if (!metadata.summary.empty()) one["description"] = metadata.summary;
  if (auto known = licences(metadata); !known.empty()) one["licenses"] = std::move(known);
  if (wheels.front()->source) {
    const Material& source = *wheels.front()->source;
    one["externalReferences"] = {
        {{"type", "source-distribution"},
         {"url", package_url(source.name, source.version) +
                     "?file_name=" + encode_segment(source.file_name)},
         {"hashes", {{{"alg", "SHA-256"}, {"content", source.digest.hex()}}}}}};
  }
  return one;
}

using References = std::map<Name, std::string>;  // of each package: its package URL

// What one thing needs, of what is published.
Json dependency(const std::string& reference, const std::vector<Name>& names,
                const References& references) {
  std::set<std::string> needs;
  for (const auto& name : names) {
    if (const auto found = references.find(name); found != references.end()) {
      needs.insert(found->second);
    }
  }
  return {{"ref", reference}, {"dependsOn", needs}};
}

}  // namespace

std::string provenance_statement(const ReleaseContent& content, const ReleasedWheel& wheel) {
  Json parameters{{"set", content.set_name},
                  {"package", wheel.metadata.name.str()},
                  {"version", wheel.metadata.version.str()},
                  {"pythons", wheel.pythons}};
  return compact(
      {{"_type", statement_type},
       {"subject", {{{"name", wheel.file_name}, {"digest", sha256_of(wheel.digest)}}}},
       {"predicateType", "https://slsa.dev/provenance/v1"},
       {"predicate",
        {{"buildDefinition",
          {{"buildType", "urn:assay:build:pep517-in-sandbox:1"},
           {"externalParameters", std::move(parameters)},
           {"resolvedDependencies", resolved_dependencies(wheel)}}},
         {"runDetails", {{"builder", {{"id", urn("builder", content.builder)}}}}}}}});
}

std::string release_statement(const std::string& set_name, std::string_view manifest) {
  return compact(
      {{"_type", statement_type},
       {"subject", {{{"name", "manifest.json"}, {"digest", sha256_of(sha256(manifest))}}}},
       {"predicateType", "https://in-toto.io/attestation/release/v0.1"},
       {"predicate", {{"purl", "pkg:generic/" + encode_segment(set_name)}}}});
}

std::string bill_of_materials(const ReleaseContent& content) {
  std::map<std::string, std::vector<const ReleasedWheel*>> packages;
  References references;
  for (const auto& wheel : content.wheels) {
    const auto url = package_url(wheel.metadata.name, wheel.metadata.version.str());
    packages[url].push_back(&wheel);
    references[wheel.metadata.name] = url;
  }
  Json components = Json::array();
  Json dependencies = Json::array({dependency("set", content.requested, references)});
  for (const auto& [reference, wheels] : packages) {
    components.push_back(component(reference, wheels));
    const auto known = content.dependencies.find(wheels.front()->metadata.name);
    dependencies.push_back(dependency(
        reference, known == content.dependencies.end() ? std::vector<Name>() : known->second,
        references));
  }
  return pretty({{"bomFormat", "CycloneDX"},
                 {"specVersion", "1.6"},
                 {"version", 1},
                 {"metadata",
                  {{"tools", {{"components", {{{"type", "application"}, {"name", "assay"}}}}}},
                   {"component",
                    {{"type", "application"},
                     {"bom-ref", "set"},
                     {"name", content.set_name}}}}},
                 {"components", std::move(components)},
                 {"dependencies", std::move(dependencies)}});
}

}  // namespace assay
