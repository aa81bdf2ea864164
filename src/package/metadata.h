#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "package/name.h"
#include "package/requirement.h"
#include "package/specifier.h"
#include "package/version.h"

namespace assay {

// Core metadata (METADATA, PKG-INFO), versions 1.0 to 2.4: what resolution and licences need.
struct Metadata {
  std::string metadata_version;
  Name name;
  std::string written_name;
  Version version;
  std::string summary;
  std::string license_expression;        // PEP 639
  std::string license;                   // the older free text
  std::vector<std::string> license_files;
  std::vector<std::string> classifiers;
  SpecifierSet requires_python;
  std::vector<Requirement> requires_dist;
  std::vector<std::string> provides_extra;  // normalized
  std::vector<std::string> dynamic;         // lower case field names (PEP 643)

  // invalid_input for a missing or invalid Name, Version, Requires-Dist or Requires-Python: a
  // constraint is never dropped silently.
  static Result<Metadata> parse(std::string_view text);
};

}  // namespace assay
