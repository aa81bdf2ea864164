#pragma once
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace assay {

// What a unit of the resolution can be: not there at all (absent), or there as one of its candidates.
// A set of these, as bits; all sets of one unit have the same size.
class VersionBits {
 public:
  VersionBits() = default;
  explicit VersionBits(std::size_t candidates) : size_(candidates + 1), words_((size_ + 63) / 64) {}
  static VersionBits everything(std::size_t candidates) { return ~VersionBits(candidates); }
  static VersionBits only_absent(std::size_t candidates) {
    VersionBits bits(candidates);
    bits.words_[0] = 1;
    return bits;
  }

  std::size_t candidates() const { return size_ - 1; }
  bool has_absent() const { return (words_[0] & 1) != 0; }
  bool has(std::size_t candidate) const { return bit(candidate + 1); }
  void add(std::size_t candidate) { words_[(candidate + 1) / 64] |= std::uint64_t{1} << ((candidate + 1) % 64); }

  bool empty() const {
    return std::ranges::all_of(words_, [](std::uint64_t word) { return word == 0; });
  }
  bool is_everything() const { return (~*this).empty(); }
  bool is_subset_of(const VersionBits& other) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if ((words_[i] & ~other.words_[i]) != 0) return false;
    }
    return true;
  }
  bool meets(const VersionBits& other) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if ((words_[i] & other.words_[i]) != 0) return true;
    }
    return false;
  }
  // Candidates, newest first as their list is; absence is none.
  std::vector<std::size_t> list() const {
    std::vector<std::size_t> all;
    for (std::size_t i = 1; i < size_; ++i) {
      if (bit(i)) all.push_back(i - 1);
    }
    return all;
  }
  std::size_t count() const {
    std::size_t sum = 0;
    for (const auto word : words_) sum += static_cast<std::size_t>(std::popcount(word));
    return sum;
  }

  VersionBits& operator&=(const VersionBits& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
  }
  VersionBits& operator|=(const VersionBits& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }
  friend VersionBits operator&(VersionBits a, const VersionBits& b) { return a &= b; }
  friend VersionBits operator|(VersionBits a, const VersionBits& b) { return a |= b; }
  VersionBits operator~() const {
    VersionBits bits = *this;
    for (auto& word : bits.words_) word = ~word;
    if (size_ % 64 != 0) bits.words_.back() &= (std::uint64_t{1} << (size_ % 64)) - 1;
    return bits;
  }
  friend bool operator==(const VersionBits&, const VersionBits&) = default;
  friend auto operator<=>(const VersionBits& a, const VersionBits& b) { return a.words_ <=> b.words_; }

 private:
  bool bit(std::size_t i) const { return (words_[i / 64] >> (i % 64) & 1) != 0; }

  std::size_t size_ = 0;
  std::vector<std::uint64_t> words_;
};

}  // namespace assay
