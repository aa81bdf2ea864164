#include "examine/reach/declared_entry_points.h"

#include <algorithm>
#include <optional>
#include <string>

#include <toml++/toml.h>

#include "base/text.h"

namespace assay {

namespace {

constexpr std::size_t largest = 1 << 20;  // bytes of a file that is read
constexpr std::size_t most_points = 10'000;

bool is_dotted(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
}

// "module:attribute [extras]"
std::optional<EntryPoint> entry_point(std::string_view group, std::string_view name, std::string_view object) {
  object = trim(object.substr(0, object.find('[')));
  const auto colon = object.find(':');
  const auto module = object.substr(0, colon);
  const auto attribute = colon == std::string_view::npos ? std::string_view() : object.substr(colon + 1);
  if (!is_dotted(module) || (!attribute.empty() && !is_dotted(attribute))) return std::nullopt;
  return EntryPoint{std::string(trim(group)), std::string(trim(name)), std::string(module), std::string(attribute)};
}

// "name = module:attribute"
std::optional<EntryPoint> entry_point_line(std::string_view group, std::string_view line) {
  const auto equals = line.find('=');
  if (equals == std::string_view::npos || trim(line).starts_with('#')) return std::nullopt;
  return entry_point(group, line.substr(0, equals), line.substr(equals + 1));
}

void add(std::vector<EntryPoint>& points, std::optional<EntryPoint> point) {
  if (point && points.size() < most_points) points.push_back(*std::move(point));
}

void read_table(std::string_view group, const toml::table* table, std::vector<EntryPoint>& points) {
  if (table == nullptr) return;
  for (const auto& [name, value] : *table) {
    if (const auto object = value.value<std::string_view>()) add(points, entry_point(group, name.str(), *object));
  }
}

std::vector<EntryPoint> of_pyproject(std::string_view text) {
  std::vector<EntryPoint> points;
  try {
    const toml::table document = toml::parse(text);
    for (const char* root : {"project", "tool.poetry", "tool.flit"}) {
      const auto own = document.at_path(root);
      read_table("console_scripts", own["scripts"].as_table(), points);
      read_table("gui_scripts", own["gui-scripts"].as_table(), points);
      if (const auto* groups = own["entry-points"].as_table()) {
        for (const auto& [group, table] : *groups) read_table(group.str(), table.as_table(), points);
      }
    }
  } catch (const toml::parse_error&) {
    points.clear();  // the build says what is wrong with it
  }
  return points;
}

// setuptools' [options.entry_points]: a group, and lines below it that are indented.
std::vector<EntryPoint> of_setup_cfg(std::string_view text) {
  std::vector<EntryPoint> points;
  bool inside = false;
  std::string_view group;
  for (const auto line : lines(text)) {
    if (line.starts_with('[')) {
      inside = trim(line) == "[options.entry_points]";
    } else if (inside && !line.empty() && line.front() != ' ' && line.front() != '\t') {
      group = trim(line.substr(0, line.find('=')));
    } else if (inside) {
      add(points, entry_point_line(group, line));
    }
  }
  return points;
}

// The texts in setup.py that read like entry points; whose group they are is not told.
std::vector<EntryPoint> of_setup(const python::Module& setup) {
  std::vector<EntryPoint> points;
  const auto& syntax = setup.syntax();
  for (python::NodeId id = 1; id < syntax.nodes().size(); ++id) {
    if (!syntax.is(id, python::NodeKind::string)) continue;
    const auto text = python::literal_value(syntax, id);
    if (!text.contains('=') || !text.contains(':')) continue;
    for (const auto line : lines(text)) {
      auto point = entry_point_line("console_scripts", line);
      if (point && !point->attribute.empty()) add(points, std::move(point));
    }
  }
  return points;
}

}  // namespace

std::vector<EntryPoint> declared_entry_points(const ExaminedFile& file) {
  if (file.bytes.size() > largest) return {};
  if (dist_info_member(file.path) == "entry_points.txt") {
    return parse_entry_points(file.bytes).value_or(std::vector<EntryPoint>());
  }
  if (file.path == "pyproject.toml") return of_pyproject(file.bytes);
  if (file.path == "setup.cfg") return of_setup_cfg(file.bytes);
  if (file.path == "setup.py" && file.bytes.contains("entry_points")) return of_setup(file.python());
  return {};
}

}  // namespace assay
