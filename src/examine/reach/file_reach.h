#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "evidence/capability.h"
#include "evidence/path_role.h"

namespace assay {

// A part of a Python file that runs as a whole: a function or method by its qualified name
// ("Session.get"), "" what runs when the file is imported (classes' bodies too), or script_unit.
using Unit = std::string;
inline constexpr const char* script_unit = "<script>";  // under `if __name__ == "__main__":`

// By what a file can do something.
struct CapabilityHit {
  Capability capability{};
  std::uint32_t line = 0;
  std::string what;  // "socket.socket().bind"; an import's module
  Unit unit;
  bool acts = true;  // false: an import, which does nothing by itself
};

// What one file says of itself; the calls between files are found by PackageGraph.
struct FileReach {
  struct Call {
    Unit from;
    // As python::Module::qualified tells it: ":Session.get", ".helpers.run", "self.run",
    // "pkg.helpers.run"; "?.run" a method of what nothing tells of.
    std::string to;
    bool handed_over = false;  // it is an argument: whoever gets it may call it, now or later
  };
  struct Class {
    std::string name;                // qualified
    std::vector<std::string> bases;  // as in Call::to
  };

  std::string path;
  PathRole role = PathRole::shipped;
  std::vector<CapabilityHit> hits;
  std::vector<Call> calls;
  std::vector<Unit> functions;                 // those it defines
  std::vector<Unit> handlers;                  // of these, commands and routes of a framework
  std::vector<Class> classes;
  std::map<std::string, std::string> imports;  // at its level: name -> what it stands for
};

}  // namespace assay
