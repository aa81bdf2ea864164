#pragma once
#include <array>
#include <cstdint>
#include <string>

#include "check/check.h"

namespace assay {

std::string size_words(std::uint64_t bytes);  // "512 bytes", "3.1 MB"

// What a check says at its end: what was found, what is not shown and how to see it, what was not
// looked at.
struct CheckSummary {
  const CheckReport& report;
  double seconds = 0;
  bool against = false;
  std::size_t known = 0;  // findings that the older version has too
  std::size_t gone = 0;   // findings of the older version that are not here

  std::array<std::size_t, 5> told_by_severity{};  // at or above the threshold, not suppressed
  std::size_t below = 0;       // of severity or confidence, in what ships
  std::size_t elsewhere = 0;   // in tests, docs and examples
  std::size_t suppressed = 0;  // by a comment, and at or above the threshold but for that

  void count(const FindingHead& head, const FindingFilter& threshold);
  std::size_t above_threshold() const;
  std::string words(bool everything_shown) const;  // with line ends
};

}  // namespace assay
