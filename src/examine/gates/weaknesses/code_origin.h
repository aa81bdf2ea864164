#pragma once
#include "python/module.h"

namespace assay {

// Is all that an expression's value is made of written in the module: literals, counters, loops over
// lists of constants, names of functions and of their parameters, files at a constant place beside
// it (`in_setup`: or below the folder that it runs in)? False where a part comes from elsewhere, or
// cannot be told.
bool is_made_here(const python::Module& module, python::NodeId expression, bool in_setup = false);

// Does a condition around the node, or before it in its function, let only constants pass for the
// name: `if x in ("a", "b"):`, `if x not in known: raise`?
bool is_one_of_constants(const python::Module& module, python::NodeId name, python::NodeId at);

}  // namespace assay
