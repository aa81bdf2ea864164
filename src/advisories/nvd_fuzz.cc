#include "advisories/fuzzed_source.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = assay::index_of_fuzzed(assay::AdvisorySource::Kind::nvd, data, size);
  if (read && !read->scores("CVE-2024-0001")) __builtin_trap();
  return 0;
}
