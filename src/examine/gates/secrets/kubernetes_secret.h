#pragma once
#include <span>
#include <vector>

#include "evidence/finding.h"
#include "examine/gate.h"
#include "examine/rule.h"

namespace assay {

// The check "kubernetes-secret": a hit ends the kind of an object that is a Secret (Kubernetes' API,
// core/v1). Each value of its `data`, which base64 hides from nobody, is judged by what it decodes to.
void check_kubernetes_secrets(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                              std::vector<Finding>& findings);

}  // namespace assay
