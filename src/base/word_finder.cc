#include "base/word_finder.h"

#include <algorithm>

namespace assay {

std::uint16_t WordFinder::begin_of(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const auto second = static_cast<unsigned char>(text[at + 1]);
  return static_cast<std::uint16_t>(first << 8 | second);
}

WordFinder::WordFinder(std::initializer_list<std::span<const std::string_view>> groups) {
  Groups group = 1;
  for (const auto& words : groups) {
    for (const std::string_view word : words) {
      words_.push_back({begin_of(word, 0), word, group});
      begins_.set(words_.back().begin);
    }
    all_ |= group;
    group <<= 1;
  }
  std::ranges::sort(words_, {}, &Word::begin);
}

WordFinder::Groups WordFinder::found_in(std::string_view text) const {
  Groups found = 0;
  for (std::size_t at = 0; at + 1 < text.size() && found != all_; ++at) {
    const auto begin = begin_of(text, at);
    if (!begins_.test(begin)) continue;
    for (const Word& word : std::ranges::equal_range(words_, begin, {}, &Word::begin)) {
      if (text.substr(at).starts_with(word.text)) found |= word.group;
    }
  }
  return found;
}

}  // namespace assay
