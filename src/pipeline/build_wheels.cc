#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "pipeline/build_source.h"
#include "pipeline/stages.h"

namespace assay {

namespace {

// A wheel that was built for another interpreter and fits this one too: a pure or an abi3 one.
const BuiltWheel* fitting(const SelectedPackage& package, const Interpreter& interpreter) {
  for (const auto& [python, built] : package.wheels) {
    if (!built.failure.empty()) continue;
    const auto name = WheelName::parse(built.wheel.file_name);
    if (!name) continue;
    const bool fits = std::ranges::any_of(name->tags, [&](const Tag& tag) {
      return std::ranges::find(interpreter.tags, tag) != interpreter.tags.end();
    });
    if (fits) return &built;
  }
  return nullptr;
}

}  // namespace

Result<> build_wheels(Session& session, Selection& selection) {
  return for_each_package(
      session, "build", selection, [&](SelectedPackage& package) -> Result<std::string> {
        for (const auto& interpreter : session.interpreters) {
          if (!package.chosen_for(interpreter.id())) continue;
          if (const BuiltWheel* other = fitting(package, interpreter)) {
            BuiltWheel same = *other;
            same.reused = true;
            package.wheels[interpreter.id()] = std::move(same);
            continue;
          }
          ASSAY_TRY(package.wheels[interpreter.id()],
                    build_source(session, interpreter,
                                 {package.name, package.version, package.source, *package.tree}));
        }
        std::vector<std::string> outcomes;
        for (const auto& [python, built] : package.wheels) {
          if (built.reused) continue;
          outcomes.push_back(built.failure.empty() ? built.wheel.file_name : built.failure);
        }
        return join(outcomes, ", ");
      });
}

}  // namespace assay
