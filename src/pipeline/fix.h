#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace assay {

struct FixRequest {
  std::filesystem::path set_folder;
  std::filesystem::path store;             // "" for the default
  std::string package;
  std::vector<std::string> fingerprints;   // none: every reference that stands in the way
  std::string reviewer;
  std::string reason;
};

struct Fix {
  std::filesystem::path file;  // the patch
  std::string text;
  std::size_t references = 0;  // that it mends
};

// Writes a patch that turns http:// references of a package, as the last run examined it, into
// https://. not_found if the package or such a reference is not there.
Result<Fix> fix_references(const FixRequest& request);

}  // namespace assay
