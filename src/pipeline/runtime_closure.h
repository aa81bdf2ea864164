#pragma once
#include <string>
#include <vector>

#include "pipeline/selection.h"
#include "pipeline/tool_wheels.h"

namespace assay {

// The package and everything it needs at run time, as the set's own wheels. What is missing a wheel
// makes its dependants' tests impossible: they are told by name.
struct RuntimeClosure {
  std::vector<OwnWheel> wheels;
  std::vector<std::string> missing;
};

RuntimeClosure runtime_closure(const Selection& selection, const SelectedPackage& package,
                               const std::string& python);

}  // namespace assay
