#pragma once
#include <optional>
#include <string>

#include "evidence/capability.h"
#include "python/module.h"

namespace assay {

// What a call does to files that are no part of the package, where its path tells so: one that
// begins at the root, in a home or temporary folder, or with what the environment says.
struct OutsideAccess {
  Capability capability = Capability::reads_outside;
  std::string what;  // "open(/etc/passwd)", "open(os.path.expanduser())"
};
std::optional<OutsideAccess> outside_access(const python::Module& module, python::NodeId call,
                                            const std::string& callee);

}  // namespace assay
