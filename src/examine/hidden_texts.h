#pragma once
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// Texts that must not be shown, however many there are: a text is looked through once, not once for
// each of them.
class HiddenTexts {
 public:
  explicit HiddenTexts(const std::set<std::string>& hidden);

  bool empty() const { return sorted_.empty(); }
  // The text with "…" for each of them, the longest where several begin.
  std::string without(std::string text) const;

 private:
  std::size_t size_at(std::string_view text) const;  // of the longest that the text begins with; 0

  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::vector<std::string> sorted_;
  std::vector<std::size_t> shorter_;  // of each: the longest other that it begins with
};

}  // namespace assay
