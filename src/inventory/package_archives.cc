#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "copies/claim_reader.h"
#include "inventory/carried.h"
#include "inventory/readers.h"
#include "io/archive.h"
#include "io/files.h"
#include "package/file_name.h"
#include "package/metadata.h"

namespace assay {

namespace {

// The archive's own metadata: a source distribution's PKG-INFO, a wheel's METADATA at its root.
std::optional<Metadata> own_metadata(std::string_view path, std::string_view bytes, bool is_wheel) {
  const bool own = is_wheel ? path.ends_with(".dist-info/METADATA") && std::ranges::count(path, '/') == 1
                            : path == "PKG-INFO";
  auto metadata = own ? Metadata::parse(bytes) : Result<Metadata>(fail(ErrorKind::not_found, "no metadata"));
  return metadata ? std::optional(*std::move(metadata)) : std::nullopt;
}

void read_archive_into(const fs::path& archive, const RoleOf& role_of, Inventory& inventory) {
  const auto file_name = archive.filename().string();
  const bool is_wheel = file_name.ends_with(".whl");
  auto named = archive_name(file_name);
  std::vector<Requirement> requirements;
  ClaimReader reader(role_of);
  const auto read = read_archive(archive, {}, [&](const ArchiveEntry& entry, std::string_view bytes) -> Result<> {
    const auto path = is_wheel ? entry.path : entry.path.substr(std::min(entry.path.find('/') + 1, entry.path.size()));
    if (auto own = own_metadata(path, bytes, is_wheel)) {
      // It knows where the name of a source distribution ends.
      if (!is_wheel) named = ArchiveName{own->name, own->version};
      requirements = std::move(own->requires_dist);
    }
    if (!entry.link_target.empty()) return {};
    return reader.read(path, bytes.size(), [&] { return Result<std::string>(bytes); });
  });
  InventoryItem item{.title = named ? named->name.str() : printable(file_name), .name = named ? named->name : Name()};
  item.path = archive.string();
  if (named) {
    item.version = named->version;
  } else {
    item.unknown = "neither its file name nor its metadata tell which version it is";
  }
  add_demands(requirements, item, inventory);
  inventory.items.push_back(std::move(item));
  if (!read) {
    InventoryItem rest{.title = printable(file_name), .name = Name()};
    rest.path = archive.string();
    rest.unknown = "what it carries is not known: " + read.error().message;
    inventory.items.push_back(std::move(rest));
    return;
  }
  const auto holder =
      named ? std::optional(InventoryItem::Holder{named->name, named->version}) : std::nullopt;
  CarriedCode carried(inventory);
  for (const auto& claim : std::move(reader).claims()) {
    carried.add(claim, holder, (archive / claim.path).string());
  }
  carried.finish();
}

}  // namespace

std::optional<ArchiveName> archive_name(std::string_view file_name) {
  if (const auto wheel = WheelName::parse(file_name)) return ArchiveName{wheel->name, wheel->version};
  constexpr std::array<std::string_view, 4> extensions{".tar.gz", ".zip", ".tgz", ".tar.bz2"};
  for (const auto extension : extensions) {
    if (!file_name.ends_with(extension)) continue;
    const auto stem = file_name.substr(0, file_name.size() - extension.size());
    for (std::size_t dash = 0; (dash = stem.find('-', dash)) != stem.npos; ++dash) {
      const auto name = Name::parse(stem.substr(0, dash));
      auto version = Version::parse(stem.substr(dash + 1));
      if (name && version) return ArchiveName{*name, *std::move(version)};
    }
  }
  return std::nullopt;
}

Result<Inventory> read_package_archive(const fs::path& archive, const RoleOf& role_of) {
  std::error_code error;
  if (!fs::is_regular_file(archive, error)) return fail(ErrorKind::not_found, archive.string() + ": no such file");
  Inventory inventory{archive.string(), InventoryFormat::archive, {}, {}};
  read_archive_into(archive, role_of, inventory);
  return inventory;
}

Result<Inventory> read_package_archives(const fs::path& folder, const RoleOf& role_of) {
  Inventory inventory{folder.string(), InventoryFormat::archives, {}, {}};
  ASSAY_TRY(const auto entries, entries_of(folder));
  for (const auto& entry : entries) {
    if (archive_name(entry.filename().string())) read_archive_into(entry, role_of, inventory);
  }
  if (inventory.items.empty()) {
    return fail(ErrorKind::not_found, folder.string() + ": no wheel or source distribution lies there");
  }
  return inventory;
}

}  // namespace assay
