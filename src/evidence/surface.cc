#include "evidence/surface.h"

#include <nlohmann/json.hpp>

#include "evidence/enum_names.h"
#include "evidence/json_members.h"

namespace assay {

namespace {
constexpr EnumNames<9> names{"install-time-code", "native-code",  "network",     "subprocess",
                             "deserialisation",   "dynamic-code", "entry-point", "startup-hook",
                             "host-library"};
}

std::string_view to_string(SurfaceKind kind) { return name_of(names, kind); }

Result<SurfaceKind> parse_surface_kind(std::string_view text) {
  return value_of<SurfaceKind>(names, text, "attack surface");
}

std::vector<std::string> surface_kinds() { return {names.begin(), names.end()}; }

Json to_json(const Surface& surface) {
  return {{"kind", to_string(surface.kind)}, {"count", surface.count}, {"places", surface.places}};
}

Result<Surface> surface_from_json(const Json& json) {
  JsonMembers members(json);
  Surface surface{.kind = members.word("kind", parse_surface_kind),
                  .count = members.count("count"),
                  .places = members.texts("places")};
  ASSAY_CHECK(context(members.finish(), "a surface"));
  return surface;
}

}  // namespace assay
