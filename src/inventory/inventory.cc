#include "inventory/inventory.h"

#include <array>

#include "base/text.h"
#include "evidence/advisory.h"
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

std::string commit_or_none(std::string_view text) { return is_commit_id(text) ? lower(text) : ""; }

std::string commit_in(std::string_view location) {
  location = location.substr(0, location.find_first_of("#?"));
  const auto at = location.rfind('@');
  return at == location.npos ? "" : commit_or_none(location.substr(at + 1));
}

void add_demands(const std::vector<Requirement>& requirements, const InventoryItem& of, Inventory& inventory) {
  const auto who = of.version ? of.name.str() + " " + of.version->str() : of.title;
  for (const auto& requirement : requirements) {
    const bool of_an_extra = requirement.marker && requirement.marker->str().contains("extra");
    if (requirement.specifier.empty() || of_an_extra) continue;
    inventory.demands.push_back({who, requirement, of.path, of.line});
  }
}

}  // namespace assay
