#include "copies/origins.h"

#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "copies/licences.h"
#include "io/files.h"
#include "package/metadata.h"
#include "store/tree.h"

namespace assay {

namespace {

fs::path origins_folder(const Store& store) { return store.blobs.root() / "origins"; }
fs::path file_of(const Store& store, const Name& name, const Version& version) {
  return origins_folder(store) / fmt::format("{}-{}.json", name.str(), version.str());
}

}  // namespace

Result<std::vector<Origin>> load_origins(const Store& store) {
  std::vector<Origin> origins;
  ASSAY_TRY(const auto files, entries_of(origins_folder(store), ".json"));
  for (const auto& file : files) {
    ASSAY_TRY(const auto text, read_file(file));
    ASSAY_TRY(const Json json, context(parse_json(text), file.string()));
    ASSAY_TRY(const auto name, string_member(json, "name"));
    ASSAY_TRY(const auto version_text, string_member(json, "version"));
    ASSAY_TRY(auto version, Version::parse(version_text));
    ASSAY_TRY(const auto licence, string_member(json, "licence"));
    ASSAY_TRY(const auto tree_text, string_member(json, "tree"));
    ASSAY_TRY(const auto tree, Digest::parse(tree_text));
    origins.push_back({Name::normalize(name), std::move(version), licence, tree});
  }
  std::ranges::sort(origins, [](const Origin& a, const Origin& b) {
    return a.name != b.name ? a.name < b.name : a.version < b.version;
  });
  return origins;
}

Result<> save_origin(const Store& store, const Origin& origin) {
  ASSAY_CHECK(make_directories(origins_folder(store)));
  return write_file(file_of(store, origin.name, origin.version),
                    pretty({{"name", origin.name.str()},
                            {"version", origin.version.str()},
                            {"licence", origin.licence},
                            {"tree", origin.tree.hex()}}));
}

Result<> remove_origin(const Store& store, const Name& name, const Version& version) {
  const auto file = file_of(store, name, version);
  if (!fs::exists(file)) {
    return fail(ErrorKind::not_found, fmt::format("{} {} is not known", name.str(), version.str()));
  }
  return remove_tree(file);
}

std::string licence_of(const Store& store, const Digest& tree) {
  const auto entries = get_tree(store.blobs, tree);
  const TreeEntry* info = entries ? entries->find("PKG-INFO") : nullptr;
  if (info == nullptr) return "";
  const auto text = store.blobs.get(info->digest);
  const auto metadata = text ? Metadata::parse(*text) : std::unexpected(text.error());
  return metadata ? stated_licence(*metadata) : "";
}

}  // namespace assay
