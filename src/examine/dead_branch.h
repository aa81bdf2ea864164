#pragma once
#include "python/module.h"

namespace assay {

// Does a node stand in an `except ImportError` that no supported Python runs (python/dead_fallback.h)?
bool is_dead_branch(const python::Module& module, python::NodeId id);

// Does what stands at an offset of the source lie below the module's `if __name__ == "__main__":`, which
// only who runs the module by hand reaches?
bool is_run_as_script(const python::Module& module, std::size_t offset);

}  // namespace assay
