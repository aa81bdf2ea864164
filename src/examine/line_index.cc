#include "examine/line_index.h"

#include <algorithm>

namespace assay {

LineIndex::LineIndex(std::string_view text) : text_(text), begins_{0} {
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', end + 1)) {
    begins_.push_back(end + 1);
  }
}

LineIndex::Place LineIndex::place(std::size_t offset) const {
  const auto after = std::ranges::upper_bound(begins_, offset);
  const auto line = static_cast<std::uint32_t>(after - begins_.begin());
  return {line, static_cast<std::uint32_t>(offset - begins_[line - 1] + 1)};
}

std::string_view LineIndex::line(std::uint32_t number) const {
  if (number == 0 || number > begins_.size()) return {};
  const auto begin = begins_[number - 1];
  const auto line = text_.substr(begin, end(number) - begin);
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

std::size_t LineIndex::end(std::uint32_t number) const {
  return number < begins_.size() ? begins_[number] - 1 : text_.size();
}

}  // namespace assay
