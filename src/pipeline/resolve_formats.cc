#include "pipeline/resolve_formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace assay {

namespace {

// One version of a package, in all environments that take it.
struct Taken {
  const ResolvedPackage* package = nullptr;  // in the first of them
  std::vector<std::size_t> environments;
  std::map<std::string, const IndexFile*> files;  // by name
  std::set<std::string> extras;
  std::set<Name> required_by;
  std::set<std::pair<Name, Version>> dependencies;
};

std::map<std::pair<Name, Version>, Taken> all_taken(const ResolveAnswer& answer) {
  std::map<std::pair<Name, Version>, Taken> all;
  for (std::size_t i = 0; i < answer.environments.size(); ++i) {
    const auto& packages = answer.environments[i].resolution.packages;
    for (const auto& package : packages) {
      auto& taken = all[{package.name, package.version}];
      if (taken.package == nullptr) taken.package = &package;
      taken.environments.push_back(i);
      taken.files.emplace(package.file.file_name, &package.file);
      taken.extras.insert(package.extras.begin(), package.extras.end());
      taken.required_by.insert(package.required_by.begin(), package.required_by.end());
      for (const auto& name : package.dependencies) {
        taken.dependencies.emplace(name, std::ranges::find(packages, name, &ResolvedPackage::name)->version);
      }
    }
  }
  return all;
}

// That it is this environment and no other of them: PEP 508.
std::string marker_of(const ResolveAnswer& answer, std::size_t environment) {
  std::vector<std::string> parts;
  for (const char* variable : {"implementation_name", "python_version", "sys_platform", "platform_machine"}) {
    parts.push_back(fmt::format("{} == '{}'", variable, answer.environments[environment].markers.at(variable)));
  }
  return join(parts, " and ");
}

// "" if all environments take it. Only what tells them apart is said.
std::string marker_of(const ResolveAnswer& answer, const Taken& taken) {
  if (taken.environments.size() == answer.environments.size()) return "";
  std::vector<std::string> apart;
  for (const char* variable : {"python_version", "sys_platform", "platform_machine"}) {
    const auto& first = answer.environments.front().markers.at(variable);
    const bool same = std::ranges::all_of(
        answer.environments, [&](const AnsweredEnvironment& one) { return one.markers.at(variable) == first; });
    if (!same) apart.emplace_back(variable);
  }
  std::vector<std::string> ways;
  for (const auto environment : taken.environments) {
    std::vector<std::string> parts;
    for (const auto& variable : apart) {
      parts.push_back(fmt::format("{} == '{}'", variable, answer.environments[environment].markers.at(variable)));
    }
    const auto way = join(parts, " and ");
    ways.push_back(taken.environments.size() > 1 && parts.size() > 1 ? "(" + way + ")" : way);
  }
  return join(ways, " or ");
}

// A string of JSON is one of TOML.
std::string json_text(std::string_view text) { return compact(Json(text)); }

Result<std::string> file_table(const IndexFile& file) {
  if (!file.sha256) {
    return fail(ErrorKind::invalid_input, fmt::format("the index tells no SHA-256 of {}, which a lock file needs",
                                                      printable(file.file_name)));
  }
  std::string members = fmt::format("name = {}, url = {}", json_text(file.file_name), json_text(file.url));
  if (file.upload_time) members += ", upload-time = " + format_time(*file.upload_time);
  if (file.size > 0) members += fmt::format(", size = {}", file.size);
  return fmt::format("{{ {}, hashes = {{ sha256 = {} }} }}", members, json_text(file.sha256->hex()));
}

void add_tree(std::string& text, const Resolution& resolution, const ResolvedPackage& package, std::size_t depth,
              std::set<Name>& seen) {
  const bool again = !seen.insert(package.name).second;
  const std::vector<std::string> wanted(package.extras.begin(), package.extras.end());
  const auto extras = wanted.empty() ? "" : "[" + join(wanted, ",") + "]";
  text += fmt::format("{}{}{} {}{}\n", std::string(2 * depth, ' '), package.name.str(), extras,
                      package.version.str(), again && !package.dependencies.empty() ? " (see above)" : "");
  if (again) return;
  for (const auto& name : package.dependencies) {
    const auto found = std::ranges::find(resolution.packages, name, &ResolvedPackage::name);
    if (found != resolution.packages.end()) add_tree(text, resolution, *found, depth + 1, seen);
  }
}

std::string tree_text(const Resolution& resolution) {
  std::string text;
  std::set<Name> seen;
  // Those that nobody needs first, then what is left: cycles.
  for (const bool needed : {false, true}) {
    for (const auto& package : resolution.packages) {
      if (package.required_by.empty() == needed || seen.contains(package.name)) continue;
      add_tree(text, resolution, package, 0, seen);
    }
  }
  return text;
}

// The versions of a project, each with where it is taken: "1.26.4 on Python 3.9, 2.1 on Python 3.12".
std::vector<std::pair<std::string, std::string>> versions_of(const ResolveAnswer& answer, const Name& name) {
  std::vector<std::pair<std::string, std::string>> versions;  // environment, version
  for (const auto& one : answer.environments) {
    const auto& packages = one.resolution.packages;
    const auto found = std::ranges::find(packages, name, &ResolvedPackage::name);
    if (found != packages.end()) versions.emplace_back(one.title, found->version.str());
  }
  return versions;
}

}  // namespace

