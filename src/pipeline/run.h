#pragma once
#include <filesystem>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/progress.h"
#include "base/result.h"
#include "curation/curated.h"
#include "decide/decide.h"
#include "evidence/plan_state.h"
#include "evidence/surface.h"
#include "evidence/verdict.h"
#include "publish/release.h"
#include "resolve/newer.h"

namespace assay {

struct RunOptions {
  std::filesystem::path set_folder;
  std::filesystem::path store;              // "" for the default
  bool offline = false;
  std::string index_url;                    // "" for the set's, else pip's
  std::vector<std::string> advisories;      // --advisories: instead of the set's sources
  std::vector<std::string> pythons;         // --python: instead of the set's
  unsigned jobs = 0;                        // 0: one a core
  std::filesystem::path sign_key;           // "" for the environment's, else the set's own
  bool is_unsigned = false;                 // --unsigned
};

// One package, as the closing table and --json show it.
struct PackageSummary {
  Name name;
  std::string version;
  std::size_t findings = 0;        // all
  std::size_t open_findings = 0;   // that stand against it
  std::string build;               // "built", "reused", "failed", "—"
  std::string tests;               // "842 passed, 3 skipped", "none", …
  Verdict verdict;
  // What is publicly known to be wrong with it, for whoever writes a plan.
  struct KnownFlaw {
    std::string id;
    std::string subject;  // the finding's fingerprint
    double score = -1;    // that counts; negative where there is none
  };
  std::vector<KnownFlaw> advisories = {};
  std::vector<Asker> askers;    // who asks for it
  std::vector<NotTaken> newer;  // why no newer version was taken
  std::set<std::string> pythons;  // interpreters that take it
  std::set<std::string> beside;   // those of them that have another version installed
  std::string difference;         // why it can't be one version for all; "" if it is
  std::string no_other;  // where it is no good: why no other version will do and what would help; else ""
  std::vector<Surface> surfaces;
  std::set<std::string> steps;  // vetting steps that ran for it
  std::string tree;  // digest of the source that was examined; "" if there is none
};

struct RunReport {
  std::string set_name;
  std::filesystem::path set_folder;
  std::vector<PackageSummary> packages;
  std::optional<Release> release;  // nothing if something was held back
  std::set<std::string> release_steps;  // vetting steps of the release as a whole
  std::vector<PlanState> plans;    // how each remediation plan stands
  Date date{};                     // on which they were judged
  std::vector<std::string> notes;  // dispositions unused or expired, and the like
  std::string index;               // which index, and how it was found
  std::string advisories;          // which source, and how old
  std::uint64_t requests = 0;
  double wall_seconds = 0;
  double cpu_seconds = 0;          // children included
};

// A set file becomes a release: resolve, fetch, examine, build, trial, decide, publish. `curated` is
// what stands in the options' folder.
Result<RunReport> run(const RunOptions& options, Curated curated, const Clock& clock,
                      Progress& progress, std::stop_token stop);

Json to_json(const RunReport& report);

}  // namespace assay
