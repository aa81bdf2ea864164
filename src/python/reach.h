#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "python/module.h"

namespace assay::python {

// How a module's code comes to run without anybody calling it.
enum class Root : std::uint8_t {
  import,      // its own level, classes' bodies included
  main,        // under `if __name__ == "__main__":`
  command,     // a method of a set-up command (setuptools' and distutils' cmdclass, hatch's hooks)
  build_hook,  // a function that a build front end calls (PEP 517, PEP 660)
};
inline constexpr std::size_t root_count = 4;

// What the module itself runs when it is imported, run or built: which functions its own level calls,
// which these call, and so on. Calls are followed through names, self, classes' constructors,
// lambdas, decorators, and to what threads and exit handlers are given. It follows no call into
// another module, and takes every branch: "may run", never "runs".
class Reach {
 public:
  explicit Reach(const Module& module);

  bool runs(NodeId node, Root root) const { return via_[index(root)].contains(unit_of(node)); }
  // The qualified names of the functions on the shortest way from the root to the node's own,
  // outermost first. Empty where it stands at the root itself; a long way begins with "…".
  std::vector<std::string> way(NodeId node, Root root) const;
  // What a node's code runs as a part of: its function_def or lambda, the suite of the main block, or
  // the module (0).
  NodeId unit_of(NodeId node) const { return units_[node]; }
  // The module's own functions and classes that a call may run: function_defs and lambdas.
  std::vector<NodeId> targets_of(NodeId call) const;

 private:
  class Builder;
  static std::size_t index(Root root) { return static_cast<std::size_t>(root); }

  const Module& module_;
  std::vector<NodeId> units_;
  std::unordered_map<std::string, NodeId> definitions_;   // by qualified name
  std::unordered_map<NodeId, NodeId> via_[root_count];    // unit -> what it is called from
};

}  // namespace assay::python
