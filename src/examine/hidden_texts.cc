#include "examine/hidden_texts.h"

#include <algorithm>

namespace assay {

HiddenTexts::HiddenTexts(const std::set<std::string>& hidden)
    : sorted_(hidden.begin(), hidden.end()), shorter_(hidden.size(), none) {
  // What a text begins with stands before it in this order; between them, only what begins so too.
  for (std::size_t i = 1; i < sorted_.size(); ++i) {
    std::size_t at = i - 1;
    while (at != none && !sorted_[i].starts_with(sorted_[at])) at = shorter_[at];
    shorter_[i] = at;
  }
}

std::size_t HiddenTexts::size_at(std::string_view text) const {
  const auto after = std::ranges::upper_bound(sorted_, text, {}, [](const std::string& one) {
    return std::string_view(one);
  });
  auto at = static_cast<std::size_t>(after - sorted_.begin()) - 1;  // none if it is the first
  while (at != none && !text.starts_with(sorted_[at])) at = shorter_[at];
  return at == none ? 0 : sorted_[at].size();
}

std::string HiddenTexts::without(std::string text) const {
  if (empty()) return text;
  std::string shown;
  std::size_t kept = 0;  // what stands before is in `shown`
  for (std::size_t i = 0; i < text.size();) {
    const auto size = size_at(std::string_view(text).substr(i));
    if (size == 0) {
      ++i;
      continue;
    }
    shown.append(text, kept, i - kept).append("…");
    i += size;
    kept = i;
  }
  return kept == 0 ? text : shown.append(text, kept);
}

}  // namespace assay
