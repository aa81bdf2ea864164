#pragma once
#include <string>

#include "pipeline/audit.h"

namespace assay {

// An audit for people: what is hit, by package, what is not known, and one line that sums it up.
// `screen`: it goes to the terminal that standard output is, in its width and colours.
std::string audit_text(const AuditReport& report, bool screen);

}  // namespace assay
