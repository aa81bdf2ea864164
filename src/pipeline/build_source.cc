#include "pipeline/build_source.h"

#include "pipeline/tool_wheels.h"

namespace assay {

namespace {

// All that a hook needs; or, with a failure in `asked`, what came of asking the back end for it.
struct PreparedBuild {
  BuildRequest request;
  std::vector<ToolWheel> tools;
  BuildOutcome asked;
};

Result<PreparedBuild> prepare_build(Workspace& workspace, const Interpreter& interpreter,
                                    const UnpackedSource& source) {
  PreparedBuild build;
  ASSAY_TRY(auto system, read_build_system(*workspace.store, source.tree));
  build.request = {.name = source.name,
                   .version = source.version.str(),
                   .tree = source.tree,
                   .system = system,
                   .toolchain = {},
                   .limits = workspace.build_limits};
  if (source.file.upload_time) {
    build.request.source_date_epoch = source.file.upload_time->time_since_epoch().count();
  }
  ResolutionQuestion question{.requirements = system.requirements,
                              .need = ResolutionRequest::Need::wheel,
                              .uploaded_before = workspace.uploaded_before,
                              .own = {}};
  const auto fetch = [&]() -> Result<> {
    ASSAY_TRY(build.tools, context(fetch_tools(workspace, interpreter, question), "build requirements"));
    build.request.toolchain = wheel_files(build.tools);
    return {};
  };
  ASSAY_CHECK(fetch());
  ASSAY_TRY(build.asked, required_for_build(*workspace.actions, interpreter, build.request, workspace.stop));
  if (!build.asked.failure.empty() || build.asked.requirements.empty()) return build;
  for (const auto& text : build.asked.requirements) {
    ASSAY_TRY(auto requirement, context(Requirement::parse(text), "get_requires_for_build_wheel"));
    question.requirements.push_back(std::move(requirement));
  }
  ASSAY_CHECK(fetch());
  return build;
}

}  // namespace

Result<BuiltWheel> build_source(Workspace& workspace, const Interpreter& interpreter, const UnpackedSource& source) {
  ASSAY_TRY(auto build, prepare_build(workspace, interpreter, source));
  auto outcome = std::move(build.asked);
  if (outcome.failure.empty()) {
    ASSAY_TRY(outcome, build_wheel(*workspace.actions, interpreter, build.request, workspace.stop));
  }
  BuiltWheel built;
  built.tools = std::move(build.tools);
  built.failure = std::move(outcome.failure);
  built.log = std::move(outcome.log);
  built.wheel = std::move(outcome.wheel);
  return built;
}

Result<BuildOutcome> built_metadata(Workspace& workspace, const Interpreter& interpreter,
                                    const UnpackedSource& source) {
  ASSAY_TRY(auto build, prepare_build(workspace, interpreter, source));
  if (!build.asked.failure.empty()) return std::move(build.asked);
  return metadata_of_wheel(*workspace.actions, interpreter, build.request, workspace.stop);
}

}  // namespace assay
