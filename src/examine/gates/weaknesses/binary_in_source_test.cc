#include "examine/gates/weaknesses/binary_in_source.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

using std::string_view_literals::operator""sv;

TEST(BinaryInSource, TellsCompiledCode) {
  EXPECT_EQ(compiled_kind("a", "\x7f" "ELF\2\1"sv), "an ELF program or library");
  EXPECT_EQ(compiled_kind("a", "\xcf\xfa\xed\xfe\7\0\0\1"sv), "a Mach-O program or library");
  EXPECT_EQ(compiled_kind("a", "\xca\xfe\xba\xbe\0\0\0\2"sv), "a Mach-O program or library");
  EXPECT_EQ(compiled_kind("a", "\xca\xfe\xba\xbe\0\0\0\x34"sv), "a Java class");
  EXPECT_EQ(compiled_kind("a.whl", "PK\3\4"), "a wheel");
  EXPECT_EQ(compiled_kind("a.obj", "\x4c\1\0\0"sv), "a COFF object");
}

TEST(BinaryInSource, LeavesOtherBytesAlone) {
  EXPECT_FALSE(compiled_kind("a", ""));
  EXPECT_FALSE(compiled_kind("a", "\xca\xfe\xba\xbe"));
  EXPECT_FALSE(compiled_kind("a.bin", "\x4c\1\0\0"sv));
  EXPECT_FALSE(compiled_kind("a.docx", "PK\3\4"));
  EXPECT_FALSE(compiled_kind("a.pyc", "ab\r\n"));
  std::string cut = "MZ" + std::string(0x3a, '\0') + "\xff\xff\xff\xff";
  EXPECT_FALSE(compiled_kind("a.exe", cut));  // its header would stand beyond the end
}

}  // namespace
}  // namespace assay
