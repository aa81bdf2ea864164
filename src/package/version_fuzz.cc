#include "package/version.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto version = assay::Version::parse(text);
  // What it prints is what it reads: a version that changed on the way would be another package.
  if (version && assay::Version::parse(version->str()).value() != *version) __builtin_trap();
  return 0;
}
