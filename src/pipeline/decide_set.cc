#include <algorithm>

#include "package/record.h"
#include "pipeline/stages.h"
#include "pipeline/steps.h"
#include "store/tree.h"

namespace assay {

namespace {

// The interpreter of this machine that is put beside one of another platform: of the same version, or
// else the first; "" for this machine's own.
std::string counterpart_of(const std::vector<Interpreter>& interpreters, const std::string& python) {
  const Interpreter* best = nullptr;
  const auto own = std::ranges::find(interpreters, python, &Interpreter::id);
  if (own == interpreters.end() || !own->target.system) return "";
  for (const auto& other : interpreters) {
    if (other.target.system) continue;
    if (best == nullptr || (other.version == own->version && best->version != own->version)) {
      best = &other;
    }
  }
  return best == nullptr ? "" : best->id();
}

PackageEvidence evidence_of(const SelectedPackage& package,
                            const std::vector<Interpreter>& interpreters) {
  PackageEvidence evidence{.name = package.name,
                           .version = package.version.str(),
                           .findings = package.findings,
                           .gates_run = package.gates_run,
                           .builds = {},
                           .tests = {},
                           .surfaces = package.surfaces,
                           .steps = {},
                           .refusal = package.refusal,
                           .error = package.error,
                           .dependencies = {}};
  for (const auto& [python, built] : package.wheels) {
    evidence.builds.push_back({python, built.failure});
  }
  for (const auto& [python, tried] : package.tests) {
    evidence.tests.push_back({python, tried.report, counterpart_of(interpreters, python)});
  }
  std::set<Name> dependencies;
  for (const auto& [python, needs] : package.dependencies) {
    for (const auto& needed : needs) dependencies.insert(needed.name);
  }
  evidence.dependencies.assign(dependencies.begin(), dependencies.end());
  for (const auto& patch : package.patches) evidence.patches.push_back(patch.file);
  for (const auto& interpreter : interpreters) {
    const auto& platform = interpreter.target.platform;
    if (std::ranges::find(evidence.targets, platform) == evidence.targets.end()) {
      evidence.targets.push_back(platform);
    }
  }
  return evidence;
}

bool is_to_be_stripped(const Session& session, const Name& name) {
  return std::ranges::any_of(session.dispositions, [&](const Disposition& one) {
    return one.subject == Disposition::Subject::plan && one.package == name &&
           one.plan.remediation == Remediation::strip;
  });
}

// Nothing if one of them can't be read: then it is not known what the wheels have.
std::optional<PackageEvidence::Files> files_of(const Session& session, const SelectedPackage& package) {
  PackageEvidence::Files files;
  if (!package.tree) return std::nullopt;
  const auto tree = get_tree(session.store->blobs, *package.tree);
  if (!tree) return std::nullopt;
  for (const auto& entry : tree->entries()) files.source.insert(entry.path);
  for (const auto& [python, built] : package.wheels) {
    if (!built.failure.empty()) continue;
    const auto text = wheel_member(*session.store, built.wheel, "RECORD");
    const auto record = text ? parse_record(*text) : std::unexpected(text.error());
    if (!record) return std::nullopt;
    for (const auto& entry : *record) files.wheels.insert(entry.path);
  }
  if (files.wheels.empty()) return std::nullopt;
  return files;
}

// A dependency's fault is no reason to stop looking: what else is wrong is worth knowing.
bool refuses_by_itself(const Reason& reason) {
  return reason.weight == Reason::Weight::refuse && reason.gate != "dependencies";
}

}  // namespace

void spare_refused(const Session& session, Selection& selection) {
  const DecisionResult so_far = decide_set(session, selection, true);
  for (std::size_t i = 0; i < selection.size(); ++i) {
    selection[i].spared = std::ranges::any_of(so_far.verdicts[i].reasons, refuses_by_itself);
  }
}

Result<> propose_results(const Session& session, const Selection& selection) {
  for (const auto& package : selection) {
    for (const auto& [python, tried] : package.tests) {
      if (tried.report.state != TestReport::State::ran) continue;
      ASSAY_CHECK(propose_expected_tests(session.set.folder, package.name, python,
                                         expected_of(package.version.str(), tried.report),
                                         session.expected_tests));
    }
  }
  return {};
}

DecisionResult decide_set(const Session& session, const Selection& selection, bool proof_to_come) {
  std::vector<PackageEvidence> evidence;
  for (const auto& package : selection) {
    evidence.push_back(evidence_of(package, session.interpreters));
    evidence.back().steps = steps_that_ran(session, package);
    evidence.back().proof_to_come = proof_to_come;
    evidence.back().advisories_not_known = session.advisories.not_known();
    if (is_to_be_stripped(session, package.name)) evidence.back().files = files_of(session, package);
  }
  const ThreatCheck threats{
      .wanted = session.set.policy.threat_model.required,
      .model = session.threat_model ? &*session.threat_model : nullptr,
      .review = session.threat_review ? &*session.threat_review : nullptr,
      .release_steps = release_steps(session)};
  return decide(session.set.policy, session.dispositions, evidence, date_of(session.clock.now()),
                threats, session.expected_tests);
}

}  // namespace assay
