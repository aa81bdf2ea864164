#include "examine/gates/behaviour/declared_names.h"

#include <toml++/toml.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "package/unicode.h"

namespace assay::behaviour {

namespace {

constexpr std::size_t largest = 1 << 20;  // bytes of a file of this kind

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// "requests[socks]>=2" -> "requests"
std::string requirement_name(std::string_view text) {
  text = trim(text);
  std::size_t end = 0;
  const auto is_part = [](char c) {
    return is_ascii_alphanumeric(c) || c == '-' || c == '_' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
  };
  while (end < text.size() && is_part(text[end])) ++end;
  return std::string(text.substr(0, end));
}

std::size_t offset_of(std::string_view text, std::string_view part) {
  const auto at = text.find(part);
  return at == std::string_view::npos ? 0 : at;
}

std::optional<toml::table> read_toml(std::string_view text) {
  if (text.size() > largest) return std::nullopt;
  try {
    return toml::parse(text);
  } catch (const toml::parse_error&) {
    return std::nullopt;
  }
}

void names_of_metadata(std::string_view text, std::vector<DeclaredName>& names) {
  for (const auto line : lines(text)) {
    if (line.empty()) return;  // the description begins
    const auto offset = static_cast<std::size_t>(line.data() - text.data());
    if (line.starts_with("Name:")) names.push_back({std::string(trim(line.substr(5))), true, offset});
    if (line.starts_with("Requires-Dist:")) {
      names.push_back({requirement_name(line.substr(14)), false, offset, line.contains("extra ==")});
    }
  }
}

void names_in_array(const toml::node_view<const toml::node>& node, std::string_view text,
                    std::vector<DeclaredName>& names, bool optional = false) {
  const auto* array = node.as_array();
  if (array == nullptr) return;
  for (const auto& element : *array) {
    const auto requirement = element.value<std::string>();
    if (requirement) {
      names.push_back({requirement_name(*requirement), false, offset_of(text, *requirement), optional});
    }
  }
}

void names_of_pyproject(std::string_view text, std::vector<DeclaredName>& names) {
  const auto document = read_toml(text);
  if (!document) return;
  const toml::table& table = *document;
  for (const auto& own : {table["project"]["name"], table["tool"]["poetry"]["name"]}) {
    if (const auto name = own.value<std::string>()) names.push_back({*name, true, offset_of(text, *name)});
  }
  names_in_array(table["project"]["dependencies"], text, names);
  names_in_array(table["build-system"]["requires"], text, names);
  if (const auto* extras = table["project"]["optional-dependencies"].as_table()) {
    for (const auto& [extra, node] : *extras) {
      names_in_array(toml::node_view<const toml::node>(&node), text, names, true);
    }
  }
  if (const auto* poetry = table["tool"]["poetry"]["dependencies"].as_table()) {
    for (const auto& [name, node] : *poetry) {
      if (name.str() == "python") continue;  // which interpreters are supported, and no project
      names.push_back({std::string(name.str()), false, node.source().begin.line == 0 ? 0 : offset_of(text, name.str())});
    }
  }
}

// setup(install_requires=[…], name=…)
void names_of_setup(const Subject& subject, std::vector<DeclaredName>& names) {
  const auto& module = subject.python().module;
  const auto& syntax = module.syntax();
  for (const auto& call : subject.python().named_calls()) {
    if (call.name.full != "setup" && !call.name.full.ends_with(".setup")) continue;
    for (const char* keyword : {"install_requires", "setup_requires"}) {
      auto list = module.argument(call.node, keyword, -1);
      if (list != python::no_node && module.value_of(list) != python::no_node) list = module.value_of(list);
      if (list == python::no_node || !syntax.is(list, python::NodeKind::list)) continue;
      for (const auto element : syntax.children(list)) {
        if (const auto text = module.text_of(element)) {
          names.push_back({requirement_name(*text), false, syntax[element].begin});
        }
      }
    }
    if (const auto name = module.text_of(module.argument(call.node, "name", -1))) {
      names.push_back({*name, true, syntax[call.node].begin});
    }
  }
}

// "name = package.module:function [extra]"
std::optional<EntryPoint> entry_point(std::string_view group, std::string_view line, std::size_t offset) {
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const auto target = trim(line.substr(equals + 1));
  return EntryPoint{std::string(group), std::string(trim(line.substr(0, equals))),
                    std::string(target.substr(0, target.find_first_of(" ["))), offset};
}

void points_of_ini(std::string_view text, std::vector<EntryPoint>& points) {
  std::string group;
  for (const auto line : lines(text)) {
    const auto plain = trim(line);
    if (plain.starts_with('[') && plain.ends_with(']')) {
      group = plain.substr(1, plain.size() - 2);
    } else if (!plain.empty() && plain.front() != '#') {
      auto point = entry_point(group, plain, static_cast<std::size_t>(line.data() - text.data()));
      if (point) points.push_back(*std::move(point));
    }
  }
}

// [options.entry_points] with groups whose lines are indented.
void points_of_setup_cfg(std::string_view text, std::vector<EntryPoint>& points) {
  bool inside = false;
  std::string group;
  for (const auto line : lines(text)) {
    const auto plain = trim(line);
    if (plain.starts_with('[')) {
      inside = plain == "[options.entry_points]";
      continue;
    }
    if (!inside || plain.empty() || plain.front() == '#') continue;
    if (line.front() != ' ' && line.front() != '\t') {
      group = trim(plain.substr(0, plain.find('=')));
      continue;
    }
    auto point = entry_point(group, plain, static_cast<std::size_t>(line.data() - text.data()));
    if (point) points.push_back(*std::move(point));
  }
}

void points_in_table(std::string_view group, const toml::table* table, std::string_view text,
                     std::vector<EntryPoint>& points) {
  if (table == nullptr) return;
  for (const auto& [name, node] : *table) {
    const auto target = node.value<std::string>().value_or("");
    const auto line = std::string(name.str());
    points.push_back({std::string(group), line, target.substr(0, target.find_first_of(" [")),
                      target.empty() ? offset_of(text, line) : offset_of(text, target)});
  }
}

void points_of_pyproject(std::string_view text, std::vector<EntryPoint>& points) {
  const auto document = read_toml(text);
  if (!document) return;
  const toml::table& table = *document;
  points_in_table("console_scripts", table["project"]["scripts"].as_table(), text, points);
  points_in_table("gui_scripts", table["project"]["gui-scripts"].as_table(), text, points);
  points_in_table("console_scripts", table["tool"]["poetry"]["scripts"].as_table(), text, points);
  points_in_table("console_scripts", table["tool"]["flit"]["scripts"].as_table(), text, points);
  if (const auto* groups = table["project"]["entry-points"].as_table()) {
    for (const auto& [group, node] : *groups) points_in_table(group.str(), node.as_table(), text, points);
  }
}

void points_of_setup(const Subject& subject, std::vector<EntryPoint>& points) {
  const auto& module = subject.python().module;
  const auto& syntax = module.syntax();
  for (const auto& call : subject.python().named_calls()) {
    if (call.name.full != "setup" && !call.name.full.ends_with(".setup")) continue;
    auto groups = module.argument(call.node, "entry_points", -1);
    if (groups != python::no_node && module.value_of(groups) != python::no_node) groups = module.value_of(groups);
    if (groups == python::no_node || !syntax.is(groups, python::NodeKind::dict)) continue;
    for (const auto item : syntax.children(groups)) {
      if (!syntax.is(item, python::NodeKind::dict_item)) continue;
      const auto group = module.text_of(syntax.child(item));
      auto list = syntax.child(item, 1);
      if (module.value_of(list) != python::no_node) list = module.value_of(list);
      if (!group || !syntax.is(list, python::NodeKind::list)) continue;
      for (const auto element : syntax.children(list)) {
        const auto text = module.text_of(element);
        auto point = text ? entry_point(*group, *text, syntax[element].begin) : std::nullopt;
        if (point) points.push_back(*std::move(point));
      }
    }
  }
}

}  // namespace

std::vector<DeclaredName> declared_names(const Subject& subject) {
  std::vector<DeclaredName> names;
  const auto name = file_name(subject.file.path);
  const auto text = subject.file.bytes;
  if (name == "PKG-INFO" || name == "METADATA") names_of_metadata(text, names);
  if (name == "pyproject.toml") names_of_pyproject(text, names);
  if (name == "setup.py") names_of_setup(subject, names);
  return names;
}

std::vector<EntryPoint> declared_entry_points(const Subject& subject) {
  std::vector<EntryPoint> points;
  const auto name = file_name(subject.file.path);
  const auto text = subject.file.bytes;
  if (text.size() > largest) return points;
  if (name == "entry_points.txt") points_of_ini(text, points);
  if (name == "setup.cfg") points_of_setup_cfg(text, points);
  if (name == "pyproject.toml") points_of_pyproject(text, points);
  if (name == "setup.py") points_of_setup(subject, points);
  return points;
}

}  // namespace assay::behaviour
