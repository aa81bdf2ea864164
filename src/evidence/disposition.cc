#include "evidence/disposition.h"

#include "evidence/enum_names.h"

namespace assay {

namespace {

constexpr EnumNames<5> remediations{"upgrade", "patch", "strip", "mitigate", "accept"};

}  // namespace

std::string_view to_string(Remediation remediation) { return name_of(remediations, remediation); }

Result<Remediation> parse_remediation(std::string_view text) {
  return value_of<Remediation>(remediations, text, "decision of a plan");
}

}  // namespace assay
