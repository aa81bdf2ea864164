#pragma once
#include <span>
#include <string>
#include <vector>

#include "evidence/finding.h"
#include "examine/gate.h"
#include "examine/gates/secrets/assignment.h"
#include "examine/gates/secrets/token_format.h"
#include "examine/rule.h"

namespace assay {

// A format that only the name of what it is assigned to tells, and the rule that it belongs to.
struct NamedFormat {
  const RuleDescription* rule;
  const TokenFormat* format;
};

// A literal for each of the formats' words.
std::vector<Pattern> named_patterns(std::span<const NamedFormat> formats);

// The check "assignment": each hit ends a word that the name of a credential may hold. A value that
// is a provider's format is a finding of that format's rule, all else one of this rule; those that
// their shape tells are told elsewhere.
void check_assignments(const Rule& rule, std::span<const NamedFormat> formats,
                       std::span<const TokenFormat* const> told_by_shape,
                       const ExaminedFile& file, std::span<const Hit> hits,
                       std::vector<Finding>& findings);

}  // namespace assay
