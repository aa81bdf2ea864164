#pragma once
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "copies/origins.h"

namespace assay {

struct OriginRequest {
  std::filesystem::path store;    // "" for the default
  std::string index_url;          // "" for pip's
  std::vector<std::string> pins;  // "urllib3==1.26.17"
};

// Fetches the source distribution of a pinned release and keeps it as an origin. invalid_input if it
// is no pin, not_found if the index has no such source distribution.
Result<Origin> add_origin(const OriginRequest& request, const std::string& pin, std::stop_token stop);
Result<std::vector<Origin>> known_origins(const OriginRequest& request);

}  // namespace assay
