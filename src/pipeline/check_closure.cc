#include <algorithm>

#include <fmt/format.h>

#include "package/file_name.h"
#include "pipeline/stages.h"

namespace assay {

namespace {

// The version that pip sees; a wheel from patched source has one of its own.
Version published_version(const SelectedPackage& package, const std::string& python) {
  const auto built = package.wheels.find(python);
  if (built == package.wheels.end()) return package.version;
  const auto name = WheelName::parse(built->second.wheel.file_name);
  return name ? name->version : package.version;
}

// What the wheel of a package asks for and the set does not hold, for one interpreter; "" if the
// set is closed there.
std::string unmet(const Selection& selection, const SelectedPackage& package,
                  const Metadata& metadata, const Interpreter& interpreter) {
  for (const auto& requirement : metadata.requires_dist) {
    if (!requirement.applies(interpreter.markers, package.extras)) continue;
    const bool met = std::ranges::any_of(selection, [&](const SelectedPackage& other) {
      return other.name == requirement.name && other.chosen_for(interpreter.id()) &&
             requirement.specifier.contains(published_version(other, interpreter.id()), true);
    });
    if (!met) return requirement.str();
  }
  return "";
}

}  // namespace

Result<> check_closure(Session& session, Selection& selection) {
  for (auto& package : selection) {
    for (const auto& interpreter : session.interpreters) {
      const auto built = package.wheels.find(interpreter.id());
      if (package.stopped() || built == package.wheels.end() || !built->second.failure.empty()) {
        continue;
      }
      ASSAY_TRY(const auto text, wheel_member(*session.store, built->second.wheel, "METADATA"));
      auto metadata = Metadata::parse(text);
      if (!metadata) {
        package.refusal = "its wheel's METADATA can't be read: " + metadata.error().message;
        continue;
      }
      built->second.closure_checked = true;
      const auto missing = unmet(selection, package, *metadata, interpreter);
      if (!missing.empty()) {
        package.refusal = fmt::format("its wheel asks for {}, which the set does not hold for Python {}",
                                      missing, interpreter.id());
      }
    }
  }
  return {};
}

}  // namespace assay
