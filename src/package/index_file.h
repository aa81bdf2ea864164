#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/digest.h"

namespace assay {

// A file that an index offers for a project (PEP 503, 691, 700).
struct IndexFile {
  std::string file_name;
  std::string url;                   // absolute
  std::optional<Digest> sha256;
  std::uint64_t size = 0;            // bytes; 0 if the index does not tell
  std::string requires_python;       // "" if the index does not tell
  std::optional<Time> upload_time;
  std::string yanked;                // "" if not; else the reason or "yanked" (PEP 592)
  bool has_metadata = false;         // <url>.metadata is there (PEP 658, 714)
  std::optional<Digest> metadata_sha256;
};

}  // namespace assay
