#pragma once
#include <map>
#include <string>

#include "examine/checked_gate.h"

namespace assay {

// Checks of calls in C, C++ and Cython sources. A rule lists the functions of its kind by their
// signatures, in which the names of parameters tell what they are:
//   functions = ["strcpy(to, from)", "sprintf(to, format, ...)", "getlogin(): anyone can change it"]
// What follows the colon is told with a finding. A hit ends at the opening parenthesis.
//
//   c-named    every call; parameters called `null` and `set` must be so (NULL, or not NULL)
//   c-copy     copies of unknown length: low where the source is constant or short by its format
//   c-format   formats that are not constant
//   c-scan     %s and %[ without a width, in formats of input
//   c-length   lengths that come from the source, or leave no room for the end
//   c-command  commands and programs that are not constant, or looked for on a path
//   c-ignored  calls whose result must be looked at
//   c-mask     file creation masks that let others write
//   c-followed calls after which one of the rule's `then` must follow
std::map<std::string, CheckedGate::Check, std::less<>> c_checks();

}  // namespace assay
