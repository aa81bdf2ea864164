#include "trial/project_settings.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <set>

#include "base/text.h"

namespace assay {

namespace {

constexpr std::size_t deepest_include = 64;

Result<toml::table> parse_toml(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    return fail(ErrorKind::invalid_input,
                fmt::format("line {}: {}", error.source().begin.line, error.description()));
  }
}

// pytest takes a list or one string with spaces; tox a list or a string with lines.
std::vector<std::string> strings(toml::node_view<const toml::node> node,
                                 std::string_view separators) {
  std::vector<std::string> result;
  if (const auto* array = node.as_array()) {
    for (const auto& element : *array) {
      if (const auto text = element.value<std::string>()) result.push_back(*text);
    }
    return result;
  }
  const auto whole = node.value<std::string>().value_or("");
  for (std::size_t at = 0; at < whole.size();) {
    const auto end = std::min(whole.find_first_of(separators, at), whole.size());
    if (const auto part = trim(std::string_view(whole).substr(at, end - at)); !part.empty()) {
      result.emplace_back(part);
    }
    at = end + 1;
  }
  return result;
}

ToxEnvironment read_tox(toml::node_view<const toml::node> tox) {
  const auto base = tox["env_run_base"];
  return {.deps = strings(base["deps"], "\n"),
          .dependency_groups = strings(base["dependency_groups"], "\n,"),
          .extras = strings(base["extras"], "\n,")};
}

std::vector<ProjectSettings::GroupEntry> read_group(const toml::array& entries) {
  std::vector<ProjectSettings::GroupEntry> group;
  for (const auto& entry : entries) {
    if (const auto text = entry.value<std::string>()) {
      group.push_back({.requirement = *text, .include_group = ""});
    } else if (const auto* table = entry.as_table()) {
      const auto include = (*table)["include-group"].value<std::string>();
      if (include) {
        group.push_back({.requirement = "", .include_group = Name::normalize(*include).str()});
      }
    }
  }
  return group;
}

bool is_elsewhere(const toml::node& source) {
  if (const auto* choices = source.as_array()) {
    return std::ranges::any_of(*choices, [](const toml::node& one) { return is_elsewhere(one); });
  }
  const auto* table = source.as_table();
  return table != nullptr &&
         (table->contains("git") || table->contains("url") || table->contains("path"));
}

class GroupWalk {
 public:
  GroupWalk(const ProjectSettings& settings, NeededForTests& needed)
      : settings_(settings), needed_(needed) {}

  void visit(const std::string& group) {
    if (std::ranges::find(path_, group) != path_.end()) {
      return needed_.leave_out(group, "a dependency group that includes itself");
    }
    if (path_.size() >= deepest_include) {
      return needed_.leave_out(group, "dependency groups nested too deeply");
    }
    const auto found = settings_.groups.find(group);
    if (found == settings_.groups.end()) {
      return needed_.leave_out(group, "no such dependency group");
    }
    if (!done_.insert(group).second) return;
    path_.push_back(group);
    for (const auto& entry : found->second) {
      if (entry.include_group.empty()) {
        needed_.add_line(entry.requirement);
      } else {
        visit(entry.include_group);
      }
    }
    path_.pop_back();
  }

 private:
  const ProjectSettings& settings_;
  NeededForTests& needed_;
  std::vector<std::string> path_;
  std::set<std::string> done_;
};

}  // namespace

Result<ProjectSettings> ProjectSettings::parse(std::string_view pyproject) {
  ASSAY_TRY(const toml::table document, parse_toml(pyproject));
  const toml::node_view<const toml::node> root(document);
  ProjectSettings settings;
  if (const auto* groups = root["dependency-groups"].as_table()) {
    for (const auto& [name, entries] : *groups) {
      const auto* array = entries.as_array();
      if (array == nullptr) continue;
      settings.groups.emplace(Name::normalize(name.str()).str(), read_group(*array));
    }
  }
  const auto tox = root["tool"]["tox"];
  settings.tox = read_tox(tox);
  settings.legacy_tox_ini = tox["legacy_tox_ini"].value<std::string>().value_or("");
  if (const auto* sources = root["tool"]["uv"]["sources"].as_table()) {
    for (const auto& [name, source] : *sources) {
      if (!is_elsewhere(source)) continue;
      settings.taken_from_elsewhere.insert(Name::normalize(name.str()).str());
    }
  }
  // pytest 9 reads [tool.pytest]; before, it was [tool.pytest.ini_options].
  const auto pytest = root["tool"]["pytest"];
  if (pytest["ini_options"].is_table()) {
    settings.testpaths = strings(pytest["ini_options"]["testpaths"], " \n");
  } else if (pytest.is_table()) {
    settings.testpaths = strings(pytest["testpaths"], " \n");
  }
  return settings;
}

Result<ToxEnvironment> parse_tox_toml(std::string_view text) {
  ASSAY_TRY(const toml::table document, parse_toml(text));
  return read_tox(toml::node_view<const toml::node>(document));
}

void add_group(const ProjectSettings& settings, std::string_view group, NeededForTests& needed) {
  GroupWalk(settings, needed).visit(Name::normalize(group).str());
}

}  // namespace assay
