#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "check/checked_finding.h"
#include "check/rule_book.h"

namespace assay {

// What can be told of a packed finding without unpacking it.
struct FindingHead {
  Severity severity;
  Confidence confidence;
  PathRole role;
  bool suppressed;
  bool counts_anywhere;  // evidence/finding.h
  std::uint64_t fingerprint;
};

// Findings of a file as bytes: what a check keeps of a hundred thousand of them, and what the cache
// holds. What a rule says of all of its findings is not repeated.
void pack(const CheckedFinding& finding, const RuleBook& rules, std::string& to);

// Calls `each` for those that `wanted` is true of. invalid_input for what pack() did not write.
Result<> unpack(std::string_view packed, const RuleBook& rules,
                const std::function<bool(const FindingHead&)>& wanted,
                const std::function<void(CheckedFinding&&)>& each);

}  // namespace assay
