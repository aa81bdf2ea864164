#pragma once
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "evidence/plan_state.h"
#include "evidence/verdict.h"
#include "package/name.h"
#include "package/version.h"
#include "pipeline/run.h"
#include "publish/vex.h"

namespace assay {

// What is known by now of a package that is published.
struct PublishedHit {
  std::string package;
  std::string version;
  Reason reason;  // refuse: it would not be published any more; hold: it wants a plan
};

struct RejudgeReport {
  std::uint64_t release = 0;
  std::string advisories;     // which source, and how old
  std::vector<std::string> warnings;  // what should be known of the sources besides
  std::string not_known;      // which sources of records could not be had, with why; ""
  std::size_t packages = 0;   // that were judged
  std::vector<PublishedHit> hits;
  std::vector<PlanState> plans;  // as they stand by now, by what the release's evidence shows
  Date date{};                   // on which they were judged
  std::string set_name;
  Time known_until{};  // how new the advisories are
  std::vector<VulnerabilityStatement> statements;  // of the release, by what is known now
};

struct PublishedPackage {
  Name name;
  Version version;
};

// What a release publishes, by its evidence.
Result<std::vector<PublishedPackage>> published_packages(const std::filesystem::path& release);

// Judges the latest release by the advisories of now, fetched anew unless the options are offline:
// nothing is resolved, built or tried. not_found if there is no release.
Result<RejudgeReport> rejudge(const RunOptions& options, const Clock& clock, std::stop_token stop);

Json to_json(const RejudgeReport& report);

}  // namespace assay
