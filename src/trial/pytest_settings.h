#pragma once
#include <optional>
#include <string>
#include <vector>

#include "trial/project_settings.h"
#include "trial/source_files.h"

namespace assay {

// The file that pytest takes its settings from, by pytest's own order, and where it says tests are.
struct PytestSettings {
  std::string file;  // "" if the tree has none
  std::vector<std::string> testpaths;
};

// `project` is pyproject.toml's, if it could be read.
PytestSettings find_pytest_settings(const SourceFiles& files,
                                    const std::optional<ProjectSettings>& project);

}  // namespace assay
