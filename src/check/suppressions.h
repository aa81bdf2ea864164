#pragma once
#include <optional>
#include <string>

#include "evidence/finding.h"
#include "examine/gate.h"

namespace assay {

// A comment in the code that asks for a finding to be left out: in one of the finding's lines, or
// alone in the line before it.
//   # assay: ignore[rule-or-alias, …] reason
//   # nosec B301 - reason
//   # noqa: S301 reason
struct Suppression {
  std::uint32_t line = 0;
  std::string reason;  // "" if it gives none, or names no rule: then it does not count
};

// What the file says of a finding; nothing if no comment speaks of its rule.
std::optional<Suppression> suppression_of(const Finding& finding, const ExaminedFile& file);

}  // namespace assay
