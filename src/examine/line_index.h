#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace assay {

// Lines and columns of the offsets in a text.
class LineIndex {
 public:
  struct Place {
    std::uint32_t line;    // from 1
    std::uint32_t column;  // from 1, in bytes
  };

  explicit LineIndex(std::string_view text);
  Place place(std::size_t offset) const;
  // Without its end; "" beyond the last.
  std::string_view line(std::uint32_t number) const;
  // The offset of a line's end, which is its line feed; the text's, of the last and of those beyond.
  std::size_t end(std::uint32_t number) const;
  std::size_t count() const { return begins_.size(); }

 private:
  std::string_view text_;
  std::vector<std::size_t> begins_;
};

}  // namespace assay
