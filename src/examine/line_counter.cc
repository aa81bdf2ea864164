#include "examine/line_counter.h"

namespace assay {

LineCounter::Place LineCounter::place(std::size_t offset) {
  if (offset < line_begin_) {
    line_begin_ = 0;
    line_ = 1;
  }
  for (;;) {
    const auto end = text_.find('\n', line_begin_);
    if (end == std::string_view::npos || end >= offset) break;
    line_begin_ = end + 1;
    ++line_;
  }
  return {line_, static_cast<std::uint32_t>(offset - line_begin_ + 1)};
}

}  // namespace assay
