#pragma once
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "copies/known_origins.h"

namespace assay {

struct OriginRequest {
  std::filesystem::path store;  // "" for the default
  std::string index_url;        // "" for pip's
};

// A release is named by a pin ("urllib3==1.26.17"), whose source distribution is fetched, or by the
// path of one, which has a "/" or is a file. Errors: invalid_input if it is neither, or its
// metadata can't be read; not_found if the index has no such source distribution.

// Keeps a release as an origin.
Result<Origin> add_origin(const OriginRequest& request, const std::string& release,
                          std::stop_token stop);
// not_found if the pinned release is not known.
Result<> forget_origin(const OriginRequest& request, const std::string& pin);
Result<std::vector<Origin>> known_origins(const OriginRequest& request);
// What a release has of the code of the origins that are known.
Result<CopyReport> copies_in_release(const OriginRequest& request, const std::string& release,
                                     std::stop_token stop);

Json to_json(const Origin& origin);

}  // namespace assay
