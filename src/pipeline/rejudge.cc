#include "pipeline/rejudge.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include <nlohmann/json.hpp>

#include "curation/dispositions.h"
#include "curation/patch.h"
#include "decide/decide.h"
#include "environment/target.h"
#include "environment/virtual_environment.h"
#include "io/files.h"
#include "package/file_name.h"
#include "package/record.h"
#include "pipeline/session.h"
#include "pipeline/statements_of.h"
#include "pipeline/summary.h"
#include "store/tree.h"

namespace assay {

namespace {

// What a release's evidence says of a package, as far as a plan may rest on it.
struct Published {
  PackageEvidence evidence;
  Version version;
  std::string published;  // the version of its wheels, which may say that it was patched
  Json json;
};

std::string published_version(const Json& json, const std::string& otherwise) {
  const auto builds = json.value("builds", Json::object());
  for (const auto& build : builds) {
    if (const auto wheel = WheelName::parse(build.value("wheel", ""))) return wheel->version.str();
  }
  return otherwise;
}

void add_findings(const Json& json, PackageEvidence& evidence) {
  for (const auto& one : json.value("findings", Json::array())) {
    auto finding = finding_from_json(one);
    // What is known of its own version is looked up anew; of copies in it, it is as it was.
    if (!finding || (finding->gate == "advisories" && finding->path.empty())) continue;
    evidence.findings.push_back(*std::move(finding));
  }
}

Result<Published> published_in(const Json& json) {
  ASSAY_TRY(const auto name, string_member(json, "name"));
  ASSAY_TRY(const auto text_of_version, string_member(json, "version"));
  ASSAY_TRY(auto version, Version::parse(text_of_version));
  PackageEvidence evidence{.name = Name::normalize(name), .version = version.str()};
  evidence.gates_run = {"advisories"};
  add_findings(json, evidence);
  for (const auto& patch : json.value("patches", Json::array())) {
    evidence.patches.push_back(patch.value("file", ""));
  }
  const auto tests = json.value("tests", Json::object());
  for (const auto& [python, tried] : tests.items()) {
    auto report = test_report_from_json(tried);
    if (!report) continue;  // what it showed is not known then, and a plan that needs it is not shown
    evidence.tests.push_back({python, *std::move(report)});
  }
  auto published = published_version(json, version.str());
  return Published{std::move(evidence), std::move(version), std::move(published), json};
}

Result<std::vector<Published>> packages_of(const fs::path& release) {
  std::vector<Published> packages;
  ASSAY_TRY(const auto files, entries_of(release / "evidence", ".json"));
  for (const auto& file : files) {
    ASSAY_TRY(const auto text, read_file(file));
    ASSAY_TRY(const Json json, context(parse_json(text), file.string()));
    if (!json.contains("verdict")) continue;
    ASSAY_TRY(auto package, context(published_in(json), file.string()));
    packages.push_back(std::move(package));
  }
  std::ranges::sort(packages, {}, [](const Published& one) { return one.evidence.name; });
  return packages;
}

// Nothing if the store does not have them any more.
std::optional<PackageEvidence::Files> files_of(const Store& store, const Json& json) {
  PackageEvidence::Files files;
  const auto digest = Digest::parse(json.value("source", Json::object()).value("tree", ""));
  const auto tree = digest ? get_tree(store.blobs, *digest) : std::unexpected(digest.error());
  if (!tree) return std::nullopt;
  for (const auto& entry : tree->entries()) files.source.insert(entry.path);
  for (const auto& built : json.value("builds", Json::object())) {
    const auto wheel = Digest::parse(built.value("sha256", ""));
    if (!wheel) return std::nullopt;
    const auto text = wheel_member(store, {built.value("wheel", ""), *wheel}, "RECORD");
    const auto record = text ? parse_record(*text) : std::unexpected(text.error());
    if (!record) return std::nullopt;
    for (const auto& entry : *record) files.wheels.insert(entry.path);
  }
  return files;
}

bool has_plan_to_strip(const std::vector<Disposition>& dispositions, const Name& name) {
  return std::ranges::any_of(dispositions, [&](const Disposition& one) {
    return one.subject == Disposition::Subject::plan && one.package == name &&
           one.plan.remediation == Remediation::strip;
  });
}

std::vector<std::string> platforms_of(const Set& set) {
  std::vector<std::string> platforms;
  for (const auto& target : set.targets) platforms.push_back(target == "host" ? host_platform() : target);
  if (platforms.empty()) platforms.push_back(host_platform());
  return platforms;
}

bool is_hit(const Reason& reason) {
  return reason.weight >= Reason::Weight::hold && (reason.gate == "advisories" || reason.gate == "plans");
}

}  // namespace

Result<std::vector<PublishedPackage>> published_packages(const fs::path& release) {
  ASSAY_TRY(const auto packages, packages_of(release));
  std::vector<PublishedPackage> published;
  for (const auto& one : packages) published.push_back({one.evidence.name, one.version});
  return published;
}

Result<RejudgeReport> rejudge(const RunOptions& options, const Clock& clock, std::stop_token) {
  ASSAY_TRY(const Set set, load_set(options.set_folder));
  ASSAY_TRY(const auto dispositions, load_dispositions(options.set_folder));
  ASSAY_TRY(const Release release, latest_release(options.set_folder));
  ASSAY_TRY(auto store, open_store(options.store));
  HttpClient http(HttpClient::Options{});
  ASSAY_TRY(const auto advisories,
            open_advisories(set, options, http, store, clock));
  RejudgeReport report{.release = release.number,
                       .advisories = advisory_words(advisories, clock),
                       .warnings = {},
                       .not_known = advisories.not_known(),
                       .packages = 0,
                       .hits = {},
                       .plans = {},
                       .date = date_of(clock.now()),
                       .set_name = set.name,
                       .known_until = advisories.newest(),
                       .statements = {}};
  for (const auto& source : advisories.sources()) std::ranges::move(warnings_of(source), std::back_inserter(report.warnings));
  ASSAY_TRY(const auto packages, packages_of(release.folder));
  std::vector<PackageEvidence> evidence;
  for (const auto& [known, version, published, json] : packages) {
    ++report.packages;
    auto& package = evidence.emplace_back(known);
    std::ranges::move(advisories.findings(known.name, version), std::back_inserter(package.findings));
    package.targets = platforms_of(set);
    if (has_plan_to_strip(dispositions, known.name)) package.files = files_of(store, json);
  }
  auto decision = decide(set.policy, dispositions, evidence, report.date);
  ASSAY_TRY(const auto patches, load_patches(options.set_folder));
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    add_statements({evidence[i].name, evidence[i].version, packages[i].published, evidence[i].findings},
                   patches, decision, report.statements);
  }
  for (auto& verdict : decision.verdicts) {
    for (auto& reason : verdict.reasons) {
      if (is_hit(reason)) report.hits.push_back({verdict.package.str(), verdict.version, std::move(reason)});
    }
  }
  report.plans = std::move(decision.plans);
  return report;
}

Json to_json(const RejudgeReport& report) {
  Json hits = Json::array();
  for (const auto& hit : report.hits) {
    hits.push_back({{"package", hit.package},
                    {"version", hit.version},
                    {"weight", to_string(hit.reason.weight)},
                    {"text", hit.reason.text},
                    {"policy", hit.reason.policy},
                    {"subject", hit.reason.subject}});
  }
  return {{"release", report.release},
          {"advisories", report.advisories},
          {"warnings", report.warnings},
          {"not-known", report.not_known},
          {"packages", report.packages},
          {"hits", std::move(hits)},
          {"plans", to_json(report.plans, report.date)}};
}

}  // namespace assay
