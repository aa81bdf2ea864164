#pragma once
#include <optional>
#include <string_view>

#include "examine/checked_gate.h"

namespace assay {

// What a file of compiled code is, by its first bytes and, for archives, its name: "an ELF program or
// library", "a Java archive". Nothing if it is none.
std::optional<std::string_view> compiled_kind(std::string_view path, std::string_view bytes);

// The check "binary-in-source". A hit says only that the file begins like one.
void check_binary_in_source(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                            std::vector<Finding>& findings);

}  // namespace assay
