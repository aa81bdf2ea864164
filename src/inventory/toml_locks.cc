#include <fmt/format.h>

#include <algorithm>
#include <optional>

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

// pylock: vcs.commit-id; uv: source.git with the commit behind "#"; poetry: source.resolved_reference; pdm:
// revision.
std::string commit_of(const TomlTable& package, InventoryFormat format) {
  if (format == InventoryFormat::pdm_lock) return commit_or_none(text_member(package, "revision"));
  const auto* source = table_member(package, format == InventoryFormat::pylock ? "vcs" : "source");
  if (!source) return "";
  if (format == InventoryFormat::pylock) return commit_or_none(text_member(*source, "commit-id"));
  if (format == InventoryFormat::poetry_lock) return commit_or_none(text_member(*source, "resolved_reference"));
  const auto git = text_member(*source, "git");
  return git.contains('#') ? commit_or_none(std::string_view(git).substr(git.rfind('#') + 1)) : "";
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

// What can't be read as a requirement limits nothing here.
std::optional<Requirement> requirement_in(const std::string& text, const std::string& marker = "") {
  auto requirement = Requirement::parse(text + (marker.empty() ? "" : " ; " + marker));
  return requirement ? std::optional(*std::move(requirement)) : std::nullopt;
}

// One of poetry's: `name = ">=1"`, or a table with the version and more.
std::optional<Requirement> poetry_dependency(const TomlMember& member) {
  const auto* text = member.value.as<std::string>();
  const auto* table = member.value.as<TomlTable>();
  const auto limit = text ? *text : table ? text_member(*table, "version") : "";
  return requirement_in(member.key + " " + (limit == "*" ? "" : limit), table ? text_member(*table, "markers") : "");
}

// One of uv's project: { name = "requests", specifier = ">=2" }.
std::optional<Requirement> uv_requirement(const TomlValue& element) {
  const auto* table = element.as<TomlTable>();
  if (!table) return std::nullopt;
  return requirement_in(text_member(*table, "name") + " " + text_member(*table, "specifier"), text_member(*table, "marker"));
}

// What a package of the lock requires, where the lock repeats it with its limits.
std::vector<Requirement> requirements_of(const TomlTable& package, InventoryFormat format) {
  std::vector<Requirement> all;
  const auto add = [&](std::optional<Requirement> one) {
    if (one) all.push_back(*std::move(one));
  };
  if (format == InventoryFormat::poetry_lock) {
    const auto* dependencies = table_member(package, "dependencies");
    for (const auto& one : dependencies ? *dependencies : TomlTable()) add(poetry_dependency(one));
  }
  if (format == InventoryFormat::uv_lock) {
    const auto* metadata = table_member(package, "metadata");
    const auto* required = metadata ? member(*metadata, "requires-dist") : nullptr;
    const auto* list = required ? required->value.as<TomlArray>() : nullptr;
    for (const auto& one : list ? *list : TomlArray()) add(uv_requirement(one));
  }
  if (format == InventoryFormat::pdm_lock) {
    const auto* dependencies = member(package, "dependencies");
    const auto* list = dependencies ? dependencies->value.as<TomlArray>() : nullptr;
    for (const auto& one : list ? *list : TomlArray()) {
      const auto* text = one.as<std::string>();
      add(requirement_in(text ? *text : ""));
    }
  }
  return all;
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
    add_demands(requirements_of(*package, format), item, inventory);
    item.commit = commit_of(*package, format);
    if (is_local(*package, format)) {
      inventory.left_out.push_back(fmt::format("{}: a folder beside {}", item.title, file));
      continue;
    }
    inventory.items.push_back(std::move(item));
  }
  return inventory;
}

}  // namespace assay
