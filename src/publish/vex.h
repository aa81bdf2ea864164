#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "evidence/disposition.h"
#include "evidence/finding.h"
#include "package/name.h"

namespace assay {

// What is said of one known vulnerability of one package.
struct VulnerabilityStatement {
  // OpenVEX 0.2.0's words, which are VEX's own ("Minimum Requirements for VEX").
  enum class Status { affected, not_affected, fixed, under_investigation };
  Name package;
  std::string version;  // as published
  std::string id;
  std::vector<std::string> aliases;
  Status status = Status::affected;
  std::string words;          // what a person or the policy decided about it, or what is known
  std::string justification = "";  // of not_affected: OpenVEX's word
  std::optional<Remediation> plan = {};  // of affected: what is planned
  std::vector<FindingScore> scores = {};
  std::vector<std::string> cwe = {};  // "CWE-319"
  std::string description = "";
  std::string fixed_in = "";  // the first version without it, "" if none is known
  struct Patch {
    std::string file;
    std::string text;
  };
  std::vector<Patch> patches = {};  // that fixed it here
};

// Statements with what they are made for, in OpenVEX 0.2.0; "" without statements, since OpenVEX has
// no document that has none. `known_until`: how new the knowledge is that they rest on.
std::string open_vex(std::string_view author, Time known_until,
                     const std::vector<VulnerabilityStatement>& statements);

// The same in CycloneDX 1.6: a document of its own, whose components are the packages that statements
// are about. `subject` is what the packages belong to: a set's name, a file.
std::string cyclonedx_vex(std::string_view subject, Time known_until,
                          const std::vector<VulnerabilityStatement>& statements);

// "pkg:pypi/flask@3.1.3" (package URL specification, type pypi).
std::string package_url(const Name& name, std::string_view version);

}  // namespace assay
