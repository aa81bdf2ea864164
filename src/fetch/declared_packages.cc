#include "fetch/declared_packages.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "package/ini_file.h"
#include "package/name.h"

namespace assay {

namespace {

using Search = DeclaredPackages::Search;

std::vector<std::string> texts_of(const toml::node* node) {
  std::vector<std::string> texts;
  if (node == nullptr) return texts;
  if (const auto text = node->value<std::string>()) texts.push_back(*text);
  if (const auto* list = node->as_array()) {
    for (const auto& item : *list) {
      if (const auto text = item.value<std::string>()) texts.push_back(*text);
    }
  }
  return texts;
}

void add_paths(DeclaredPackages& packages, const std::vector<std::string>& patterns) {
  for (const auto& pattern : patterns) {
    auto path = folder_of_pattern(pattern);
    if (path.empty()) packages.computed = true;  // anything
    packages.paths.push_back(std::move(path));
  }
}

void add_beside(DeclaredPackages& packages, const std::vector<std::string>& patterns) {
  for (const auto& pattern : patterns) {
    if (auto path = folder_of_pattern(pattern); !path.empty()) packages.beside.push_back(std::move(path));
  }
}

// The paths that are a table's keys: "from" = "to".
void add_keys_beside(DeclaredPackages& packages, const toml::node* node) {
  if (node == nullptr || !node->is_table()) return;
  for (const auto& [key, to] : *node->as_table()) add_beside(packages, {std::string(key.str())});
}

void read_setuptools(const toml::table& tool, DeclaredPackages& packages) {
  if (const auto* folders = tool["package-dir"].as_table()) {
    for (const auto& [name, folder] : *folders) {
      packages.folders[std::string(name.str())] = folder_of_pattern(folder.value_or<std::string_view>(""));
    }
  }
  if (const auto* find = tool["packages"]["find"].as_table()) {
    packages.search = (*find)["namespaces"].value_or(true) ? Search::namespaces : Search::packages;
    packages.where = texts_of((*find)["where"].node());
    packages.include = texts_of((*find)["include"].node());
    packages.exclude = texts_of((*find)["exclude"].node());
  } else {
    packages.names = texts_of(tool["packages"].node());
  }
  std::ranges::copy(texts_of(tool["py-modules"].node()), std::back_inserter(packages.names));
  add_beside(packages, texts_of(tool["script-files"].node()));
  if (const auto* data = tool["data-files"].as_table()) {
    for (const auto& [to, files] : *data) add_beside(packages, texts_of(&files));
  }
}

// The wheel's own settings stand before those of all targets.
void read_hatch(const toml::table& build, DeclaredPackages& packages) {
  const auto wheel = build["targets"]["wheel"];
  const auto setting = [&](std::string_view key) {
    const auto* own = wheel[key].node();
    return texts_of(own != nullptr ? own : build[key].node());
  };
  auto chosen = setting("packages");
  if (chosen.empty()) chosen = setting("only-include");
  if (chosen.empty()) chosen = setting("include");
  add_paths(packages, chosen);
  if (chosen.empty() && wheel["bypass-selection"].value_or(false)) packages.computed = true;
  for (const char* key : {"force-include", "shared-data", "shared-scripts"}) {
    add_keys_beside(packages, wheel[key].node());
    add_keys_beside(packages, build[key].node());
  }
}

void read_poetry(const toml::table& poetry, DeclaredPackages& packages) {
  if (const auto* list = poetry["packages"].as_array()) {
    for (const auto& item : *list) {
      const auto* table = item.as_table();
      if (table == nullptr) continue;
      const auto from = (*table)["from"].value_or<std::string>("");
      add_paths(packages, {from + "/" + (*table)["include"].value_or<std::string>("")});
    }
  }
  add_beside(packages, texts_of(poetry["include"].node()));
}

void read_other_backends(const toml::table& tool, DeclaredPackages& packages) {
  if (const auto* build = tool["hatch"]["build"].as_table()) read_hatch(*build, packages);
  if (const auto* poetry = tool["poetry"].as_table()) read_poetry(*poetry, packages);
  add_paths(packages, texts_of(tool["pdm"]["build"]["includes"].node()));
  if (const auto module = tool["flit"]["module"]["name"].value<std::string>()) packages.names.push_back(*module);
  if (const auto module = tool["flit"]["metadata"]["module"].value<std::string>()) {
    packages.names.push_back(*module);
  }
  add_beside(packages, texts_of(tool["flit"]["external-data"]["directory"].node()));
  const auto* scikit = tool["scikit-build"]["wheel"]["packages"].node();
  add_paths(packages, texts_of(scikit));
  if (scikit != nullptr && scikit->is_table()) {
    for (const auto& [to, from] : *scikit->as_table()) add_paths(packages, texts_of(&from));
  }
  for (const auto& folder : {tool["maturin"]["python-source"], tool["pdm"]["build"]["package-dir"]}) {
    if (const auto text = folder.value<std::string>()) add_paths(packages, {*text});
  }
}

void collect_words(const toml::node& node, std::vector<std::string>& words) {
  if (const auto text = node.value<std::string>()) words.push_back(*text);
  if (const auto* list = node.as_array()) {
    for (const auto& item : *list) collect_words(item, words);
  }
  if (const auto* table = node.as_table()) {
    for (const auto& [key, value] : *table) {
      // What is left out, or is the folder that packages lie in.
      constexpr std::array passed{"exclude", "sdist", "from", "where", "package-dir", "python-source"};
      if (std::ranges::find(passed, key.str()) != passed.end()) continue;
      words.emplace_back(key.str());
      collect_words(value, words);
    }
  }
}

std::vector<std::string> lines_of(const std::optional<std::string>& value) {
  std::vector<std::string> found;
  if (!value) return found;
  for (const auto line : lines(*value)) {
    for (const auto part : split(line, ',')) {
      if (!trim(part).empty()) found.emplace_back(trim(part));
    }
  }
  return found;
}

}  // namespace

std::string folder_of_pattern(std::string_view pattern) {
  const auto wild = pattern.find_first_of("*?[{");
  if (wild != std::string_view::npos) {
    const auto slash = pattern.rfind('/', wild);
    pattern = slash == std::string_view::npos ? "" : pattern.substr(0, slash);
  }
  std::string path;
  for (const auto part : split(pattern, '/')) {
    if (part.empty() || part == ".") continue;
    path += (path.empty() ? "" : "/") + std::string(part);
  }
  return path;
}

PyprojectLayout read_pyproject_layout(std::string_view text) {
  PyprojectLayout layout;
  toml::table document;
  try {
    document = toml::parse(text);
  } catch (const toml::parse_error&) {
    layout.packages.computed = true;
    return layout;
  }
  const auto tool = document["tool"];
  layout.name = document["project"]["name"].value_or(tool["poetry"]["name"].value_or<std::string>(""));
  layout.backend = document["build-system"]["build-backend"].value_or<std::string>("");
  layout.backend_folders = texts_of(document["build-system"]["backend-path"].node());
  const auto* tools = tool.as_table();
  if (tools == nullptr) return layout;
  if (const auto* setuptools = (*tools)["setuptools"].as_table()) read_setuptools(*setuptools, layout.packages);
  read_other_backends(*tools, layout.packages);
  for (const char* name : {"setuptools", "poetry", "pdm", "flit", "scikit-build", "maturin", "meson-python"}) {
    if (const auto* node = (*tools)[name].node()) collect_words(*node, layout.words);
  }
  if (const auto* node = (*tools)["hatch"]["build"].node()) collect_words(*node, layout.words);
  return layout;
}

DeclaredPackages read_setup_cfg_layout(std::string_view text) {
  DeclaredPackages packages;
  const auto file = IniFile::parse(text);
  if (!file) {
    packages.computed = true;
    return packages;
  }
  for (const auto& line : lines_of(file->value("options", "package_dir"))) {
    const auto equals = line.find('=');
    if (equals == std::string::npos) continue;
    packages.folders[std::string(trim(line.substr(0, equals)))] = folder_of_pattern(trim(line.substr(equals + 1)));
  }
  const auto listed = lines_of(file->value("options", "packages"));
  const bool find = listed.size() == 1 && listed[0] == "find:";
  const bool namespaces = listed.size() == 1 && listed[0] == "find_namespace:";
  if (find || namespaces) {
    packages.search = find ? Search::packages : Search::namespaces;
    packages.where = lines_of(file->value("options.packages.find", "where"));
    packages.include = lines_of(file->value("options.packages.find", "include"));
    packages.exclude = lines_of(file->value("options.packages.find", "exclude"));
  } else {
    packages.names = listed;
  }
  std::ranges::copy(lines_of(file->value("options", "py_modules")), std::back_inserter(packages.names));
  add_beside(packages, lines_of(file->value("options", "scripts")));
  return packages;
}

}  // namespace assay
