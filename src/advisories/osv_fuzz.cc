#include <cstddef>
#include <cstdint>
#include <string_view>

#include "advisories/source_index.h"

// A file of this kind from outside, and the index that it becomes, read back.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto index = assay::write_source_index(
      assay::AdvisorySource::Kind::osv, [&](const auto& sink) { return sink("fuzz", text); });
  if (!index) return 0;
  auto table = assay::KeyedTable::of(*index);
  if (!table) __builtin_trap();
  const auto read = assay::SourceIndex::read(*std::move(table));
  if (!read) __builtin_trap();
  for (const auto& name : read->packages()) {
    if (!read->records(name)) __builtin_trap();
  }
  return 0;
}
