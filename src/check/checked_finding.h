#pragma once
#include <cstdint>
#include <string>

#include "evidence/finding.h"

namespace assay {

// A finding with what is shown beside it.
struct CheckedFinding {
  Finding finding;  // its path is within what was checked; "" for a single file
  std::uint64_t fingerprint = 0;  // the first 16 digits of Finding::fingerprint() as a number

  // The line it stands in, printable, without indentation, cut where it is long; "" where showing
  // it would repeat a secret. The bytes [begin, end) of it are what was found.
  std::string frame;
  std::uint32_t frame_begin = 0;
  std::uint32_t frame_end = 0;

  // How many bytes more than characters stand before its column, and its end column: those count
  // bytes.
  std::uint32_t column_excess = 0;
  std::uint32_t end_column_excess = 0;

  // The reason that a comment in the code gives why this does not count; "" where none does.
  std::string suppressed;
};

std::string fingerprint_digits(std::uint64_t fingerprint);

}  // namespace assay
