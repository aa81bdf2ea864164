#pragma once
#include <span>
#include <vector>

#include "evidence/finding.h"
#include "examine/gate.h"
#include "examine/rule.h"

namespace assay {

// The check "private-key": each hit ends a "-----BEGIN … PRIVATE KEY-----". A block that decodes to
// a key gets the rule's severity, an encrypted one "medium", one that decodes to nothing "none".
// The excerpt holds the kind of key and the beginning of its digest, never a part of it.
void check_private_keys(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                        std::vector<Finding>& findings);

}  // namespace assay
