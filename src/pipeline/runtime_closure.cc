#include "pipeline/runtime_closure.h"

#include <algorithm>

#include "package/file_name.h"

namespace assay {

namespace {

const SelectedPackage* find(const Selection& selection, const Dependency& dependency) {
  const auto found = std::ranges::find_if(selection, [&](const SelectedPackage& package) {
    return package.name == dependency.name && package.version == dependency.version;
  });
  return found == selection.end() ? nullptr : &*found;
}

}  // namespace

RuntimeClosure runtime_closure(const Selection& selection, const SelectedPackage& package,
                               const std::string& python) {
  RuntimeClosure closure;
  std::vector<const SelectedPackage*> waiting{&package};
  std::set<Name> seen{package.name};
  while (!waiting.empty()) {
    const SelectedPackage* next = waiting.back();
    waiting.pop_back();
    const auto built = next->wheels.find(python);
    if (built == next->wheels.end() || !built->second.failure.empty()) {
      closure.missing.push_back(next->title());
      continue;
    }
    // A rebuilt wheel has a version of its own.
    const auto file = WheelName::parse(built->second.wheel.file_name);
    closure.wheels.push_back(
        {next->name, file ? file->version : next->version, built->second.wheel});
    for (const auto& needed : next->dependencies.at(python)) {
      const SelectedPackage* dependency = find(selection, needed);
      if (dependency != nullptr && seen.insert(needed.name).second) waiting.push_back(dependency);
    }
  }
  std::ranges::sort(closure.wheels, {}, &OwnWheel::name);
  return closure;
}

}  // namespace assay
