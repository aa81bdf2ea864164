#include "copies/origins.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "io/files.h"
#include "package/metadata.h"
#include "python/tokens.h"
#include "store/tree.h"

namespace assay {

namespace {

constexpr std::string_view version_of_this = "2";
constexpr std::size_t fewest_tokens = 60;
constexpr std::uint64_t most_bytes = 4 << 20;
constexpr std::size_t fewest_files = 3;

fs::path origins_folder(const Store& store) { return store.blobs.root() / "origins"; }

// Nothing for a file too small to mean anything.
std::optional<Digest> normal_digest(std::string_view source) {
  Sha256 hash;
  std::size_t count = 0;
  TokenReader tokens(source);
  bool statement_begins = true;
  bool importing = false;
  while (const auto token = tokens.next()) {
    if (statement_begins && (token->text == "import" || token->text == "from")) importing = true;
    statement_begins = token->kind == Token::Kind::line_end;
    if (!importing && token->kind != Token::Kind::line_end) {
      hash.update(token->text);
      hash.update("\n");
      ++count;
    }
    if (statement_begins) importing = false;
  }
  if (count < fewest_tokens) return std::nullopt;
  return hash.finish();
}

std::string licence_in(const Metadata& metadata) {
  if (!metadata.license_expression.empty()) return metadata.license_expression;
  constexpr std::string_view classifier = "License :: OSI Approved :: ";
  for (const auto& text : metadata.classifiers) {
    if (text.starts_with(classifier)) return text.substr(classifier.size());
  }
  return metadata.license.empty() ? "" : std::string(lines(metadata.license).front().substr(0, 100));
}

// The longest folder that all paths lie in.
std::string common_folder(const std::vector<std::string>& paths) {
  std::string folder = paths.front().substr(0, paths.front().rfind('/') + 1);
  for (const auto& path : paths) {
    while (!path.starts_with(folder)) folder = folder.substr(0, folder.rfind('/', folder.size() - 2) + 1);
  }
  if (folder.ends_with('/')) folder.pop_back();
  return folder;
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
  const auto file = fmt::format("{}-{}.json", origin.name.str(), origin.version.str());
  return write_file(origins_folder(store) / file, pretty({{"name", origin.name.str()},
                                                          {"version", origin.version.str()},
                                                          {"licence", origin.licence},
                                                          {"tree", origin.tree.hex()}}));
}

std::string licence_of(const Store& store, const Digest& tree) {
  const auto entries = get_tree(store.blobs, tree);
  const TreeEntry* info = entries ? entries->find("PKG-INFO") : nullptr;
  if (info == nullptr) return "";
  const auto text = store.blobs.get(info->digest);
  const auto metadata = text ? Metadata::parse(*text) : std::unexpected(text.error());
  return metadata ? licence_in(*metadata) : "";
}

Result<std::vector<NormalFile>> normal_files(
    ActionRunner& actions, const Digest& tree,
    const std::function<PathRole(std::string_view)>& role_of, std::stop_token stop) {
  const ActionKey key{.kind = "normal-files", .version = std::string(version_of_this),
                      .inputs = {tree.hex()}, .parameters = {}};
  ASSAY_TRY(const auto text, actions.run(key, [&]() -> Result<std::string> {
    const auto& blobs = actions.store().blobs;
    ASSAY_TRY(const Tree entries, get_tree(blobs, tree));
    std::string result;
    for (const auto& entry : entries.entries()) {
      if (stop.stop_requested()) return fail(ErrorKind::cancelled, "stopped");
      if (!entry.path.ends_with(".py") || !entry.link_target.empty() || entry.size > most_bytes) continue;
      const PathRole role = role_of(entry.path);
      if (!ships(role) || role == PathRole::build || entry.path == "setup.py") continue;
      ASSAY_TRY(const auto source, blobs.get(entry.digest));
      if (const auto digest = normal_digest(source)) result += digest->hex() + " " + entry.path + "\n";
    }
    return result;
  }));
  std::vector<NormalFile> files;
  for (const auto line : lines(text)) {
    const auto space = line.find(' ');
    ASSAY_TRY(const auto digest, Digest::parse(line.substr(0, space)));
    files.push_back({std::string(line.substr(space + 1)), digest});
  }
  return files;
}

std::vector<Copy> find_copies(const Name& self, const std::vector<NormalFile>& files,
                              const std::vector<std::pair<Origin, std::vector<NormalFile>>>& origins) {
  std::map<Digest, std::vector<std::string>> paths;
  for (const auto& file : files) paths[file.digest].push_back(file.path);
  std::map<Name, std::map<std::size_t, std::vector<std::size_t>, std::greater<>>> by_hits;
  std::vector<std::set<std::string>> found(origins.size());
  for (std::size_t i = 0; i < origins.size(); ++i) {
    const auto& [origin, known] = origins[i];
    if (origin.name == self) continue;
    for (const auto& file : known) {
      const auto hit = paths.find(file.digest);
      if (hit != paths.end()) found[i].insert(hit->second.begin(), hit->second.end());
    }
    const bool enough = found[i].size() >= fewest_files ||
                        (!found[i].empty() && found[i].size() * 3 >= known.size());
    if (enough) by_hits[origin.name][found[i].size()].push_back(i);
  }
  std::vector<Copy> copies;
  for (const auto& [name, hits] : by_hits) {
    const auto& best = hits.begin()->second;
    Copy copy{.origin = name, .versions = {}, .licence = origins[best.back()].first.licence,
              .folder = {}, .paths = {found[best.back()].begin(), found[best.back()].end()},
              .of = origins[best.back()].second.size()};
    for (const auto i : best) copy.versions.push_back(origins[i].first.version);
    copy.folder = common_folder(copy.paths);
    copies.push_back(std::move(copy));
  }
  return copies;
}

}  // namespace assay
