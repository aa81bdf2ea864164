#pragma once
#include <set>
#include <string>

#include "package/ini_file.h"
#include "trial/project_settings.h"

namespace assay {

// What tox would install to run the tests with this interpreter: deps, dependency_groups and extras
// of [testenv], or of an environment named for the tests where [testenv] has none. Lines behind
// factors ("py311: x") count if the factor is this interpreter's; "{[section]key}" is replaced.
// `python` is "3.11".
ToxEnvironment read_tox_ini(const IniFile& file, const std::string& python);

}  // namespace assay
