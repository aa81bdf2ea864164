#include "action/kept_output.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

void KeptOutput::add(std::string_view bytes) {
  const std::size_t fits = std::min(bytes.size(), half_ - head_.size());
  head_ += bytes.substr(0, fits);
  tail_ += bytes.substr(fits);
  // Cut only when twice too long, so that each byte is moved once on average.
  if (tail_.size() > 2 * half_) {
    const std::size_t surplus = tail_.size() - half_;
    left_out_ += surplus;
    tail_.erase(0, surplus);
  }
}

std::string KeptOutput::text() const {
  const std::size_t surplus = tail_.size() > half_ ? tail_.size() - half_ : 0;
  const std::uint64_t left_out = left_out_ + surplus;
  if (left_out == 0) return head_ + tail_;
  return fmt::format("{}\n[{} bytes left out]\n{}", head_, left_out, tail_.substr(surplus));
}

}  // namespace assay
