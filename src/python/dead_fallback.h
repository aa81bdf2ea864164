#pragma once
#include "python/syntax.h"

namespace assay::python {

// Is an `except` handler one that no supported Python runs: `except ImportError` after the import of a
// module that each of them has? What a module holds may be missing in some (`from hashlib import
// new_one`), so of `from` imports only those of modules that have not grown since Python 3.8 count.
bool is_dead_fallback(const Syntax& syntax, NodeId handler, NodeId try_statement);

}  // namespace assay::python
