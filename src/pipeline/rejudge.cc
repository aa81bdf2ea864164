#include "pipeline/rejudge.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "curation/dispositions.h"
#include "decide/decide.h"
#include "io/files.h"
#include "pipeline/session.h"
#include "pipeline/summary.h"

namespace assay {

namespace {

struct Published {
  Name name;
  Version version;
};

Result<std::vector<Published>> packages_of(const fs::path& release) {
  std::vector<Published> packages;
  ASSAY_TRY(const auto files, entries_of(release / "evidence", ".json"));
  for (const auto& file : files) {
    ASSAY_TRY(const auto text, read_file(file));
    ASSAY_TRY(const Json json, context(parse_json(text), file.string()));
    if (!json.contains("verdict")) continue;
    ASSAY_TRY(const auto name, string_member(json, "name"));
    ASSAY_TRY(const auto text_of_version, string_member(json, "version"));
    ASSAY_TRY(auto version, Version::parse(text_of_version));
    packages.push_back({Name::normalize(name), std::move(version)});
  }
  std::ranges::sort(packages, {}, &Published::name);
  return packages;
}

}  // namespace

Result<RejudgeReport> rejudge(const RunOptions& options, const Clock& clock, Progress& progress,
                              std::stop_token) {
  ASSAY_TRY(const Set set, load_set(options.set_folder));
  ASSAY_TRY(const auto dispositions, load_dispositions(options.set_folder));
  ASSAY_TRY(const Release release, latest_release(options.set_folder));
  ASSAY_TRY(auto store, open_store(options.store));
  HttpClient http(HttpClient::Options{});
  ASSAY_TRY(const auto advisories,
            open_advisories(set, options, http, store, clock, progress));
  RejudgeReport report{.release = release.number,
                       .advisories = advisory_words(advisories, clock),
                       .packages = 0,
                       .hits = {}};
  ASSAY_TRY(const auto packages, packages_of(release.folder));
  for (const auto& [name, version] : packages) {
    ++report.packages;
    auto reasons =
        reasons_against(set.policy, dispositions, name, version.str(),
                        advisories.findings(name, version), date_of(clock.now()));
    for (auto& reason : reasons) {
      report.hits.push_back({name.str(), version.str(), std::move(reason)});
    }
  }
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
          {"packages", report.packages},
          {"hits", std::move(hits)}};
}

}  // namespace assay
