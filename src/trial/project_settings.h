#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "trial/needed_for_tests.h"

namespace assay {

// What a tox environment installs.
struct ToxEnvironment {
  std::vector<std::string> deps;  // lines as in a requirements file
  std::vector<std::string> dependency_groups;
  std::vector<std::string> extras;

  bool empty() const { return deps.empty() && dependency_groups.empty() && extras.empty(); }
};

// The parts of pyproject.toml that tell how a package is tested.
struct ProjectSettings {
  struct GroupEntry {
    std::string requirement;    // or
    std::string include_group;  // another group's normalized name
  };
  std::map<std::string, std::vector<GroupEntry>, std::less<>> groups;  // PEP 735, normalized names
  ToxEnvironment tox;                                                  // [tool.tox.env_run_base]
  std::string legacy_tox_ini;                         // [tool.tox], an INI file in a string
  // Names that upstream itself takes from a repository, a URL or a path ([tool.uv.sources]).
  std::set<std::string> taken_from_elsewhere;
  std::optional<std::vector<std::string>> testpaths;  // of pytest's table, if there is one

  // invalid_input with the place if it is no TOML. Members of a wrong type count as missing.
  static Result<ProjectSettings> parse(std::string_view pyproject);
};

// tox.toml, whose top level is what [tool.tox] is in pyproject.toml.
Result<ToxEnvironment> parse_tox_toml(std::string_view text);

// All of a group, included ones too; a cycle, a missing group and what is no entry are left out and
// told.
void add_group(const ProjectSettings& settings, std::string_view group, NeededForTests& needed);

}  // namespace assay
