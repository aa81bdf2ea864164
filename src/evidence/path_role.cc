#include "evidence/path_role.h"

#include "evidence/enum_names.h"

namespace assay {

namespace {
constexpr EnumNames<7> names{"shipped",  "test",      "docs", "example",
                             "vendored", "generated", "build"};
}

std::string_view to_string(PathRole role) { return name_of(names, role); }

Result<PathRole> parse_path_role(std::string_view text) {
  return value_of<PathRole>(names, text, "role of a path");
}

}  // namespace assay
