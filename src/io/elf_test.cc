#include "io/elf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/files.h"

namespace assay {
namespace {

using testing::Contains;
using testing::HasSubstr;

std::string this_program() { return read_file("/proc/self/exe").value(); }

TEST(Elf, ToldIsWhatTheLinkerIsAskedFor) {
  const auto needed = needed_libraries(this_program());
  ASSERT_TRUE(needed) << needed.error().message;
  EXPECT_THAT(*needed, Contains("libc.so.6"));
  EXPECT_THAT(*needed, Contains(HasSubstr("libstdc++.so")));
}

TEST(Elf, ToldIsWhatIsTakenFromOthers) {
  const auto symbols = imported_symbols(this_program());
  ASSERT_TRUE(symbols) << symbols.error().message;
  EXPECT_THAT(*symbols, Contains("memcpy"));
  EXPECT_THAT(*symbols, testing::Not(Contains(HasSubstr("imported_symbols"))));
}

// A file of 64 bits, most significant byte first, as on s390x: one segment that is loaded at 0x1000
// and holds all, the dynamic section in it, and the name.
std::string big_endian(std::string_view library) {
  std::string file(64 + 2 * 56 + 3 * 16, '\0');
  const auto put = [&](std::size_t at, std::uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) file[at + i] = static_cast<char>(value >> 8 * (size - 1 - i));
  };
  file.replace(0, 6, "\x7f" "ELF\x02\x02");
  put(0x20, 64, 8);
  put(0x36, 56, 2);
  put(0x38, 2, 2);
  const auto strings = file.size();
  put(64, 1, 4);
  put(64 + 16, 0x1000, 8);
  put(64 + 32, strings + library.size() + 2, 8);
  put(120, 2, 4);
  put(120 + 8, 176, 8);
  put(120 + 32, 48, 8);
  put(176, 1, 8);
  put(184, 1, 8);
  put(192, 5, 8);
  put(200, 0x1000 + strings, 8);
  return file + '\0' + std::string(library) + '\0';
}

TEST(Elf, ReadsTheOtherByteOrder) {
  const auto needed = needed_libraries(big_endian("libyaml-0.so.2"));
  ASSERT_TRUE(needed) << needed.error().message;
  EXPECT_EQ(*needed, std::vector<std::string>{"libyaml-0.so.2"});
  EXPECT_TRUE(imported_symbols(big_endian("libyaml-0.so.2")).value().empty()) << "it has no table";
}

TEST(Elf, ADamagedFileIsSaidAndNeverReadBeyond) {
  EXPECT_THAT(needed_libraries("MZ").error().message, HasSubstr("no ELF file"));
  const auto whole = big_endian("libyaml-0.so.2");
  for (std::size_t size = 4; size < whole.size(); ++size) {
    const auto cut = needed_libraries(std::string_view(whole).substr(0, size));
    EXPECT_FALSE(cut) << size;
  }
  for (std::size_t at = 4; at < whole.size(); ++at) {
    auto changed = whole;
    changed[at] = '\xff';
    static_cast<void>(needed_libraries(changed));
    static_cast<void>(imported_symbols(changed));
  }
}

}  // namespace
}  // namespace assay
