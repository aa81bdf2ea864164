#include "base/program_id.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace assay {
namespace {

TEST(ProgramId, IsWhatStandsInTheProgramsFile) {
  const auto id = program_id();
  ASSERT_EQ(id.size(), 40U);  // SHA-1
  std::string bytes;
  for (std::size_t i = 0; i < id.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(id.substr(i, 2), nullptr, 16));
  }
  std::ifstream file("/proc/self/exe", std::ios::binary);
  const std::string program{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(program.contains(std::string("GNU\0", 4) + bytes));
}

}  // namespace
}  // namespace assay
