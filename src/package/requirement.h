#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "package/marker.h"
#include "package/name.h"
#include "package/specifier.h"

namespace assay {

// A dependency (PEP 508): name, extras, a specifier set or a direct reference, a marker.
struct Requirement {
  Name name;
  std::string written_name;       // before normalization
  std::set<std::string> extras;   // normalized (PEP 685)
  SpecifierSet specifier;
  std::string url;                // "" unless it is a direct reference
  std::optional<Marker> marker;
  std::set<std::string> written_extras;  // before normalization; empty if made without a text

  static Result<Requirement> parse(std::string_view text);
  std::string str() const;  // with the names as they were written

  // Does it apply in this environment? For a dependency of a package taken with `extras`, the
  // marker holds if it does for any of them or for none ("").
  bool applies(const MarkerEnvironment& environment,
               const std::set<std::string>& extras = {}) const;
};

}  // namespace assay
