#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "build/builder.h"
#include "pipeline/stages.h"
#include "pipeline/tool_wheels.h"

namespace assay {

namespace {

SandboxLimits limits_of(const Policy::Build& policy) {
  return {.cpu = std::chrono::seconds(policy.cpu_seconds),
          .wall = std::chrono::seconds(policy.wall_seconds),
          .memory_bytes = std::uint64_t{policy.memory_mib} << 20,
          .disk_bytes = std::uint64_t{policy.disk_mib} << 20,
          .processes = policy.processes};
}

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

Result<BuiltWheel> build(Session& session, const Interpreter& interpreter,
                         const SelectedPackage& package) {
  BuiltWheel built;
  ASSAY_TRY(auto system, read_build_system(*session.store, *package.tree));
  BuildRequest request{.name = package.name,
                       .version = package.version.str(),
                       .tree = *package.tree,
                       .system = system,
                       .toolchain = {},
                       .limits = limits_of(session.set.policy.build)};
  if (package.source.upload_time) {
    request.source_date_epoch = package.source.upload_time->time_since_epoch().count();
  }
  ResolutionQuestion question{.requirements = system.requirements,
                              .need = ResolutionRequest::Need::wheel,
                              .uploaded_before = session.set.uploaded_before,
                              .own = {}};
  ASSAY_TRY(built.tools, context(fetch_tools(session, interpreter, question), "build requirements"));
  request.toolchain = wheel_files(built.tools);

  ASSAY_TRY(const auto asked,
            required_for_build(*session.actions, interpreter, request, session.stop));
  if (!asked.failure.empty()) {
    built.failure = asked.failure;
    built.log = asked.log;
    return built;
  }
  if (!asked.requirements.empty()) {
    for (const auto& text : asked.requirements) {
      ASSAY_TRY(auto requirement, context(Requirement::parse(text), "get_requires_for_build_wheel"));
      question.requirements.push_back(std::move(requirement));
    }
    ASSAY_TRY(built.tools,
              context(fetch_tools(session, interpreter, question), "build requirements"));
    request.toolchain = wheel_files(built.tools);
  }
  ASSAY_TRY(auto outcome, build_wheel(*session.actions, interpreter, request, session.stop));
  built.failure = std::move(outcome.failure);
  built.log = std::move(outcome.log);
  built.wheel = std::move(outcome.wheel);
  return built;
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
          ASSAY_TRY(package.wheels[interpreter.id()], build(session, interpreter, package));
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
