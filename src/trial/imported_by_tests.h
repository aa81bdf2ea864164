#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "package/name.h"
#include "trial/source_files.h"

namespace assay {

// First parts of the modules that the Python files under `paths` import, and the modules at the
// tree's root that these import in turn. Found line by line: an import in a string is taken for
// one, which costs nothing but a look at what upstream lists.
std::set<std::string> imported_by_tests(const SourceFiles& files,
                                        const std::vector<std::string>& paths);

// Whether a project of this name is likely to bring the module: "trustme" brings trustme, PyYAML
// yaml, python-dotenv dotenv.
bool likely_brings(const Name& project, std::string_view module);

}  // namespace assay
