#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "evidence/cvss.h"

namespace {

bool is_score(double score) { return score >= 0 && score <= 10; }

}  // namespace

// Whatever is taken has scores from 0 to 10, words, and the same scores again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto vector = assay::CvssVector::parse(text);
  if (!vector) return 0;
  const auto scores = vector->scores();
  if (!is_score(scores.base) || !is_score(scores.temporal.value_or(0)) ||
      !is_score(scores.environmental.value_or(0)) || vector->in_words().empty() ||
      assay::CvssVector::parse(text)->scores().base != scores.base) {
    std::abort();
  }
  return 0;
}
