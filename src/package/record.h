#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay {

// A line of a wheel's RECORD (PEP 376, 427). RECORD itself and signatures have no digest.
struct RecordEntry {
  std::string path;
  std::string digest;  // "sha256=<urlsafe base64 without padding>" or ""
  std::optional<std::uint64_t> size;
};

// What a member of a wheel is called in the wheel's own .dist-info folder, such as "METADATA"; "" for
// every other member, those of a .dist-info that the package carries in a folder of its own included.
std::string_view dist_info_member(std::string_view path);

Result<std::vector<RecordEntry>> parse_record(std::string_view text);
std::string write_record(const std::vector<RecordEntry>& entries);

// entry_points.txt (the entry points specification): [group] name = module:attribute [extras]
struct EntryPoint {
  std::string group;
  std::string name;
  std::string module;
  std::string attribute;  // "" if the object is the module
};

Result<std::vector<EntryPoint>> parse_entry_points(std::string_view text);

}  // namespace assay
