#pragma once
#include <span>
#include <string>
#include <vector>

#include "evidence/finding.h"
#include "examine/gate.h"
#include "examine/gates/secrets/token_format.h"
#include "examine/rule.h"

namespace assay {

// The check "provider-token": each hit ends where a token of formats[hit.pattern] may have reached
// its shortest length. A token stands alone: no letter, digit or other sign of its alphabet goes on
// before or after it.
void check_provider_tokens(const Rule& rule, std::span<const TokenFormat* const> formats,
                           const ExaminedFile& file, std::span<const Hit> hits,
                           std::vector<Finding>& findings);

// The finding for a value of a format in [begin, end).
Finding token_finding(const RuleDescription& rule, const TokenFormat& format,
                      const ExaminedFile& file, std::size_t begin, std::size_t end);

}  // namespace assay
