#include "evidence/path_role.h"

#include "base/text.h"
#include "evidence/enum_names.h"

namespace assay {

namespace {
constexpr EnumNames<8> names{"shipped",  "test",      "docs",  "example",
                             "vendored", "generated", "build", "tool"};
}

bool ships(PathRole role) {
  switch (role) {
    case PathRole::shipped:
    case PathRole::build:
    case PathRole::vendored:
    case PathRole::generated: return true;
    case PathRole::test:
    case PathRole::docs:
    case PathRole::example:
    case PathRole::tool: return false;
  }
  return true;
}

bool is_test_file(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot != std::string_view::npos && is_any_of(name.substr(dot), {".c", ".cc", ".cpp", ".cxx", ".go"})) {
    const auto stem = name.substr(0, dot);
    return stem.ends_with("_test") || stem.ends_with("_unittest") || stem.ends_with("_benchmark");
  }
  return name == "conftest.py" || (name.starts_with("test_") && name.ends_with(".py")) ||
         name.ends_with("_test.py") || name.ends_with("_tests.py");
}

std::string_view to_string(PathRole role) { return name_of(names, role); }

Result<PathRole> parse_path_role(std::string_view text) {
  return value_of<PathRole>(names, text, "role of a path");
}

}  // namespace assay
