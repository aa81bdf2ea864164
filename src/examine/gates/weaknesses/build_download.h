#pragma once
#include "examine/checked_gate.h"

namespace assay {

// The check "cmake-download": FetchContent_Declare, ExternalProject_Add and file(DOWNLOAD …), whose
// opening parenthesis a hit ends at, without a hash or a commit that fixes what is fetched.
void check_cmake_download(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                          std::vector<Finding>& findings);

// The check "wrap-download": the same for Meson's .wrap files; a hit is a "[wrap-…]" line.
void check_wrap_download(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                         std::vector<Finding>& findings);

}  // namespace assay
