#pragma once
#include <cstdint>
#include <vector>

#include "examine/gates/behaviour/named_calls.h"
#include "python/module.h"
#include "python/reach.h"

namespace assay::behaviour {

// Where a value may come from, as a set.
using Origins = std::uint32_t;
struct Origin {
  static constexpr Origins credentials = 1;     // a file that holds them, or its path
  static constexpr Origins stores = 2;          // browsers', messengers' and wallets' own stores
  static constexpr Origins environment = 4;     // all variables, not one of them
  static constexpr Origins host = 8;            // the machine's or the user's name
  static constexpr Origins captured = 16;       // clipboard, screen, keyboard
  static constexpr Origins remote = 32;         // what a server answered
  static constexpr Origins remote_file = 64;    // the path of a file that holds such
  static constexpr Origins decoded = 128;       // went through a decoder
  static constexpr Origins literal = 256;       // long text or many numbers that stand in the source
  static constexpr Origins dropped_file = 512;  // the path of a file that decoded text was written to
  static constexpr Origins socket = 1024;
  static constexpr Origins session = 2048;
  static constexpr Origins drop = 4096;         // the address of a webhook, a paste site, a tunnel
  static constexpr Origins raw_address = 8192;  // a URL whose host is a public address by number
};

// Which values of a module come from where: through names, attributes of self, containers, the module's
// own functions, and files that are written and used. No order of statements is known and every branch
// is taken, so that it tells what may flow, never that it must.
class Flow {
 public:
  Flow(const python::Module& module, const python::Reach& reach, const NamedCalls& named);

  // In the order of the source. Their acts are told by their names and by the objects they are called on.
  const std::vector<Call>& calls() const { return calls_; }
  Origins of(python::NodeId expression) const { return origins_[expression]; }
  // Of all that a call is given, the object it is called on included.
  Origins given(python::NodeId call) const;
  // By keyword and place, as Module::argument(); 0 if it is not given.
  Origins argument(python::NodeId call, std::string_view keyword, int place) const;

 private:
  const python::Module& module_;
  std::vector<Origins> origins_;
  std::vector<Call> calls_;
};

// What a string literal names (credentials, stores, drop, raw_address), and whether it is a long one
// (literal). 0 for other nodes.
Origins origins_of_literal(const python::Syntax& syntax, python::NodeId id);

}  // namespace assay::behaviour
