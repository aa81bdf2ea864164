#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "advisories/source_index.h"

namespace assay {

// For fuzz targets: the index that a file from outside becomes, read back, which must always go; nothing
// if the file is refused.
inline std::optional<SourceIndex> index_of_fuzzed(AdvisorySource::Kind kind, const std::uint8_t* data,
                                                  std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto index = write_source_index(kind, [&](const auto& sink) { return sink("fuzz", text); });
  if (!index) return std::nullopt;
  auto table = KeyedTable::of(*index);
  if (!table) __builtin_trap();
  auto read = SourceIndex::read(*std::move(table));
  if (!read) __builtin_trap();
  return *std::move(read);
}

}  // namespace assay
