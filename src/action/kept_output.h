#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

// The beginning and the end of a stream of any length: causes stand at the one, results at the
// other.
class KeptOutput {
 public:
  explicit KeptOutput(std::size_t limit) : half_(limit / 2) {}

  void add(std::string_view bytes);
  // With a line in the middle that tells how much was left out, if anything was.
  std::string text() const;

 private:
  std::size_t half_;
  std::string head_;
  std::string tail_;
  std::uint64_t left_out_ = 0;
};

}  // namespace assay
