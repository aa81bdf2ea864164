#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/digest.h"

namespace assay {

// A stretch of code by a hash of its tokens: equal code has equal hashes, wherever it stands.
struct Fingerprint {
  std::uint64_t hash = 0;
  std::uint32_t from = 0;  // lines, from 1, both included
  std::uint32_t to = 0;
  auto operator<=>(const Fingerprint&) const = default;
};

// Python source by what it does: its tokens without comments, the content of strings, white space
// and import statements, which are what copying changes.
struct CodePrint {
  std::optional<Digest> digest;  // of all tokens; nothing for fewer than 60, alike by chance
  std::uint32_t last_line = 0;   // that has a token
  std::vector<Fingerprint> fingerprints;  // by line
};

// The fingerprints are winnowed (Schleimer, Wilkerson, Aiken: Winnowing, SIGMOD 2003) from grams of
// 20 tokens in windows of 16: any 35 tokens that two sources share give both a fingerprint. Grams
// with fewer than 5 identifiers, such as tables of numbers, are left out. Takes any bytes.
CodePrint print_of(std::string_view source);

}  // namespace assay
