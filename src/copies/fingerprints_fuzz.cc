#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "copies/fingerprints.h"

// Any bytes have a print; its lines are within the source and in order.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const auto print = assay::print_of(source);
  std::uint32_t line = 1;
  for (const auto& one : print.fingerprints) {
    if (one.from < line || one.to < one.from || one.to > print.last_line) std::abort();
    line = one.from;
  }
  return 0;
}
