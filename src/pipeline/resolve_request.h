#pragma once
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "resolve/resolver.h"

namespace assay {

// A question to the resolver alone: nothing is fetched but pages and metadata, and nothing is built.
struct ResolveRequest {
  std::vector<std::string> requirements;         // PEP 508
  std::vector<std::filesystem::path> files;      // requirements files, pyproject.toml, assay.toml
  std::vector<std::filesystem::path> constraints;
  std::vector<std::filesystem::path> overrides;
  std::string python = "host";    // an interpreter of this machine, or a version
  std::string platform = "host";  // see describe_python
  std::string index_url;          // "" for pip's
  std::string uploaded_before;    // a date or time, "" for no limit
  std::filesystem::path store;    // "" for the default
  bool offline = false;
  ResolutionRequest::Need need = ResolutionRequest::Need::either;
  ResolutionRequest::Strategy strategy = ResolutionRequest::Strategy::newest;
};

struct ResolveAnswer {
  Resolution resolution;
  std::string unsatisfiable;  // why there is no solution; "" if there is one
  std::vector<std::string> would_help;  // then: single changes of what was asked, each of which gives one
  MarkerEnvironment markers;  // what was resolved for
};

// invalid_input for what can't be read, with its place.
Result<ResolveAnswer> resolve_request(const ResolveRequest& request, std::stop_token stop);

// The answer as requirements with hashes (pip's format), as a lock file (pylock.toml, PEP 751) for the one
// environment, and as a tree for people. A lock file wants a hash of every file: invalid_input without.
std::string requirements_text(const Resolution& resolution);
Result<std::string> pylock_text(const ResolveAnswer& answer);
std::string tree_text(const Resolution& resolution);

}  // namespace assay
