#pragma once
#include <bitset>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace assay {

// Groups of words, and which of them a text contains: in one pass, in which nearly every place is ruled out
// by its first two characters. The words must outlive it, and have two characters or more.
class WordFinder {
 public:
  using Groups = std::uint32_t;  // bit i: the i-th group that was given

  // At most 32 groups.
  WordFinder(std::initializer_list<std::span<const std::string_view>> groups);

  // The groups of which some word stands anywhere in the text.
  Groups found_in(std::string_view text) const;

 private:
  struct Word {
    std::uint16_t begin;  // its first two characters
    std::string_view text;
    Groups group;
  };
  static std::uint16_t begin_of(std::string_view text, std::size_t at);

  std::bitset<std::size_t{1} << 16> begins_;
  std::vector<Word> words_;  // by their beginnings
  Groups all_ = 0;
};

}  // namespace assay
