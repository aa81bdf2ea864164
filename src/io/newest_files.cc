#include "io/newest_files.h"

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

#include "io/files.h"

namespace assay {

void keep_newest_files(const fs::path& folder, std::string_view ending, std::size_t count) {
  auto files = entries_of(folder, ending);
  if (!files || files->size() <= count) return;
  std::error_code ignored;
  std::vector<std::pair<fs::file_time_type, fs::path>> by_age;
  for (const auto& file : *files) by_age.emplace_back(fs::last_write_time(file, ignored), file);
  std::ranges::sort(by_age);
  for (std::size_t i = 0; i + count < by_age.size(); ++i) fs::remove(by_age[i].second, ignored);
}

}  // namespace assay
