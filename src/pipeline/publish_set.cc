#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pipeline/stages.h"
#include "pipeline/statements_of.h"
#include "pipeline/steps.h"
#include "pipeline/summary.h"

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

// What was taken out of a wheel, and which one it was taken out of; null if nothing was.
Json stripped_evidence(const BuiltWheel& built) {
  if (!built.unstripped) return nullptr;
  Json files = Json::array();
  for (const auto& file : built.stripped) {
    files.push_back({{"path", file.path}, {"why", file.why}, {"size", file.size}});
  }
  return {{"files", std::move(files)}, {"from-sha256", built.unstripped->digest.hex()}};
}

// A release's evidence is to be read: of a capability the first places, and how many there are.
Json told_capabilities(const std::vector<CapabilityUse>& uses) {
  constexpr std::size_t most_places = 20;
  Json list = Json::array();
  for (auto use : uses) {
    if (use.places.size() > most_places) use.places.resize(most_places);
    list.push_back(to_json(use));
  }
  return list;
}

Json plans_for(const SelectedPackage& package, const DecisionResult& decision) {
  Json plans = Json::array();
  for (const auto& plan : decision.plans) {
    if (plan.package == package.name && plan.version == package.version.str()) {
      plans.push_back(to_json(plan));
    }
  }
  return plans;
}

// `place`: the package's among the verdicts.
Json package_evidence(const Session& session, const SelectedPackage& package,
                      const DecisionResult& decision, std::size_t place) {
  Json findings = Json::array();
  for (const auto& finding : package.findings) {
    findings.push_back(to_json(finding));
    findings.back()["fingerprint"] = finding.fingerprint();
  }
  Json copies = Json::array();
  for (const auto& copy : package.copies) copies.push_back(to_json(copy));
  Json builds = Json::object();
  for (const auto& [python, built] : package.wheels) {
    builds[python] = {{"wheel", built.wheel.file_name},
                      {"sha256", built.wheel.digest.hex()},
                      {"log", built.log},
                      {"reused", built.reused},
                      {"stripped", stripped_evidence(built)},
                      {"tools", to_json(built.tools)}};
  }
  Json tests = Json::object();
  for (const auto& [python, tried] : package.tests) {
    tests[python] = to_json(tried.report);
    tests[python]["tools"] = to_json(tried.tools);
  }
  Json source{{"file", package.source.file_name}, {"tree", package.tree->hex()}};
  if (package.unpatched) source["unpatched-tree"] = package.unpatched->hex();
  Json patches = Json::array();
  for (const auto& patch : package.patches) {
    patches.push_back({{"file", patch.file}, {"sha256", patch.digest.hex()}, {"hunks-moved", patch.moved}});
  }
  if (package.source.sha256) source["sha256"] = package.source.sha256->hex();
  if (package.source.upload_time) source["uploaded"] = format_time(*package.source.upload_time);
  return {{"name", package.name.str()},
          {"version", package.version.str()},
          {"source", std::move(source)},
          {"patches", std::move(patches)},
          {"steps", steps_that_ran(session, package)},
          {"gates", package.gates_run},
          {"findings", std::move(findings)},
          {"copies", std::move(copies)},
          {"builds", std::move(builds)},
          {"tests", std::move(tests)},
          {"surfaces", to_json(package.surfaces)},
          {"capabilities", told_capabilities(package.capabilities)},
          {"asked-for-by", to_json(package.askers)},
          {"newer-not-taken", to_json(package.newer)},
          {"differs-because", package.difference},
          {"plans", plans_for(package, decision)},
          {"verdict", to_json(decision.verdicts.at(place))}};
}

// Why a location was passed over, and when one was asked last, is the run's to tell: it changes with
// the weather of the network.
Json source_evidence(const AdvisoryDatabase& advisories) {
  Json sources = Json::array();
  for (const auto& source : advisories.sources()) {
    if (!source.not_known.empty()) {
      sources.push_back({{"source", source.name}, {"not-known", true}});
      continue;
    }
    Json told = to_json(source);
    for (const char* passing : {"location", "fetched", "kept-because"}) told.erase(passing);
    for (auto& earlier : told["passed-over"]) earlier.erase("why");
    sources.push_back(std::move(told));
  }
  return sources;
}

