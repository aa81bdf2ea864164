#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"

namespace assay {

struct ManifestEntry {
  Digest digest;
  std::uint64_t size = 0;  // bytes
  bool operator==(const ManifestEntry&) const = default;
};

// Every file of a release but manifest.json itself, by its path within the release.
struct Manifest {
  std::string set_name;
  std::map<std::string, ManifestEntry> files;

  std::string text() const;  // the same content has the same text
  static Result<Manifest> parse(std::string_view text);
};

}  // namespace assay
