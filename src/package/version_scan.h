#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay {

// The parts of a version as they stand in a text (PEP 440, appendix B), numbers without leading
// zeros, letters in their normal form.
struct ScannedVersion {
  std::string epoch = "0";
  std::vector<std::string> release;
  std::optional<std::pair<char, std::string>> pre;
  std::optional<std::string> post;
  std::optional<std::string> dev;
  std::vector<std::string> local;
  std::size_t release_end = 0;  // where "v", epoch and release end
  std::size_t public_end = 0;   // where a local part begins if there is one
  std::size_t end = 0;          // where all that was recognized ends
};

// Reads as much of a version as stands at the start of the text; nothing if none does.
std::optional<ScannedVersion> scan_version(std::string_view text);

}  // namespace assay