// How the whole set was judged: by which records, rules and interpreters.
Json set_evidence(const Session& session) {
  Json pythons = Json::object();
  for (const auto& interpreter : session.interpreters) {
    auto markers = interpreter.markers;
    // The build machine's kernel: another machine has another.
    for (const char* passing : {"platform_release", "platform_version"}) markers.erase(passing);
    pythons[interpreter.id()] = {{"version", interpreter.full_version},
                                 {"fingerprint", interpreter.fingerprint},
                                 {"platform", interpreter.target.platform},
                                 {"system", interpreter.target.fingerprint},
                                 {"markers", markers},
                                 {"tags", to_json(interpreter.tag_facts)}};
  }
  return {{"set", session.set.name},
          {"advisories", source_evidence(session.advisories)},
          {"ruleset", session.examiner.ruleset()},
          {"platform", host_platform()},
          {"build-host", host_fingerprint()},
          {"pythons", std::move(pythons)}};
}

Material material_of(const ToolWheel& tool) {
  return {tool.name, tool.version.str(), tool.wheel.file_name, tool.wheel.digest};
}

ReleasedWheel released(const SelectedPackage& package, const BuiltWheel& built, Metadata metadata,
                       std::string metadata_text) {
  ReleasedWheel wheel{.file_name = built.wheel.file_name,
                      .digest = built.wheel.digest,
                      .metadata = std::move(metadata),
                      .metadata_text = std::move(metadata_text)};
  if (package.source.sha256) {
    wheel.source = Material{package.name, package.version.str(), package.source.file_name,
                            *package.source.sha256};
  }
  for (const auto& tool : built.tools) wheel.tools.push_back(material_of(tool));
  return wheel;
}

}  // namespace

Result<Release> publish_set(Session& session, const Selection& selection,
                            const DecisionResult& decision) {
  ReleaseContent content;
  content.set_name = session.set.name;
  for (const auto& interpreter : session.interpreters) content.pythons.push_back(interpreter.id());
  for (const auto& requirement : session.set.requirements) {
    content.requested.push_back(requirement.name);
  }
  std::map<std::string, std::size_t> known;  // file name -> place in content.wheels
  for (std::size_t i = 0; i < selection.size(); ++i) {
    const auto& package = selection[i];
    std::string published_version;
    for (const auto& [python, built] : package.wheels) {
      if (!built.failure.empty()) continue;  // accepted: another interpreter has a wheel
      const auto [place, added] = known.emplace(built.wheel.file_name, content.wheels.size());
      if (added) {
        ASSAY_TRY(auto text, wheel_member(*session.store, built.wheel, "METADATA"));
        ASSAY_TRY(auto metadata, Metadata::parse(text));
        content.wheels.push_back(released(package, built, std::move(metadata), std::move(text)));
      }
      auto& wheel = content.wheels[place->second];
      if (!package.beside.contains(python)) wheel.pythons.push_back(python);
      published_version = wheel.metadata.version.str();
    }
    auto& needs = content.dependencies[package.name];
    for (const auto& [python, needed] : package.dependencies) {
      for (const auto& one : needed) needs.push_back(one.name);
    }
    const auto judged_version = package.version.str();
    add_statements({package.name, judged_version, published_version, package.findings}, session.patches,
                   decision, content.vulnerabilities);
    content.evidence[fmt::format("{}-{}.json", package.name.str(), package.version.str())] =
        package_evidence(session, package, decision, i);
  }
  content.evidence["set.json"] = set_evidence(session);
  content.evidence["threat-model.json"] = threat_evidence(session, selection);
  content.builder = host_platform() + ":" + host_fingerprint();
  content.known_until = session.advisories.newest();
  content.key = session.key ? &*session.key : nullptr;
  return publish(*session.store, session.set.folder, content, session.clock.now());
}

}  // namespace assay
