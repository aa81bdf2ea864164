#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "evidence/finding.h"

namespace assay {

struct FixRequest {
  std::filesystem::path set_folder;
  std::filesystem::path store;             // "" for the default
  std::string package;
  std::vector<std::string> fingerprints;   // none: by severity and confidence, in code that ships
  Severity severity = Severity::medium;    // from these up
  Confidence confidence = Confidence::medium;
  std::string reviewer;
  std::string reason;  // "": what the rule says
  bool any_host = false;  // http becomes https also where nothing is known of the host
  bool dry_run = false;   // nothing is written
};

// One patch of the series that mends a package: all findings of one rule.
struct Fix {
  std::filesystem::path file;  // the patch; "" of a dry run
  std::string rule;
  std::string text;
  std::size_t findings = 0;  // that it mends
};

struct Fixes {
  std::vector<Fix> patches;
  // What was wanted and takes a person: "src/a.py:3: weaknesses/insecure-url: …".
  std::vector<std::string> left;
};

// Writes patches, one a rule, that mend what the last run found in a package and what a rule knows a
// remedy for. not_found if the package is not there, or nothing of it can be mended.
Result<Fixes> fix_package(const FixRequest& request);

}  // namespace assay
