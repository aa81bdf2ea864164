#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evidence/rule_description.h"
#include "examine/gate.h"

namespace assay {

// File gates that look at a file together. Made once, and used by many threads.
struct GateSet {
  std::vector<std::unique_ptr<FileGate>> gates;
  std::string ruleset;  // digest of every gate's rules and of the versions of the code

  // All of examine/all_gates.def, or those that are named; invalid_input for a name that none has.
  static Result<GateSet> create(std::span<const std::string> names = {});

  std::vector<std::string> names() const;
  std::vector<RuleDescription> rules() const;  // by their ids
};

}  // namespace assay
