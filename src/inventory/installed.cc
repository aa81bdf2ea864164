#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "copies/claim_reader.h"
#include "inventory/carried.h"
#include "inventory/readers.h"
#include "io/files.h"
#include "package/metadata.h"
#include "package/record.h"

namespace assay {

namespace {

// A folder or file of metadata, of what is installed beside it.
struct InstalledPackage {
  InventoryItem item;
  std::vector<Requirement> requirements;
  fs::path information;
};

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

// Where the metadata of an entry of site-packages would stand; "" if it is no package's.
fs::path metadata_of(const fs::path& entry) {
  const auto extension = entry.extension();
  if (extension == ".dist-info") return entry / "METADATA";
  if (extension == ".egg-info") return is_folder(entry) ? entry / "PKG-INFO" : entry;
  if (extension == ".egg" && is_folder(entry)) return entry / "EGG-INFO" / "PKG-INFO";
  return "";
}

// "name-1.0" of name-1.0.dist-info; setuptools adds "-py3.11".
std::optional<ArchiveName> name_of_entry(const fs::path& entry) {
  const auto stem = entry.stem().string();
  const auto parts = split(stem, '-');
  if (parts.size() < 2) return std::nullopt;
  auto version = Version::parse(parts[1]);
  if (!version) return std::nullopt;
  return ArchiveName{Name::normalize(parts[0]), *std::move(version)};
}

InstalledPackage read_package(const fs::path& entry, const fs::path& file) {
  InstalledPackage package{.item = {.title = printable(entry.filename().string()), .name = Name()},
                           .requirements = {},
                           .information = file.parent_path()};
  auto& item = package.item;
  item.path = file.string();
  const auto text = read_file(file);
  const auto metadata = text ? Metadata::parse(*text) : Result<Metadata>(std::unexpected(text.error()));
  if (metadata) {
    item.title = metadata->written_name;
    item.name = metadata->name;
    item.version = metadata->version;
    package.requirements = metadata->requires_dist;
  } else if (const auto named = name_of_entry(entry)) {
    // Metadata may be wrong in what it requires, which is no matter here.
    item.title = named->name.str();
    item.name = named->name;
    item.version = named->version;
  } else {
    item.unknown = "its metadata can't be read: " + metadata.error().message;
  }
  return package;
}

// PEP 610.
struct Origin {
  bool editable = false;
  std::string commit;
};

Origin origin_of(const fs::path& information) {
  const auto text = read_file(information / "direct_url.json");
  const auto json = text ? parse_json(*text) : Result<Json>(std::unexpected(text.error()));
  if (!json || !json->is_object()) return {};
  const auto folder = json->value("dir_info", Json());
  const auto repository = json->value("vcs_info", Json());
  const auto commit = repository.is_object() ? repository.value("commit_id", Json()) : Json();
  return {.editable = folder.is_object() && folder.value("editable", Json()) == Json(true),
          .commit = commit.is_string() ? commit_or_none(commit.get<std::string>()) : ""};
}

// Which installed package has a file: as its RECORD says (PEP 376), else the one that is called like
// the folder.
class Owners {
 public:
  Owners(const std::vector<InstalledPackage>& packages, const std::vector<Claim>& claims) {
    std::set<std::string_view> asked;
    for (const auto& claim : claims) asked.insert(claim.path);
    for (const auto& package : packages) {
      if (!package.item.version) continue;
      const InventoryItem::Holder holder{package.item.name, *package.item.version};
      by_name_.emplace(holder.name, holder);
      const auto text = read_file(package.information / "RECORD");
      const auto entries = text ? parse_record(*text) : Result<std::vector<RecordEntry>>();
      if (!entries) continue;
      for (const auto& entry : *entries) {
        if (asked.contains(entry.path)) by_path_.emplace(entry.path, holder);
      }
    }
  }

  std::optional<InventoryItem::Holder> of(const std::string& path) const {
    if (const auto found = by_path_.find(path); found != by_path_.end()) return found->second;
    const auto found = by_name_.find(Name::normalize(path.substr(0, path.find('/'))));
    return found == by_name_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::map<std::string, InventoryItem::Holder, std::less<>> by_path_;
  std::map<Name, InventoryItem::Holder> by_name_;
};

// What the files below the folder say of copies.
Result<std::vector<Claim>> claims_below(const fs::path& folder, const RoleOf& role_of) {
  ClaimReader reader(role_of);
  std::error_code error;
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator at(folder, options, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone;  // a file may vanish while others are read
    if (at->path().filename() == "__pycache__") at.disable_recursion_pending();
    if (at->is_symlink(gone) || !at->is_regular_file(gone)) continue;
    const auto size = at->file_size(gone);
    if (gone) continue;
    ASSAY_CHECK(reader.read(at->path().lexically_relative(folder).string(), size,
                            [&] { return read_file(at->path()); }));
  }
  if (error) return fail(ErrorKind::io, fmt::format("could not read {}: {}", folder.string(), error.message()));
  auto claims = std::move(reader).claims();
  std::ranges::stable_sort(claims, {}, &Claim::path);
  return claims;
}

Result<> read_site(const fs::path& site, const RoleOf& role_of, Inventory& inventory) {
  std::vector<InstalledPackage> packages;
  ASSAY_TRY(const auto entries, entries_of(site));
  for (const auto& entry : entries) {
    const auto file = metadata_of(entry);
    if (file.empty()) continue;
    auto package = read_package(entry, file);
    // What an editable project asks of others limits them all the same.
    add_demands(package.requirements, package.item, inventory);
    const auto origin = origin_of(package.information);
    package.item.commit = origin.commit;
    if (origin.editable) {
      inventory.left_out.push_back(fmt::format("{}: an editable project", printable(package.item.title)));
      continue;
    }
    packages.push_back(std::move(package));
  }
  ASSAY_TRY(const auto claims, claims_below(site, role_of));
  const Owners owners(packages, claims);
  for (auto& package : packages) inventory.items.push_back(std::move(package.item));
  CarriedCode carried(inventory);
  for (const auto& claim : claims) carried.add(claim, owners.of(claim.path), (site / claim.path).string());
  carried.finish();
  return {};
}

// Those of a virtual environment, or the folder itself.
std::vector<fs::path> sites_of(const fs::path& folder) {
  std::vector<fs::path> sites;
  std::set<fs::path> seen;  // lib64 is a link to lib
  const auto add = [&](const fs::path& path) {
    std::error_code error;
    if (is_folder(path) && seen.insert(fs::canonical(path, error)).second) sites.push_back(path);
  };
  for (const char* lib : {"lib", "lib64"}) {
    const auto pythons = entries_of(folder / lib);
    for (const auto& python : pythons.value_or(std::vector<fs::path>())) {
      if (python.filename().string().starts_with("python")) add(python / "site-packages");
    }
  }
  add(folder / "Lib" / "site-packages");  // Windows
  if (sites.empty()) sites.push_back(folder);
  return sites;
}

}  // namespace

Result<Inventory> read_environment(const fs::path& folder, const RoleOf& role_of) {
  Inventory inventory{folder.string(), InventoryFormat::environment, {}, {}};
  for (const auto& site : sites_of(folder)) ASSAY_CHECK(read_site(site, role_of, inventory));
  return inventory;
}

}  // namespace assay
