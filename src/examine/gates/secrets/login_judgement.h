#pragma once
#include <string_view>

#include "examine/gates/secrets/secret_finding.h"
#include "examine/rule.h"

namespace assay {

// What is to be said of a user's name and password that stand together: in an address, a header, a
// command, a file of logins. `host` is "" where none is told.
SecretDescription judge_login(const RuleDescription& rule, std::string_view user,
                              std::string_view password, std::string_view host);

}  // namespace assay
