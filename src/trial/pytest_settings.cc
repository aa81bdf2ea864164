#include "trial/pytest_settings.h"

#include <algorithm>

#include "base/text.h"
#include "package/ini_file.h"

namespace assay {

namespace {

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> result;
  for (const auto line : lines(text)) {
    for (const auto word : split(line, ' ')) {
      if (!trim(word).empty()) result.emplace_back(trim(word));
    }
  }
  return result;
}

// `even_empty`: the file counts whether it has the section or not.
std::optional<PytestSettings> from_ini(const SourceFiles& files, const std::string& path,
                                       std::string_view section, bool even_empty) {
  const auto text = files.read(path);
  if (!text) return std::nullopt;
  const auto file = IniFile::parse(*text);
  if (!file || (!even_empty && !file->has_section(section))) return std::nullopt;
  return PytestSettings{.file = path,
                        .testpaths = words(file->value(section, "testpaths").value_or(""))};
}

}  // namespace

PytestSettings find_pytest_settings(const SourceFiles& files,
                                    const std::optional<ProjectSettings>& project) {
  for (const std::string path : {"pytest.ini", ".pytest.ini"}) {
    if (auto found = from_ini(files, path, "pytest", true)) return *std::move(found);
  }
  if (project && project->testpaths) {
    return {.file = "pyproject.toml", .testpaths = *project->testpaths};
  }
  if (auto found = from_ini(files, "tox.ini", "pytest", false)) return *std::move(found);
  if (auto found = from_ini(files, "setup.cfg", "tool:pytest", false)) return *std::move(found);
  return {};
}

}  // namespace assay
