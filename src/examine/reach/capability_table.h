#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/capability.h"
#include "examine/gate.h"

namespace assay {

// What the names of the standard library and of much-used packages stand for, and what C functions
// do: the table is examine/reach/capabilities.def.
struct NamedCapability {
  std::string_view name;
  Capability capability;
};

// Of a function, class or method by its full name, as python::Module::qualified tells it:
// "socket.socket().bind". Empty if it does nothing that is told.
std::span<const NamedCapability> of_name(std::string_view full);
// Of importing a module, or what lies below it. Empty if nothing is told of it.
std::span<const NamedCapability> of_module(std::string_view module);

// A method of a value that nothing tells of, in a file that imports a module.
struct MethodHint {
  std::string_view method;
  std::string_view module;
  Capability capability;
};
std::span<const MethodHint> of_method(std::string_view method);

// A C function, by which compiled code and its sources do something.
struct NativeFunction {
  std::string_view name;
  Capability capability;
  bool socket = false;  // its name is everybody's: it counts beside a socket header only
};
const NativeFunction* native_function(std::string_view name);
std::span<const NativeFunction> native_functions();

// What must stand in a Python file for it to be worth parsing; and in a C file for a look at it.
std::vector<Pattern> python_marks();
std::vector<Pattern> native_marks();

}  // namespace assay
