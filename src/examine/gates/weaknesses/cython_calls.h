#pragma once
#include "examine/checked_gate.h"

namespace assay {

// The check "cython-call": calls of Python's functions in Cython sources, which are not parsed as
// Python. The rule's list tells them by their full names, with the ids of the same check elsewhere:
//   functions = ["pickle.loads(data) B301 S301: can run whatever its data says"]
// A hit ends at the opening parenthesis. A constant first argument is harmless; a parameter called
// `shell` must be given as True, one called `loader` must not be a safe one.
void check_cython_calls(const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                        std::vector<Finding>& findings);

}  // namespace assay
