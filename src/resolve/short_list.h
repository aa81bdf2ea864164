#pragma once
#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace assay {

// The first few of a list in words, and how many more there are.
class ShortList {
 public:
  // `make` is called only for what is shown.
  template <class Make>
  void add(Make make) {
    if (shown_.size() < most_shown) {
      shown_.push_back(make());
    } else {
      ++more_;
    }
  }
  bool empty() const { return shown_.empty(); }
  std::string str(std::string_view separator) const {
    auto text = join(shown_, separator);
    if (more_ > 0) text += fmt::format("{}{} more", separator, more_);
    return text;
  }

 private:
  static constexpr std::size_t most_shown = 5;
  std::vector<std::string> shown_;
  std::size_t more_ = 0;
};

}  // namespace assay
