#pragma once
#include <filesystem>
#include <optional>
#include <vector>

#include "base/result.h"
#include "copies/claims.h"
#include "inventory/inventory.h"

namespace assay {

// What lies at the path, "-" for standard input; the form is told by its name and content unless it is
// given. A folder with files of several forms (requirements files, locks) gives an inventory of each.
// not_found if nothing lies there, invalid_input if it has no form that is known.
Result<std::vector<Inventory>> read_inventories(const std::filesystem::path& path,
                                                std::optional<InventoryFormat> format, const RoleOf& role_of);

}  // namespace assay
