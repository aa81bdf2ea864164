#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "inventory/readers.h"

namespace assay {

namespace {

const TomlMember* member(const TomlTable& table, std::string_view key) {
  const auto found = std::ranges::find(table, key, &TomlMember::key);
  return found == table.end() ? nullptr : &*found;
}

const TomlTable* table_member(const TomlTable& table, std::string_view key) {
  const auto* found = member(table, key);
  return found ? found->value.as<TomlTable>() : nullptr;
}

std::string text_member(const TomlTable& table, std::string_view key) {
  const auto* found = member(table, key);
  const auto* text = found ? found->value.as<std::string>() : nullptr;
  return text ? *text : "";
}

bool has_any(const TomlTable& table, std::initializer_list<std::string_view> keys) {
  return std::ranges::any_of(keys, [&](std::string_view key) { return member(table, key) != nullptr; });
}

// The project that the lock is of, or a folder beside it: what an index has under that name, if
// anything, is another project.
bool is_local(const TomlTable& package, InventoryFormat format) {
  if (format == InventoryFormat::pylock) return has_any(package, {"directory"});
  if (format == InventoryFormat::pdm_lock) return has_any(package, {"path", "editable"});
  const auto* source = table_member(package, "source");
  if (!source) return false;
  if (format == InventoryFormat::uv_lock) return has_any(*source, {"virtual", "editable", "directory"});
  return text_member(*source, "type") == "directory";
}

Result<InventoryItem> read_package(const TomlTable& package, Position position, const std::string& file) {
  const auto title = text_member(package, "name");
  auto name = Name::parse(title);
  if (!name) return fail(ErrorKind::invalid_input, at_position(file, position, name.error().message));
  InventoryItem item{.title = title, .name = *std::move(name)};
  item.path = file;
  item.line = position.line;
  item.marker = text_member(package, "marker");
  if (item.marker.empty()) item.marker = text_member(package, "markers");
  const auto text = text_member(package, "version");
  if (text.empty()) {
    item.unknown = "the lock tells no version of it";
  } else if (auto version = Version::parse(text)) {
    item.version = *std::move(version);
  } else {
    item.unknown = fmt::format("\"{}\" is no version", printable(text));
  }
  return item;
}

}  // namespace

Result<Inventory> read_toml_lock(const TomlTable& lock, InventoryFormat format, const std::string& file) {
  Inventory inventory{file, format, {}, {}};
  const auto* packages = member(lock, format == InventoryFormat::pylock ? "packages" : "package");
  if (!packages) return inventory;  // a lock of nothing has none
  const auto* list = packages->value.as<TomlArray>();
  if (!list) {
    return fail(ErrorKind::invalid_input,
                at_position(file, packages->position, fmt::format("\"{}\" is no list of packages", packages->key)));
  }
  for (const auto& element : *list) {
    const auto* package = element.as<TomlTable>();
    if (!package) return fail(ErrorKind::invalid_input, at_position(file, element.position, "no package"));
    ASSAY_TRY(auto item, read_package(*package, element.position, file));
    if (is_local(*package, format)) {
      inventory.left_out.push_back(fmt::format("{}: a folder beside {}", item.title, file));
      continue;
    }
    inventory.items.push_back(std::move(item));
  }
  return inventory;
}

}  // namespace assay
