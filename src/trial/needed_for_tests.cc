#include "trial/needed_for_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "package/requirements_text.h"

namespace assay {

namespace {

constexpr std::size_t most_files = 32;
constexpr std::size_t most_requirements = 1000;
constexpr std::size_t most_left_out = 50;

// PEP 685.
std::string normalized_extra(std::string_view extra) { return Name::normalize(trim(extra)).str(); }

}  // namespace

bool NeededForTests::has(const Name& name) const {
  return std::ranges::find(requirements, name, &Requirement::name) != requirements.end();
}

void NeededForTests::leave_out(std::string_view line, std::string_view why) {
  if (left_out.size() >= most_left_out) return;
  left_out.push_back(fmt::format("\"{}\" ({})", printable(line.substr(0, 120)), why));
  if (left_out.size() == most_left_out) left_out.emplace_back("more lines of the kind");
}

void NeededForTests::add_extra(std::string_view extra) {
  const auto name = normalized_extra(extra);
  if (name.empty()) return;
  if (std::ranges::find(metadata_->provides_extra, name) == metadata_->provides_extra.end()) {
    leave_out(fmt::format("[{}]", name), "the package has no such extra");
    return;
  }
  extras.insert(name);
}

bool NeededForTests::add_self_reference(std::string_view line) {
  if (const auto editable = argument_of(line, "-e", "--editable")) line = *editable;
  if (!line.starts_with('.')) return false;
  const auto bracket = line.find('[');
  const auto place = trim(line.substr(0, bracket));
  if (place != "." && place != "./") return false;
  if (bracket == std::string_view::npos) return true;
  const auto end = line.find(']', bracket);
  if (end == std::string_view::npos) return false;
  for (const auto extra : split(line.substr(bracket + 1, end - bracket - 1), ',')) add_extra(extra);
  return true;
}

void NeededForTests::add_requirement(std::string_view line) {
  auto requirement = Requirement::parse(line);
  if (!requirement) return leave_out(line, "no requirement by PEP 508");
  if (!requirement->applies(*markers_)) return;
  requirement->marker.reset();
  if (requirement->name == metadata_->name) {
    for (const auto& extra : requirement->extras) add_extra(extra);
    return;
  }
  if (!requirement->url.empty()) return leave_out(line, "a direct reference");
  if (requirements.size() >= most_requirements) return leave_out(line, "too many requirements");
  const auto text = requirement->str();
  const bool known = std::ranges::any_of(requirements, [&](const Requirement& other) {
    return other.name == requirement->name && other.str() == text;
  });
  if (known) return;
  requirements.push_back(*std::move(requirement));
}

void NeededForTests::add_line(std::string_view line) {
  line = trim(without_comment(line));
  if (line.empty() || add_self_reference(line)) return;
  if (line.starts_with('-')) return leave_out(line, "an option for pip");
  add_requirement(without_options(line));
}

void NeededForTests::add_listed_line(std::string_view line, std::string_view folder) {
  const auto other = argument_of(line, "-r", "--requirement");
  if (!other) return add_line(line);
  const auto path = path_within(folder, *other);
  if (!path) return leave_out(line, "a file outside the source");
  add_file(*path);
}

void NeededForTests::add_file(std::string_view path) {
  if (!read_files_.insert(std::string(path)).second) return;
  if (read_files_.size() > most_files) return leave_out(path, "too many requirements files");
  const auto text = files_->read(path);
  if (!text) return leave_out(path, "no such file in the source");
  const auto folder = folder_of(path);
  for (const auto& line : logical_lines(*text)) add_listed_line(line, folder);
}

}  // namespace assay
