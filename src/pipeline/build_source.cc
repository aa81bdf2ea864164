#include "pipeline/build_source.h"

#include "build/builder.h"
#include "pipeline/limits.h"
#include "pipeline/tool_wheels.h"

namespace assay {

Result<BuiltWheel> build_source(Session& session, const Interpreter& interpreter, const UnpackedSource& source) {
  BuiltWheel built;
  ASSAY_TRY(auto system, read_build_system(*session.store, source.tree));
  BuildRequest request{.name = source.name,
                       .version = source.version.str(),
                       .tree = source.tree,
                       .system = system,
                       .toolchain = {},
                       .limits = limits_of(session.set.policy.build)};
  if (source.file.upload_time) {
    request.source_date_epoch = source.file.upload_time->time_since_epoch().count();
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

}  // namespace assay
