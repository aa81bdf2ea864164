#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "copies/claims.h"
#include "curation/toml_value.h"
#include "inventory/inventory.h"

// One reader a form. `file` is what messages and items call the file. Errors: invalid_input with the
// place for what does not have the form.
namespace assay {

// Files that it names with -r and -c are read beside `file`; a file once. What is required without being
// held to one version is pinned by a constraint, if one does; else it is unknown.
Result<Inventory> read_requirements(std::string_view text, const std::filesystem::path& file);

// pylock.toml, uv.lock, poetry.lock, pdm.lock.
Result<Inventory> read_toml_lock(const TomlTable& lock, InventoryFormat format, const std::string& file);

// What pip prints as JSON, Pipfile.lock, CycloneDX, SPDX.
Result<Inventory> read_json_list(const Json& json, InventoryFormat format, const std::string& file);

// A virtual environment, or a folder in which packages are installed: what their metadata say, and what
// they say of copies in them. Links below it are not followed.
Result<Inventory> read_environment(const std::filesystem::path& folder, const RoleOf& role_of);

// A wheel or source distribution, by its file name; its members say which copies it has.
Result<Inventory> read_package_archive(const std::filesystem::path& archive, const RoleOf& role_of);
// All that lie in the folder; not_found if none does.
Result<Inventory> read_package_archives(const std::filesystem::path& folder, const RoleOf& role_of);

// Name and version as the file name of a wheel or source distribution tells them; nothing if it is neither.
struct ArchiveName {
  Name name;
  Version version;
};
std::optional<ArchiveName> archive_name(std::string_view file_name);

}  // namespace assay
