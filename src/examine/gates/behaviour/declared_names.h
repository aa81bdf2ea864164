#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "examine/gates/behaviour/subject.h"

// What a package's own files declare of it: metadata, pyproject.toml, setup.cfg, setup.py,
// entry_points.txt. What can't be read declares nothing.
namespace assay::behaviour {

struct DeclaredName {
  std::string name;  // as it is written
  bool own = false;  // the project's; else a requirement's
  std::size_t offset = 0;
  bool optional = false;  // asked for by an extra only
};
std::vector<DeclaredName> declared_names(const Subject& subject);

struct EntryPoint {
  std::string group;  // "console_scripts"
  std::string name;
  std::string target;  // "package.module:function"; "" where it is not known
  std::size_t offset = 0;
};
std::vector<EntryPoint> declared_entry_points(const Subject& subject);

}  // namespace assay::behaviour
