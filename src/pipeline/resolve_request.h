#pragma once
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "resolve/changes.h"
#include "resolve/resolver.h"

namespace assay {

// A question to the resolver alone: nothing is fetched but pages and metadata; only a source distribution
// that does not tell what it needs is built as far as that, in the sandbox.
struct ResolveRequest {
  std::vector<std::string> requirements;         // PEP 508
  std::vector<std::filesystem::path> files;      // requirements files, pyproject.toml, assay.toml
  std::vector<std::filesystem::path> constraints;
  std::vector<std::filesystem::path> overrides;
  std::vector<std::string> pythons;    // "host", or versions; none: those of a set file, else "host"
  std::vector<std::string> platforms;  // see describe_python; none: those of a set file, else "host"
  std::string index_url;          // "" for pip's
  std::string uploaded_before;    // a date or time, "" for no limit
  std::filesystem::path store;    // "" for the default
  bool offline = false;
  bool build = true;              // what does not tell what it needs, to learn it
  ResolutionRequest::Need need = ResolutionRequest::Need::either;
  ResolutionRequest::Strategy strategy = ResolutionRequest::Strategy::newest;
  // Told why there is no solution as soon as that is known, before what would help is looked for.
  std::function<void(const std::string&)> on_unsatisfiable = {};
};

// One Python on one platform.
struct AnsweredEnvironment {
  std::string title;  // "Python 3.12 on linux-x86_64"
  MarkerEnvironment markers;
  Resolution resolution;
};

struct ResolveAnswer {
  std::vector<AnsweredEnvironment> environments;  // what was resolved for
  std::vector<VersionDifference> differences;     // between them
  std::string unsatisfiable;  // why there is no solution; "" if there is one
  Changes changes;            // then: what would give one
};

// invalid_input for what can't be read, with its place.
Result<ResolveAnswer> resolve_request(const ResolveRequest& request, std::stop_token stop);

}  // namespace assay
