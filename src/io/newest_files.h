#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string_view>

namespace assay {

// How much of what was kept may stay.
struct KeptLimit {
  std::size_t files = 0;
  std::uint64_t bytes = std::numeric_limits<std::uint64_t>::max();
};

// Of the files with this ending in a folder those stay that were written last, as many as the limit allows;
// older ones are removed. The newest always stays, and so does what can't be removed.
void keep_newest_files(const std::filesystem::path& folder, std::string_view ending, KeptLimit limit);

}  // namespace assay
