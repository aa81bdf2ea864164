#include "io/newest_files.h"

#include <algorithm>
#include <functional>
#include <system_error>
#include <utility>
#include <vector>

#include "io/files.h"

namespace assay {

void keep_newest_files(const fs::path& folder, std::string_view ending, KeptLimit limit) {
  const auto files = entries_of(folder, ending);
  if (!files) return;
  std::error_code ignored;
  std::vector<std::pair<fs::file_time_type, fs::path>> newest_first;
  for (const auto& file : *files) newest_first.emplace_back(fs::last_write_time(file, ignored), file);
  std::ranges::sort(newest_first, std::ranges::greater());
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < newest_first.size(); ++i) {
    const auto size = fs::file_size(newest_first[i].second, ignored);
    if (!ignored) bytes += size;
    if (i > 0 && (i >= limit.files || bytes > limit.bytes)) fs::remove(newest_first[i].second, ignored);
  }
}

}  // namespace assay
