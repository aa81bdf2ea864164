#include "curation/curated.h"

#include "curation/dispositions.h"

namespace assay {

Result<Curated> load_curated(const std::filesystem::path& folder) {
  Curated curated;
  ASSAY_TRY(curated.set, load_set(folder));
  ASSAY_TRY(curated.dispositions, load_dispositions(folder));
  ASSAY_TRY(curated.expected_tests, load_expected_tests(folder));
  ASSAY_TRY(curated.patches, load_patches(folder));
  ASSAY_TRY(curated.threat_model, load_threat_model(folder));
  ASSAY_TRY(curated.threat_review, load_threat_review(folder));
  return curated;
}

}  // namespace assay
