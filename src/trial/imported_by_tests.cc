#include "trial/imported_by_tests.h"

#include <algorithm>
#include <cstdint>
#include <deque>

#include "base/text.h"

namespace assay {

namespace {

constexpr std::size_t most_places = 64;
constexpr std::size_t most_files = 5000;
constexpr std::uint64_t most_bytes = 128ULL << 20;

std::string_view identifier_at_start(std::string_view text) {
  constexpr std::string_view letters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  return text.substr(0, std::min(text.find_first_not_of(letters), text.size()));
}

void add_imports_of_line(std::string_view line, std::set<std::string>& modules) {
  line = trim(line);
  if (line.starts_with("from ")) {
    if (const auto module = identifier_at_start(trim(line.substr(5))); !module.empty()) {
      modules.emplace(module);
    }
  } else if (line.starts_with("import ")) {
    for (const auto part : split(line.substr(7), ',')) {
      if (const auto module = identifier_at_start(trim(part)); !module.empty()) {
        modules.emplace(module);
      }
    }
  }
}

}  // namespace

std::set<std::string> imported_by_tests(const SourceFiles& files,
                                        const std::vector<std::string>& paths) {
  std::set<std::string> modules;
  std::set<std::string> seen;
  std::deque<std::string> waiting(paths.begin(), paths.end());
  waiting.emplace_back("conftest.py");
  std::size_t read = 0;
  std::uint64_t bytes = 0;
  while (!waiting.empty() && seen.size() < most_places) {
    const std::string place = std::move(waiting.front());
    waiting.pop_front();
    if (!seen.insert(place).second) continue;
    std::set<std::string> found;
    for (const auto& entry : files.tree().entries()) {
      if (!is_below(entry.path, place == "." ? "" : place) || !entry.path.ends_with(".py"))
        continue;
      bytes += entry.size;
      if (++read > most_files || bytes > most_bytes) return modules;
      const auto text = files.read(entry.path);
      if (!text) continue;
      for (const auto line : lines(*text)) add_imports_of_line(line, found);
    }
    for (const auto& module : found) {
      if (files.has_folder(module)) waiting.push_back(module);
      if (files.has_file(module + ".py")) waiting.push_back(module + ".py");
    }
    modules.merge(found);
  }
  return modules;
}

bool likely_brings(const Name& project, std::string_view module) {
  const auto name = Name::normalize(module).str();
  const auto& given = project.str();
  return given == name || given == "py" + name || given == "python-" + name ||
         given == "py-" + name;
}

}  // namespace assay
