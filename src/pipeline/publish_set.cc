#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pipeline/stages.h"

namespace assay {

namespace {

Json to_json(const std::vector<ToolWheel>& tools) {
  Json list = Json::array();
  for (const auto& tool : tools) {
    list.push_back({{"name", tool.name.str()},
                    {"version", tool.version.str()},
                    {"file", tool.wheel.file_name},
                    {"sha256", tool.wheel.digest.hex()}});
  }
  return list;
}

Json package_evidence(const SelectedPackage& package, const Verdict& verdict) {
  Json findings = Json::array();
  for (const auto& finding : package.findings) findings.push_back(to_json(finding));
  Json builds = Json::object();
  for (const auto& [python, built] : package.wheels) {
    builds[python] = {{"wheel", built.wheel.file_name},
                      {"sha256", built.wheel.digest.hex()},
                      {"log", built.log},
                      {"reused", built.reused},
                      {"tools", to_json(built.tools)}};
  }
  Json tests = Json::object();
  for (const auto& [python, tried] : package.tests) {
    tests[python] = to_json(tried.report);
    tests[python]["tools"] = to_json(tried.tools);
  }
  Json source{{"file", package.source.file_name}, {"tree", package.tree->hex()}};
  if (package.source.sha256) source["sha256"] = package.source.sha256->hex();
  if (package.source.upload_time) source["uploaded"] = format_time(*package.source.upload_time);
  return {{"name", package.name.str()},
          {"version", package.version.str()},
          {"source", std::move(source)},
          {"gates", package.gates_run},
          {"findings", std::move(findings)},
          {"builds", std::move(builds)},
          {"tests", std::move(tests)},
          {"verdict", to_json(verdict)}};
}

// How the whole set was judged: by which records, rules and interpreters.
Json set_evidence(const Session& session) {
  const auto& known = session.advisories.provenance();
  // Why a source was passed over is the run's to tell: it changes with the weather of the network.
  Json passed_over = Json::array();
  for (const auto& earlier : known.passed_over) passed_over.push_back(earlier.source);
  Json pythons = Json::object();
  for (const auto& interpreter : session.interpreters) {
    pythons[interpreter.version] = {{"version", interpreter.full_version},
                                    {"fingerprint", interpreter.fingerprint}};
  }
  return {{"set", session.set.name},
          {"advisories",
           {{"source", known.name},
            {"newest-record", format_time(known.newest)},
            {"records", known.records},
            {"digest", known.digest},
            {"problems", known.problems},
            {"passed-over", std::move(passed_over)}}},
          {"ruleset", session.examiner.ruleset()},
          {"platform", host_platform()},
          {"build-host", host_fingerprint()},
          {"pythons", std::move(pythons)}};
}

}  // namespace

Result<Release> publish_set(Session& session, const Selection& selection,
                            const DecisionResult& decision) {
  ReleaseContent content{.set_name = session.set.name, .pythons = {}, .wheels = {}, .evidence = {}};
  for (const auto& interpreter : session.interpreters) content.pythons.push_back(interpreter.version);
  std::map<std::string, std::size_t> known;  // file name -> place in content.wheels
  for (std::size_t i = 0; i < selection.size(); ++i) {
    const auto& package = selection[i];
    for (const auto& [python, built] : package.wheels) {
      if (!built.failure.empty()) continue;  // accepted: another interpreter has a wheel
      const auto [place, added] = known.emplace(built.wheel.file_name, content.wheels.size());
      if (added) {
        ASSAY_TRY(auto text, wheel_member(*session.store, built.wheel, "METADATA"));
        ASSAY_TRY(auto metadata, Metadata::parse(text));
        content.wheels.push_back({.file_name = built.wheel.file_name,
                                  .digest = built.wheel.digest,
                                  .metadata = std::move(metadata),
                                  .metadata_text = std::move(text),
                                  .pythons = {}});
      }
      content.wheels[place->second].pythons.push_back(python);
    }
    content.evidence[fmt::format("{}-{}.json", package.name.str(), package.version.str())] =
        package_evidence(package, decision.verdicts[i]);
  }
  content.evidence["set.json"] = set_evidence(session);
  return publish(*session.store, session.set.folder, content, session.clock.now());
}

}  // namespace assay
