#pragma once
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/progress.h"
#include "base/result.h"
#include "evidence/finding.h"
#include "io/git.h"
#include "package/name.h"
#include "pipeline/run.h"

namespace assay {

// What one commit brought that its parent did not have.
struct WatchedCommit {
  Name package;
  std::string kind;  // of its entry in the ledger
  GitCommit commit;
  std::size_t files = 0;
  std::vector<Finding> news;  // findings that are new; of a baseline, none
  bool stands_out = false;    // at least one would hold or refuse the package
};

struct WatchReport {
  std::vector<WatchedCommit> commits;
  std::vector<std::string> errors;  // repositories that could not be looked at, each with the cause
};

// Looks once at the repository of each package of the set's [watch] table: every commit that is new
// is examined once, by what it changed, and written into the ledger. The first look at a repository
// takes its newest commit whole, as the baseline; so does a change of the rules or of history.
Result<WatchReport> watch_once(const RunOptions& options, const Clock& clock, Progress& progress,
                               std::stop_token stop);

Json to_json(const WatchReport& report);

}  // namespace assay
