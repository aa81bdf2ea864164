#pragma once
#include <cstddef>
#include <string>

#include "evidence/finding.h"
#include "evidence/rule_description.h"
#include "examine/gate.h"

namespace assay {

// A finding of a rule in [begin, end) of a file, with the rule's severity, confidence, weakness and
// aliases. Its excerpt is what stands there, one-spaced and cut at 200 bytes.
Finding finding_at(const RuleDescription& rule, const ExaminedFile& file, std::size_t begin,
                   std::size_t end, std::string message);

}  // namespace assay
