#pragma once
#include "python/module.h"

namespace assay {

// Does a node stand in an `except ImportError` that follows the import of a module which every supported
// Python has? What a module holds (`from hashlib import new_one`) may be missing in some.
bool is_dead_branch(const python::Module& module, python::NodeId id);

}  // namespace assay
