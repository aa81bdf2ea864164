#include "pipeline/steps.h"

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

namespace assay {

namespace {

// A person looked at the package under the model as it is, or a decision about it is in force.
bool was_reviewed(const Session& session, const Name& name) {
  const auto& review = session.threat_review;
  if (review && session.threat_model && review->model == session.threat_model->digest &&
      review->packages.contains(name)) {
    return true;
  }
  const Date today = date_of(session.clock.now());
  return std::ranges::any_of(session.dispositions, [&](const Disposition& one) {
    return one.package == name && one.date <= today && today <= one.expires;
  });
}

bool closed(const SelectedPackage& package) {
  return std::ranges::any_of(package.wheels,
                             [](const auto& one) { return one.second.closure_checked; });
}

using StepsByPackage = std::map<std::string, std::set<std::string>>;  // by name and version

Json step_evidence(const VettingStep& step, const StepsByPackage& steps, bool of_release) {
  std::vector<std::string> missing;
  for (const auto& [package, ran] : steps) {
    if (!of_release && !ran.contains(std::string(step.id))) missing.push_back(package);
  }
  const bool performed = of_release || missing.size() < steps.size();
  Json evidence{{"step", step.id},
                {"what", step.what},
                {"ibm-security-and-privacy-by-design", step.ibm},
                {"nist-ssdf", step.ssdf},
                {"slsa", step.slsa},
                {"evidence", performed ? step.evidence : "not performed"}};
  if (performed && step.scope == VettingStep::Scope::package) {
    evidence["packages"] = steps.size() - missing.size();
    evidence["not-for"] = missing;
  }
  return evidence;
}

// How many packages the threat concerns, and how many of them each of its steps answers.
Json threat_answers(const Threat& threat, const Session& session, const Selection& selection) {
  Json surfaces = Json::array();
  for (const auto kind : threat.surfaces) surfaces.push_back(to_string(kind));
  std::size_t concerned = 0;
  std::map<std::string, std::size_t> answers;
  std::vector<std::string> unanswered;
  for (const auto& package : selection) {
    if (!concerns(threat, package.surfaces)) continue;
    ++concerned;
    auto ran = steps_that_ran(session, package);
    if (threat.surfaces.empty()) ran.merge(release_steps(session));
    const auto step = answer_to(threat, ran);
    if (step.empty()) {
      unanswered.push_back(package.title());
    } else {
      ++answers[step];
    }
  }
  return {{"id", threat.id},           {"title", threat.title},   {"slsa", threat.slsa},
          {"surfaces", surfaces},      {"remains", threat.remains}, {"packages", concerned},
          {"answered-by", answers},    {"accepted-for", unanswered}};
}

}  // namespace

std::set<std::string> steps_that_ran(const Session& session, const SelectedPackage& package) {
  std::set<std::string> steps(package.gates_run.begin(), package.gates_run.end());
  if (!package.dependencies.empty()) steps.insert("resolution");
  if (package.tree) steps.insert("hashes");
  if (session.threat_model && package.surfaces_found) steps.insert("threat-model");
  if (closed(package)) steps.insert("closed-set");
  if (was_reviewed(session, package.name)) steps.insert("review");
  for (const auto& [python, built] : package.wheels) {
    if (built.failure.empty()) steps.insert("build-sandbox");
  }
  for (const auto& [python, tried] : package.tests) {
    if (tried.report.state == TestReport::State::ran) steps.insert("tests");
  }
  return steps;
}

std::set<std::string> release_steps(const Session& session) {
  std::set<std::string> steps{"bill-of-materials"};
  if (session.key) steps.insert("signature");
  return steps;
}

Json threat_evidence(const Session& session, const Selection& selection) {
  StepsByPackage steps;
  for (const auto& package : selection) {
    steps[package.title()] = steps_that_ran(session, package);
  }
  const auto of_release = release_steps(session);
  Json table = Json::array();
  for (const auto& step : vetting_steps()) {
    table.push_back(step_evidence(step, steps, of_release.contains(std::string(step.id))));
  }
  Json evidence{{"steps", std::move(table)}, {"packages", steps.size()}};
  if (session.threat_model) {
    evidence["model"] = session.threat_model->digest;
    evidence["threats"] = Json::array();
    for (const auto& threat : session.threat_model->threats) {
      evidence["threats"].push_back(threat_answers(threat, session, selection));
    }
  }
  if (session.threat_review) {
    evidence["reviewed"] = {{"by", session.threat_review->reviewer},
                            {"on", format_date(session.threat_review->date)},
                            {"model", session.threat_review->model}};
  }
  return evidence;
}

}  // namespace assay
