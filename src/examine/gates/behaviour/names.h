#pragma once
#include <string>

#include "python/module.h"

namespace assay::behaviour {

// What a call's callee names, also where it is asked for by a text at run time.
struct CalledName {
  std::string full;         // "os.system"; "" if it is not known
  bool indirect = false;    // through __import__, getattr, globals() or the like
  bool assembled = false;   // by a text that is put together or decoded, so that no search finds it
};

// As python::Module::callee(), and through
//   __import__("os").system        getattr(os, "system")       globals()["exec"]
//   importlib.import_module("os")  __builtins__.__dict__["exec"]   vars(os)["system"]
CalledName called_name(const python::Module& module, python::NodeId call);
CalledName named_by(const python::Module& module, python::NodeId expression);

}  // namespace assay::behaviour
