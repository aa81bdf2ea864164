#pragma once
#include <vector>

#include "evidence/finding.h"

namespace assay {

// One finding for each secret of a package, whatever number of files holds it: by rule and by the
// value's digest, which the excerpt ends in. What ships and weighs most stands for the others, and
// its message names some of them. Other findings stay as they are.
std::vector<Finding> without_repeated_secrets(std::vector<Finding> findings);

}  // namespace assay
