#include "package/requirement.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto requirement = assay::Requirement::parse(text);
  if (requirement && !assay::Requirement::parse(requirement->str())) __builtin_trap();
  return 0;
}
