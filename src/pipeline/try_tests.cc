#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "pipeline/limits.h"
#include "pipeline/runtime_closure.h"
#include "pipeline/stages.h"
#include "pipeline/tool_wheels.h"
#include "trial/trial.h"

namespace assay {

namespace {

TestReport impossible(std::string reason) {
  TestReport report;
  report.state = TestReport::State::impossible;
  report.reason = std::move(reason);
  return report;
}

Result<Metadata> metadata_of(const Session& session, const WheelFile& wheel) {
  ASSAY_TRY(const auto text, wheel_member(*session.store, wheel, "METADATA"));
  return Metadata::parse(text);
}

Requirement pinned(const OwnWheel& wheel, const std::set<std::string>& extras) {
  Requirement requirement;
  requirement.name = wheel.name;
  requirement.written_name = wheel.name.str();
  requirement.extras = extras;
  // The version is the set's own: a specifier of it always parses.
  requirement.specifier = SpecifierSet::parse("===" + wheel.version.str()).value();
  return requirement;
}

// What the tests ask for that the set has: the set's own wheel is what is tried, whichever version
// upstream pinned. Each such pin is told in the plan's words.
void prefer_own(TestPlan& plan, const std::vector<OwnWheel>& own) {
  for (auto& requirement : plan.requirements) {
    const auto found = std::ranges::find(own, requirement.name, &OwnWheel::name);
    if (found == own.end() || requirement.specifier.contains(found->version, true)) continue;
    plan.how += fmt::format("; {} {} is taken as the set has it, where upstream asks for {}",
                            found->name.str(), found->version.str(), requirement.str());
    requirement.specifier = {};
  }
}

std::optional<TestPlanOverride> override_for(const Set& set, const Name& name) {
  const auto found = set.tests.find(name);
  if (found == set.tests.end()) return std::nullopt;
  const TestOverride& given = found->second;
  return TestPlanOverride{given.requirements, given.arguments, given.paths, given.environment};
}

Result<TriedTests> try_one(Session& session, const Selection& selection,
                           const SelectedPackage& package, const Interpreter& interpreter) {
  TriedTests tried;
  const auto closure = runtime_closure(selection, package, interpreter.id());
  if (!closure.missing.empty()) {
    tried.report = impossible("there is no wheel of " + join(closure.missing, ", "));
    return tried;
  }
  const auto own = std::ranges::find(closure.wheels, package.name, &OwnWheel::name);
  ASSAY_TRY(const Metadata metadata, metadata_of(session, own->wheel));
  const auto given = override_for(session.set, package.name);
  ASSAY_TRY(TestPlan plan, plan_tests(*session.store, *package.tree, metadata, interpreter.markers,
                                      given ? &*given : nullptr));
  if (!plan.present) {
    tried.report.how = plan.how;
    return tried;
  }
  prefer_own(plan, closure.wheels);
  ResolutionQuestion question{.requirements = plan.requirements,
                              .need = ResolutionRequest::Need::wheel,
                              .uploaded_before = package.source.upload_time,
                              .own = closure.wheels};
  question.requirements.push_back(pinned(*own, plan.extras));
  auto tools = fetch_tools(session, interpreter, question);
  if (!tools) {
    // What its tests need can't be had: a fact about the package, for a person to judge.
    if (tools.error().kind != ErrorKind::invalid_input &&
        tools.error().kind != ErrorKind::not_found) {
      return std::unexpected(std::move(tools).error());
    }
    tried.report = impossible("what the tests need can't be had: " + tools.error().message);
    tried.report.how = plan.how;
    return tried;
  }
  TrialRequest request{.name = package.name,
                       .version = package.version.str(),
                       .tree = *package.tree,
                       .plan = plan,
                       .wheels = wheel_files(*tools),
                       .limits = limits_of(session.set.policy.tests)};
  ASSAY_TRY(tried.report, run_trial(*session.actions, interpreter, request, session.stop));
  tried.tools = *std::move(tools);
  return tried;
}

}  // namespace

Result<> try_tests(Session& session, Selection& selection) {
  return for_each_package(
      session, "trial", selection, [&](SelectedPackage& package) -> Result<std::string> {
        std::vector<std::string> outcomes;
        for (const auto& interpreter : session.interpreters) {
          if (!package.chosen_for(interpreter.id())) continue;
          auto& tried = package.tests[interpreter.id()];
          ASSAY_TRY(tried, try_one(session, selection, package, interpreter));
          outcomes.push_back(summary(tried.report));
        }
        return join(outcomes, "; ");
      });
}

}  // namespace assay
