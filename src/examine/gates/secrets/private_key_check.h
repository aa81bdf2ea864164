#pragma once
#include <span>
#include <vector>

#include "evidence/finding.h"
#include "examine/gate.h"
#include "examine/rule.h"

namespace assay {

// The check "private-key". Patterns: 0 a "-----BEGIN … PRIVATE KEY-----"; 1 PGP's; 2 PuTTY's first
// words; 3 "kty" of a JSON web key; then the begins of whole files: 4 DER, 5 PKCS#12, 6 Java's
// keystores. What decodes to a key gets the rule's severity, an encrypted one "medium", a block that
// decodes to nothing "none". The excerpt holds the kind of key and a digest, never a part of it.
void check_private_keys(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                        std::vector<Finding>& findings);

}  // namespace assay
