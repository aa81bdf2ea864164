#pragma once
#include <utility>
#include <vector>

#include "python/module.h"

namespace assay {

// Does a node stand in an `except ImportError` that no supported Python runs (python/dead_fallback.h)?
bool is_dead_branch(const python::Module& module, python::NodeId id);

// What lies below a module's `if __name__ == "__main__":`, which only who runs it by hand reaches. Found
// once: a module may have a million statements, and be asked for each.
class ScriptPart {
 public:
  explicit ScriptPart(const python::Module& module);
  // An offset of the source, in bytes.
  bool holds(std::size_t offset) const;

 private:
  std::vector<std::pair<std::size_t, std::size_t>> parts_;  // begin and end of each
};

}  // namespace assay
