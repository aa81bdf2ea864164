#pragma once
#include <cstdint>
#include <string_view>

namespace assay {

// A part of a file: `length` bytes from `offset`.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  bool operator==(const ByteRange&) const = default;
};

enum class RangeAnswer {
  whole,         // there is no range, or one that is ignored, as RFC 9110 allows: send all
  part,          // send the part
  unsatisfiable  // it begins beyond the end, or there are several
};

struct ChosenRange {
  RangeAnswer answer = RangeAnswer::whole;
  ByteRange range;
};

// A Range header (RFC 9110, section 14.2) for a file of `size` bytes. A single range of bytes is
// honoured; several are refused as unsatisfiable, since their sum has no bound.
ChosenRange choose_range(std::string_view header, std::uint64_t size);

}  // namespace assay
