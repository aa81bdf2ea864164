#pragma once
#include <cstdint>
#include <functional>
#include <stop_token>
#include <unordered_set>

#include "base/result.h"
#include "check/check.h"

namespace assay {

// What an older version already had, by its fingerprints.
class EarlierFindings {
 public:
  EarlierFindings() = default;  // none

  // From the request's only path: lines of `assay check --format json` (*.json, *.jsonl), else what a
  // check of it finds.
  static Result<EarlierFindings> of(const CheckRequest& request, CheckProgress& progress,
                                    const RoleTeller& teller,
                                    std::stop_token stop);

  bool has(std::uint64_t fingerprint) const { return known_.contains(fingerprint); }
  // How many of them are not in the other set.
  std::size_t count_without(const std::unordered_set<std::uint64_t>& others) const;

 private:
  std::unordered_set<std::uint64_t> known_;
};

}  // namespace assay
