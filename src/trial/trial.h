#pragma once
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "action/action.h"
#include "action/sandbox.h"
#include "base/digest.h"
#include "base/result.h"
#include "environment/interpreter.h"
#include "environment/virtual_environment.h"
#include "evidence/test_report.h"
#include "package/metadata.h"
#include "package/requirement.h"

namespace assay {

// How upstream's tests of a source tree are to be run: found by reading files, never by running
// them. Order: what the set's file says; tox (tox.ini, [tool.tox]); dependency groups (PEP 735),
// extras and requirements files named for tests; then pytest alone.
struct TestPlan {
  bool present = false;                    // the tree carries tests
  std::vector<Requirement> requirements;   // pytest included; direct references are left out and told
  std::set<std::string> extras;            // of the package itself, that its tests need
  std::vector<std::string> paths;          // what pytest is given, relative to the tree
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;
  std::string how;                         // in words
};

struct TestPlanOverride {
  std::vector<std::string> requirements;
  std::vector<std::string> arguments;
  std::vector<std::string> paths;
  std::map<std::string, std::string> environment;
};

Result<TestPlan> plan_tests(const Store& store, const Digest& tree, const Metadata& metadata,
                            const MarkerEnvironment& markers, const TestPlanOverride* override);

struct TrialRequest {
  Name name;
  std::string version;
  Digest tree;
  TestPlan plan;
  std::vector<WheelFile> wheels;  // the built wheel, its dependencies, the test requirements' closure
  SandboxLimits limits;
};

// Runs the plan in the sandbox against the wheel: the tree is there without what the wheel installs
// (no import of it from the source), JUnit is kept. Failing tests are outcomes, not errors. What fails is
// run once more; a test that passes then is flaky.
Result<TestReport> run_trial(ActionRunner& actions, const Interpreter& interpreter,
                             const TrialRequest& request, std::stop_token stop);

// JUnit XML as pytest writes it. invalid_input if it is none.
Result<std::vector<TestOutcome>> parse_junit(std::string_view xml);

}  // namespace assay
