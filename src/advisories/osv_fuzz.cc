#include "advisories/fuzzed_source.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = assay::index_of_fuzzed(assay::AdvisorySource::Kind::osv, data, size);
  if (!read) return 0;
  for (const auto& name : read->packages()) {
    if (!read->records(name)) __builtin_trap();
  }
  return 0;
}
