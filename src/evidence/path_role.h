#pragma once
#include <string_view>

#include "base/result.h"

namespace assay {

// What a file of a source tree is for. It weighs a finding; it never hides one. A tool is what the
// package's developers run: benchmarks, scripts for releases and the continuous integration.
enum class PathRole { shipped, test, docs, example, vendored, generated, build, tool };

// Whether such a file ends up on a user's machine, or runs on the way there. The others can't harm
// anyone who installs the package.
bool ships(PathRole role);
// By pytest's and unittest's customs: conftest.py, test_*.py, *_test.py, *_tests.py. `name` is a
// file's, without its folders.
bool is_test_file(std::string_view name);

std::string_view to_string(PathRole role);
Result<PathRole> parse_path_role(std::string_view text);

}  // namespace assay
