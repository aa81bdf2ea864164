#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "advisories/advisory_database.h"
#include "base/clock.h"
#include "base/progress.h"
#include "base/result.h"
#include "copies/known_origins.h"
#include "curation/curated.h"
#include "environment/interpreter.h"
#include "examine/examiner.h"
#include "io/files.h"
#include "pipeline/run.h"
#include "pipeline/selection.h"
#include "pipeline/workspace.h"
#include "publish/signature.h"
#include "store/store.h"

namespace assay {

// What every stage of one run works with: what people wrote, and what was opened once.
struct Session : Curated, Workspace {
  const RunOptions& options;
  const Clock& clock;
  FileLock lock;  // no two runs work on one set at a time
  AdvisoryDatabase advisories;
  Examiner examiner;
  std::vector<Interpreter> interpreters;
  unsigned jobs;
  KnownOrigins origins;
  std::optional<SigningKey> key;  // nothing: releases are not signed
  std::map<Name, std::set<Version>> preferred;  // versions that the set rather takes
  // Packages of which a version is no good and no other will do: why, and what would help.
  std::map<Name, std::string> no_other = {};

  static Result<Session> open(const RunOptions& options, Curated curated, const Clock& clock,
                              Progress& progress, std::stop_token stop);
};

// The sources that the options or the set name, else the default; an Error if none can be had.
Result<AdvisoryDatabase> open_advisories(const Set& set, const RunOptions& options,
                                         HttpClient& http, Store& store, const Clock& clock);

// Does `work` for each package that is not stopped, several at a time, and tells progress. An error
// that is the package's or the network's is written into the package; one that would stop every
// package (a full disk, a stop) ends the stage.
Result<> for_each_package(
    Session& session, std::string_view stage, Selection& selection,
    const std::function<Result<std::string>(SelectedPackage&)>& work);

}  // namespace assay
