#include "package/specifier.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto split = text.find('\n');
  const auto set = assay::SpecifierSet::parse(text.substr(0, split));
  if (!set) return 0;
  if (!assay::SpecifierSet::parse(set->str())) __builtin_trap();
  if (split != text.npos) static_cast<void>(set->contains_text(text.substr(split + 1)));
  return 0;
}
