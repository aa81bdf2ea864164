#pragma once
#include <cstddef>
#include <filesystem>
#include <string_view>

namespace assay {

// Of the files with this ending in a folder the `count` that were written last stay; older ones are
// removed. What can't be removed stays too.
void keep_newest_files(const std::filesystem::path& folder, std::string_view ending, std::size_t count);

}  // namespace assay
