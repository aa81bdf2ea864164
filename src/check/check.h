#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "check/checked_finding.h"
#include "check/packed_findings.h"
#include "check/project_roles.h"
#include "check/rule_book.h"
#include "evidence/path_role.h"

namespace assay {

struct CheckRequest {
  std::vector<std::filesystem::path> paths;
  std::vector<std::string> gates;      // none: all
  std::filesystem::path cache_folder;  // "": none
  std::size_t threads = 1;
  bool inline_suppressions = true;  // false: comments in the code leave nothing out
};

// What has been done so far, for whoever watches.
struct CheckProgress {
  std::atomic<std::uint64_t> files{0};
  std::atomic<std::uint64_t> bytes{0};
};

// Whether a finding is told. The defaults are what is worth a person's minute.
struct FindingFilter {
  Severity severity = Severity::medium;
  Confidence confidence = Confidence::medium;
  std::vector<PathRole> roles;  // none: those that ship
  bool everything = false;      // all severities, confidences and roles that are not given

  bool operator()(const FindingHead& head) const;
};

// One of the paths that were given, and what was found in it.
struct CheckedPath {
  std::filesystem::path given;
  enum class Kind { folder, archive, file } kind = Kind::file;

  struct Unit {  // a file with findings, or a whole archive
    std::string path;
    std::shared_ptr<const std::string> packed;
  };
  std::vector<Unit> units;  // by their paths

  // How a path within it is shown: beside the given one, which "." need not be told with.
  std::string shown(std::string_view within) const;
};

struct CheckReport {
  std::vector<CheckedPath> paths;
  RuleBook rules;
  std::uint64_t files = 0;  // looked at, an archive's members among them
  std::uint64_t bytes = 0;
  std::uint64_t cached_files = 0;
  std::uint64_t links = 0;
  std::uint64_t git_folders = 0;
  bool inline_suppressions = true;
  bool incomplete = false;      // something could not be read
  std::string cache_complaint;  // "" if there is none

  // Findings that the filter is true of, in the order of paths and places.
  Result<> each(const std::function<bool(const FindingHead&)>& wanted,
                const std::function<void(const CheckedPath&, CheckedFinding&&)>& call) const;
};

// Looks at every file of the paths with every gate. A path that is not there is not_found; what can't
// be read below it is a finding.
Result<CheckReport> check_paths(const CheckRequest& request, CheckProgress& progress,
                                const RoleTeller& teller, std::stop_token stop = {});

}  // namespace assay
