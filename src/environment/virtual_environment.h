#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "environment/interpreter.h"
#include "package/file_name.h"
#include "store/store.h"

namespace assay {

struct WheelFile {
  std::string file_name;
  Digest digest;  // in the store
};

// A folder as `python -m venv` would make it, with the wheels installed in it as the specification
// says (PEP 427: RECORD checked, .data/ spread, scripts with the right first line, console and GUI
// entry points as scripts), without running anything of theirs. INSTALLER says "assay". It is
// valid at `prefix` (absolute, in the sandbox), wherever `folder` is.
// invalid_input if a wheel is malformed, two wheels write the same file, or one is not for this
// interpreter.
Result<> make_environment(const Store& store, const Interpreter& interpreter,
                          const std::vector<WheelFile>& wheels, const std::filesystem::path& folder,
                          const std::filesystem::path& prefix);

// What the wheel's metadata says; METADATA, WHEEL, RECORD and entry_points.txt by name, "" if it
// has none.
Result<std::string> wheel_member(const Store& store, const WheelFile& wheel,
                                 std::string_view member);
// invalid_input, with all that is wrong: name and version as in the file name, one .dist-info,
// RECORD complete and true, tags as in the file name.
Result<> check_wheel(const Store& store, const WheelFile& wheel);

}  // namespace assay
