#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <vector>

#include "base/result.h"
#include "curation/expected_tests.h"
#include "curation/patch.h"
#include "curation/set.h"
#include "curation/threat_model.h"
#include "evidence/disposition.h"

namespace assay {

// All that people wrote in a set's folder.
struct Curated {
  Set set;
  std::vector<Disposition> dispositions;
  ExpectedResults expected_tests;
  std::map<Name, std::vector<Patch>> patches;
  std::optional<ThreatModel> threat_model;
  std::optional<ThreatReview> threat_review;
};

// invalid_input, with the place, for the first file that has a fault.
Result<Curated> load_curated(const std::filesystem::path& folder);

}  // namespace assay
