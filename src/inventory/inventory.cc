#include "inventory/inventory.h"

#include <array>

#include "base/text.h"
#include "evidence/enum_names.h"

namespace assay {

namespace {

constexpr EnumNames<15> formats{"requirements", "pip-json",    "pylock",       "uv-lock",   "poetry-lock",
                                "pdm-lock",     "pipfile-lock", "cyclonedx",   "spdx",      "environment",
                                "archive",      "archives",    "release",      "set",       "project"};

}  // namespace

std::string_view to_string(InventoryFormat format) { return name_of(formats, format); }

Result<InventoryFormat> parse_inventory_format(std::string_view text) {
  return value_of<InventoryFormat>(formats, text, "format");
}

std::string inventory_format_list() {
  std::vector<std::string> names(formats.begin(), formats.end());
  return join(names, ", ");
}

}  // namespace assay
