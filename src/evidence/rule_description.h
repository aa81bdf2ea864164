#pragma once
#include <string>
#include <vector>

#include "evidence/finding.h"

namespace assay {

// What a gate tells about one of its rules: SARIF's reportingDescriptor (2.1.0, section 3.49).
struct RuleDescription {
  std::string id;                      // "weaknesses/insecure-url"
  std::string title;                   // a few words: "Unencrypted URL"
  Severity severity = Severity::none;  // of what nothing speaks for
  Confidence confidence = Confidence::high;
  std::vector<std::string> cwe;      // "CWE-319"
  std::vector<std::string> aliases;  // the same check in other tools: "B301", "S301"
  std::string why;                   // why it matters
  std::string remedy;                // what to do about it
};

}  // namespace assay
