#pragma once
#include <span>
#include <vector>

#include "evidence/finding.h"
#include "examine/gate.h"
#include "examine/rule.h"

namespace assay {

// The check "insecure-url": what is fetched over plain HTTP can be changed on the way (CWE-319).
// Each hit ends a "http://". A reference gets the rule's severity if a program could fetch it;
// "low" where only a person reads it (comments, prose, tests); "none" where it is a name and not a
// place (XML namespaces, licences), or leads nowhere (local and reserved hosts).
void check_insecure_urls(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                         std::vector<Finding>& findings);

}  // namespace assay
