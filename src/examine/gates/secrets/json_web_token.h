#pragma once
#include <span>
#include <vector>

#include "evidence/finding.h"
#include "examine/gate.h"
#include "examine/rule.h"

namespace assay {

// The check "json-web-token": each hit ends some bytes into the claims of a JSON web token (RFC
// 7519). Its header and claims are decoded; a signature can't be judged, and nothing of the claims
// is repeated but who issued it and how long it lasts.
void check_json_web_tokens(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                           std::vector<Finding>& findings);

}  // namespace assay