std::string requirements_text(const ResolveAnswer& answer) {
  std::string text;
  for (const auto& [key, taken] : all_taken(answer)) {
    text += fmt::format("{}=={}", key.first.str(), key.second.str());
    if (const auto marker = marker_of(answer, taken); !marker.empty()) text += " ; " + marker;
    for (const auto& [name, file] : taken.files) {
      if (file->sha256) text += " \\\n    --hash=sha256:" + file->sha256->hex();
    }
    text += "\n";
  }
  return text;
}

Result<std::string> pylock_text(const ResolveAnswer& answer) {
  std::vector<std::string> environments;
  for (std::size_t i = 0; i < answer.environments.size(); ++i) environments.push_back(json_text(marker_of(answer, i)));
  std::string text = fmt::format("lock-version = \"1.0\"\nenvironments = [{}]\ncreated-by = \"assay\"\n",
                                 join(environments, ", "));
  for (const auto& [key, taken] : all_taken(answer)) {
    text += fmt::format("\n[[packages]]\nname = {}\nversion = {}\n", json_text(key.first.str()),
                        json_text(key.second.str()));
    if (const auto marker = marker_of(answer, taken); !marker.empty()) text += fmt::format("marker = {}\n", json_text(marker));
    if (const auto python = taken.package->metadata.requires_python.str(); !python.empty()) {
      text += fmt::format("requires-python = {}\n", json_text(python));
    }
    std::vector<std::string> needs;
    for (const auto& [name, version] : taken.dependencies) {
      const bool differs = std::ranges::find(answer.differences, name, &VersionDifference::name) != answer.differences.end();
      needs.push_back(differs ? fmt::format("{{ name = {}, version = {} }}", json_text(name.str()), json_text(version.str()))
                              : fmt::format("{{ name = {} }}", json_text(name.str())));
    }
    if (!needs.empty()) text += fmt::format("dependencies = [{}]\n", join(needs, ", "));
    std::vector<std::string> wheels;
    for (const auto& [name, file] : taken.files) {
      ASSAY_TRY(auto table, file_table(*file));
      if (name.ends_with(".whl")) {
        wheels.push_back(std::move(table));
      } else {
        text += "sdist = " + table + "\n";
      }
    }
    if (!wheels.empty()) text += fmt::format("wheels = [{}]\n", join(wheels, ", "));
  }
  return text;
}

std::string tree_text(const ResolveAnswer& answer) {
  if (answer.environments.size() == 1) return tree_text(answer.environments.front().resolution);
  // Environments of the same tree are told together.
  std::vector<std::pair<std::string, std::vector<std::string>>> trees;
  for (const auto& one : answer.environments) {
    auto tree = tree_text(one.resolution);
    const auto known = std::ranges::find(trees, tree, [](const auto& other) -> const std::string& { return other.first; });
    if (known != trees.end()) {
      known->second.push_back(one.title);
    } else {
      trees.push_back({std::move(tree), {one.title}});
    }
  }
  std::string text;
  for (const auto& [tree, titles] : trees) text += fmt::format("{}:\n{}\n", join(titles, ", "), tree);
  for (const auto& [name, reason] : answer.differences) {
    std::vector<std::string> versions;
    for (const auto& [where, version] : versions_of(answer, name)) versions.push_back(version + " on " + where);
    text += fmt::format("{}: {}. No version does for all: {}\n", name.str(), join(versions, ", "), reason);
  }
  return text.ends_with("\n\n") ? text.substr(0, text.size() - 1) : text;
}

Json to_json(const ResolveAnswer& answer) {
  if (!answer.unsatisfiable.empty()) {
    return {{"unsatisfiable", answer.unsatisfiable},
            {"would-help", answer.changes.help},
            {"not-known", answer.changes.untried}};
  }
  const bool several = answer.environments.size() > 1;
  Json packages = Json::array();
  for (const auto& [key, taken] : all_taken(answer)) {
    std::vector<std::string> askers;
    for (const auto& name : taken.required_by) askers.push_back(name.str());
    packages.push_back({{"name", key.first.str()},
                        {"version", key.second.str()},
                        {"file", taken.package->file.file_name},
                        {"extras", taken.extras},
                        {"required-by", askers}});
    if (taken.package->file.sha256) packages.back()["sha256"] = taken.package->file.sha256->hex();
    if (!several) continue;
    for (const auto i : taken.environments) packages.back()["environments"].push_back(answer.environments[i].title);
  }
  if (!several) {
    return {{"python", answer.environments.front().markers.at("python_full_version")},
            {"packages", std::move(packages)}};
  }
  Json environments = Json::array();
  for (const auto& one : answer.environments) environments.push_back(one.title);
  Json differences = Json::array();
  for (const auto& [name, reason] : answer.differences) {
    Json versions = Json::object();
    for (const auto& [where, version] : versions_of(answer, name)) versions[where] = version;
    differences.push_back({{"name", name.str()}, {"versions", std::move(versions)}, {"reason", reason}});
  }
  return {{"environments", std::move(environments)},
          {"packages", std::move(packages)},
          {"differences", std::move(differences)}};
}

}  // namespace assay
