#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// One import statement's module, by `import` or `from`.
struct Import {
  std::string module;              // "a.b"; "" in "from . import x"
  unsigned level = 0;              // dots before it
  std::vector<std::string> names;  // of "from m import a, b"; "*" for all
  std::uint32_t line = 0;
};

// Every import statement of a source, at any depth of it.
std::vector<Import> imports_of(std::string_view source);

// The modules that an import in `importer` may load, in full: "pkg.sub" for "from .sub import x" in
// pkg.mod, and "pkg.sub.x", since x may be a module. `is_package`: the importer is an __init__.py.
std::vector<std::string> modules_of(const Import& import, std::string_view importer, bool is_package);

}  // namespace assay
