#pragma once
#include <cstddef>
#include <vector>

#include "evidence/finding.h"
#include "evidence/rule_description.h"
#include "examine/gate.h"

namespace assay {

// Findings of one rule in one file, as far as there is room: each takes up a kilobyte, and a file of one
// statement over and over has a hundred thousand places. Beyond the bound only those are told that are
// heavier than all before them, and how many were left out is said at the end.
class BoundedFindings {
 public:
  static constexpr std::size_t most = 5000;

  BoundedFindings(const RuleDescription& rule, const ExaminedFile& file, std::vector<Finding>& findings)
      : rule_(rule), file_(file), findings_(findings) {}
  ~BoundedFindings();
  BoundedFindings(const BoundedFindings&) = delete;
  BoundedFindings& operator=(const BoundedFindings&) = delete;

  // Whether a finding of that severity is told; it is counted as one that is, or as left out.
  bool has_room(Severity severity);
  void add(Finding finding) {
    if (has_room(finding.severity)) findings_.push_back(std::move(finding));
  }

 private:
  const RuleDescription& rule_;
  const ExaminedFile& file_;
  std::vector<Finding>& findings_;
  std::size_t told_ = 0;
  std::size_t left_out_ = 0;
  Severity heaviest_ = Severity::none;
};

}  // namespace assay
