#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace assay {

// Compares with the golden file <name> of the folder under test; ASSAY_UPDATE_GOLDEN=1 rewrites the file instead.
inline void expect_golden(std::string_view name, std::string_view actual) {
  const auto path = std::filesystem::path(ASSAY_GOLDEN_DIR) / name;
  if (std::getenv("ASSAY_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  const std::string expected{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(expected, actual) << "golden file " << path;
}

}  // namespace assay
