#pragma once
#include <cstdint>

#include "python/module.h"

namespace assay {

// What a value may be made of, as far as the module itself tells.
enum class DataSource : std::uint16_t {
  network = 1,        // what another machine sent, a request's parts
  file = 2,           // what stands in a file
  environment = 4,    // variables of the environment
  typed = 8,          // input()
  stored = 16,        // what a pickle, JSON or the like held
  program = 32,       // what another program printed
  command_line = 64,  // sys.argv
  random = 128,       // os.urandom and the like
  given = 256,        // a text that a caller of a public function hands over, whole lines or all of it
  given_part = 512,   // the same, put into a text of the module's
  temporary = 1024,   // a fresh name or a number of the system's: mkstemp, getpid
};

class DataSources {
 public:
  constexpr bool has(DataSource source) const { return (bits_ & static_cast<std::uint16_t>(source)) != 0; }
  // Can others than the module and who runs it shape a part of it?
  constexpr bool from_outside() const {
    using enum DataSource;
    for (const DataSource source : {network, file, environment, typed, stored, program, given, given_part}) {
      if (has(source)) return true;
    }
    return false;
  }
  constexpr void add(DataSource source) { bits_ |= static_cast<std::uint16_t>(source); }
  constexpr void add(DataSources more) { bits_ |= more.bits_; }
  constexpr void remove(DataSource source) { bits_ &= static_cast<std::uint16_t>(~static_cast<std::uint16_t>(source)); }

 private:
  std::uint16_t bits_ = 0;
};

// Follows names through all their bindings, parameters to the calls within the module, calls of the
// module's own functions to what they return. What nothing tells of adds nothing: attributes of
// objects, other modules' functions, callers elsewhere. A parameter counts as given where it is one of
// a public function of the module's level; in a method, where the method says that it takes a text
// (`isinstance(x, str)`, `x = eval(x)`), or its name says that it is an expression, or the question is
// of any method.
enum class GivenTo { functions, methods_too };
DataSources data_sources(const python::Module& module, python::NodeId expression, GivenTo given = GivenTo::functions);

}  // namespace assay
