#include "evidence/capability.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "evidence/enum_names.h"
#include "evidence/json_members.h"

namespace assay {

namespace {

constexpr EnumNames<23> names{
    "listens",       "connects",       "resolves",          "network",
    "spawns",        "reads-outside",  "writes-outside",    "loads-native-code",
    "deserialises",  "evaluates",      "loads-modules",     "environment-secrets",
    "telemetry",     "crypto",         "archives",          "xml",
    "sql",           "html",           "templates",         "runs-at-install",
    "runs-at-start", "runs-at-import", "unread"};

Json to_json(const CapabilityPlace& place) {
  Json json = {{"path", place.path}, {"line", place.line}, {"what", place.what}};
  json["symbol"] = place.symbol;
  json["chain"] = place.chain;
  return json;
}

}  // namespace

std::string_view to_string(Capability capability) { return name_of(names, capability); }

Result<Capability> parse_capability(std::string_view text) {
  return value_of<Capability>(names, text, "capability");
}

std::vector<std::string> capabilities() { return {names.begin(), names.end()}; }

std::optional<SurfaceKind> surface_of(Capability capability) {
  switch (capability) {
    case Capability::listens:
    case Capability::connects:
    case Capability::resolves:
    case Capability::network: return SurfaceKind::network;
    case Capability::spawns: return SurfaceKind::subprocess;
    case Capability::loads_native_code: return SurfaceKind::native_code;
    case Capability::deserialises: return SurfaceKind::deserialisation;
    case Capability::evaluates:
    case Capability::loads_modules: return SurfaceKind::dynamic_code;
    case Capability::runs_at_install: return SurfaceKind::install_time_code;
    case Capability::runs_at_start: return SurfaceKind::startup_hook;
    // Known only since capabilities are told: a model answers them when it names them.
    case Capability::reads_outside:
    case Capability::writes_outside:
    case Capability::environment_secrets:
    case Capability::telemetry:
    case Capability::crypto:
    case Capability::archives:
    case Capability::xml:
    case Capability::sql:
    case Capability::html:
    case Capability::templates:
    case Capability::runs_at_import:
    case Capability::unread: return std::nullopt;
  }
  return std::nullopt;
}

std::string words_of(const CapabilityPlace& place) {
  std::string text;
  for (const auto& step : place.chain) text += printable(step) + " → ";
  text += printable(place.what) + " (" + printable(place.path);
  if (place.line != 0) text += ":" + std::to_string(place.line);
  return text + ")";
}

Json to_json(const CapabilityUse& use) {
  Json places = Json::array();
  for (const auto& place : use.places) places.push_back(to_json(place));
  return {{"capability", to_string(use.capability)}, {"count", use.count}, {"places", places}};
}

Result<CapabilityUse> capability_use_from_json(const Json& json) {
  JsonMembers members(json);
  CapabilityUse use{.capability = members.word("capability", parse_capability),
                    .count = members.count("count"),
                    .places = {}};
  members.elements("places", [&](const Json& element) -> Result<> {
    JsonMembers own(element);
    use.places.push_back({.path = own.text("path"),
                          .line = own.count("line"),
                          .what = own.text("what"),
                          .symbol = own.text("symbol"),
                          .chain = own.texts("chain")});
    return own.finish();
  });
  ASSAY_CHECK(context(members.finish(), "a capability"));
  return use;
}

Json to_json(const PackageSurfaces& found) {
  Json surfaces = Json::array();
  for (const auto& surface : found.surfaces) surfaces.push_back(to_json(surface));
  Json uses = Json::array();
  for (const auto& use : found.capabilities) uses.push_back(to_json(use));
  return {{"surfaces", std::move(surfaces)}, {"capabilities", std::move(uses)}};
}

Result<PackageSurfaces> package_surfaces_from_json(const Json& json) {
  PackageSurfaces found;
  JsonMembers members(json);
  members.elements("surfaces", [&](const Json& element) -> Result<> {
    ASSAY_TRY(auto surface, surface_from_json(element));
    found.surfaces.push_back(std::move(surface));
    return {};
  });
  members.elements("capabilities", [&](const Json& element) -> Result<> {
    ASSAY_TRY(auto use, capability_use_from_json(element));
    found.capabilities.push_back(std::move(use));
    return {};
  });
  ASSAY_CHECK(context(members.finish(), "the surfaces of a package"));
  return found;
}

}  // namespace assay
