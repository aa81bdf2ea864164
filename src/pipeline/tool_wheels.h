#pragma once
#include <optional>
#include <vector>

#include "environment/interpreter.h"
#include "pipeline/index_source.h"
#include "pipeline/selection.h"
#include "pipeline/workspace.h"
#include "resolve/changes.h"
#include "resolve/resolver.h"

namespace assay {

// What a resolution comes to, without what only the solver needs.
struct ResolvedFile {
  Name name;
  Version version;
  IndexFile file;
  std::set<std::string> extras;
  std::vector<Name> required_by;
  std::vector<Name> dependencies;
};

struct ResolutionQuestion {
  std::vector<Requirement> requirements;
  ResolutionRequest::Need need = ResolutionRequest::Need::wheel;
  std::optional<Time> uploaded_before;
  std::vector<OwnWheel> own;
  LeftOutVersions left_out;
  ResolutionRequest::Strategy strategy = ResolutionRequest::Strategy::newest;
  std::vector<Requirement> constraints = {};
  std::map<Name, std::set<Version>> preferred = {};
};

struct KeptResolution {
  std::vector<std::vector<ResolvedFile>> by_interpreter;
  std::vector<VersionDifference> differences;
};

// The closure of the requirements for each interpreter, as resolve_together has it. The answer is kept
// with the digests of the index pages it was read from, and stands while these are the same; a page that
// was fetched after `uploaded_before` is not asked for again, since no later upload can change the answer.
Result<KeptResolution> resolve_kept(Workspace& workspace, const std::vector<Interpreter>& interpreters,
                                    const ResolutionQuestion& question);

// Where that has no solution: what would help, as changes_that_help has it.
Result<Changes> changes_that_help(Workspace& workspace, const std::vector<Interpreter>& interpreters,
                                                   const ResolutionQuestion& question);

// The closure as wheels in the store, every hash checked. These are tools: they build and test, and
// are never published.
Result<std::vector<ToolWheel>> fetch_tools(Workspace& workspace, const Interpreter& interpreter,
                                           const ResolutionQuestion& question);

std::vector<WheelFile> wheel_files(const std::vector<ToolWheel>& tools);

}  // namespace assay
