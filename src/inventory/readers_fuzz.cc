#include "inventory/readers.h"

#include <nlohmann/json.hpp>

// Any text as each of the forms; the first byte chooses.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace assay;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto choice = data[0] % 9;
  if (choice == 8) {
    (void)read_requirements(text, "/nowhere/requirements.txt");
  } else if (choice < 4) {
    if (const auto lock = parse_toml(text, "lock")) {
      (void)read_toml_lock(*lock, static_cast<InventoryFormat>(static_cast<int>(InventoryFormat::pylock) + choice), "lock");
    }
  } else if (const auto json = parse_json(text)) {
    constexpr InventoryFormat forms[] = {InventoryFormat::pip_json, InventoryFormat::pipfile_lock,
                                         InventoryFormat::cyclonedx, InventoryFormat::spdx};
    (void)read_json_list(*json, forms[choice - 4], "list");
  }
  return 0;
}
