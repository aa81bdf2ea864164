#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "package/name.h"

namespace assay {

// A change to a package's source that a person decided on: patches/<package>/<file>.patch beside
// the set, a unified diff, applied in the order of the files' names.
struct Patch {
  std::string file;  // its name
  std::string text;
};

Result<std::map<Name, std::vector<Patch>>> load_patches(const std::filesystem::path& folder);

// The files that a patch changes, with their new bytes.
struct PatchedFiles {
  std::map<std::string, std::string> files;  // by path
  std::size_t moved = 0;                     // hunks that did not stand where they say
};

// `read` gives a file of the source as it is. Every line of a hunk must stand in the file, where the
// hunk says or, as in another version, at the only other place; no line may differ. It changes files
// that are there; it makes, removes and renames none. invalid_input, naming file and hunk, if it does
// not fit or if the file reads so already.
Result<PatchedFiles> apply_patch(
    const Patch& patch, const std::function<Result<std::string>(const std::string& path)>& read);

// A unified diff with three lines of context of one file whose lines were changed one by one: the
// texts have the same number of lines. "" if they are equal.
std::string unified_diff(const std::string& path, std::string_view before, std::string_view after);

// Writes a new file behind those that are there, and returns its path.
Result<std::filesystem::path> add_patch(const std::filesystem::path& folder, const Name& name,
                                        std::string_view slug, std::string_view text);

}  // namespace assay
