#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "python/syntax.h"

namespace assay {

// What a scope gives a name, wherever it does.
struct BoundValues {
  bool bound = false;
  bool unknown = false;  // also by an import, a definition, a declaration, or there was too much to look at
  std::vector<python::NodeId> values;  // that the name is given, or that are added to it
};

// Looks through a scope, and what lies in it unless it has a parameter of that name. `looked_at` counts
// the nodes, and `most` of them are looked at.
BoundValues bound_values(const python::Syntax& syntax, python::NodeId scope, std::string_view name,
                         std::size_t& looked_at, std::size_t most);

// Has a function or lambda a parameter of that name?
bool has_parameter(const python::Syntax& syntax, python::NodeId scope, std::string_view name);

}  // namespace assay
