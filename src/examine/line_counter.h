#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace assay {

// Lines and columns of offsets in a text. Offsets asked in rising order cost one pass in all.
class LineCounter {
 public:
  struct Place {
    std::uint32_t line;    // from 1
    std::uint32_t column;  // from 1, in bytes
  };

  explicit LineCounter(std::string_view text) : text_(text) {}
  Place place(std::size_t offset);

 private:
  std::string_view text_;
  std::size_t line_begin_ = 0;  // of the line that the last offset was in
  std::uint32_t line_ = 1;
};

}  // namespace assay
