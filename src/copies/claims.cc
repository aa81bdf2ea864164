#include "copies/claims.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "copies/licences.h"
#include "evidence/enum_names.h"
#include "evidence/json_members.h"
#include "package/metadata.h"
#include "package/requirement.h"
#include "store/tree.h"

namespace assay {

namespace {

using Kind = Claim::Kind;

constexpr std::string_view version_of_this = "1";
constexpr std::uint64_t most_bytes = 1 << 20;
constexpr EnumNames<4> kinds{"manifest", "metadata", "marker", "notice"};

Result<Kind> parse_kind(std::string_view text) { return value_of<Kind>(kinds, text, "claim"); }

// A path as its folder, which is "" or ends in "/", and the file's name.
struct Place {
  std::string folder;
  std::string file;

  explicit Place(std::string_view path)
      : folder(path.substr(0, path.rfind('/') + 1)), file(path.substr(path.rfind('/') + 1)) {}
};

std::string parent_of(std::string_view folder) {
  if (folder.empty()) return "";
  return Place(folder.substr(0, folder.size() - 1)).folder;
}
std::string last_part(std::string_view folder) {
  return folder.empty() ? "" : Place(folder.substr(0, folder.size() - 1)).file;
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.starts_with(word); });
}

class ClaimReader {
 public:
  ClaimReader(const BlobStore& blobs, const RoleOf& role_of) : blobs_(blobs), role_of_(role_of) {}

  Result<> read(const TreeEntry& entry) {
    if (!entry.link_target.empty() || entry.size > most_bytes) return {};
    const Place place(entry.path);
    if (is_metadata(place)) return read_metadata(entry, place);
    if (role_of_(place.folder + "code.py") != PathRole::vendored) return {};
    if (is_manifest(place)) return read_manifest(entry, place);
    if (const auto project = project_with_notice(place); !project.empty()) {
      claims_.push_back(
          {Kind::notice, Name::normalize(project), std::nullopt, "", entry.path, 0, place.folder});
    }
    if (place.file.ends_with(".py")) return read_marker(entry, place);
    return {};
  }
  std::vector<Claim> claims() && { return std::move(claims_); }

 private:
  // Of code that ships, but for what lies at the top, which is the package's own.
  bool is_metadata(const Place& place) const {
    const auto info = last_part(place.folder);
    const bool dist = info.ends_with(".dist-info") && place.file == "METADATA";
    const bool egg = info.ends_with(".egg-info") && place.file == "PKG-INFO";
    const auto around = parent_of(place.folder);
    return (dist || egg) && !around.empty() && ships(role_of_(around + "code.py"));
  }

  static bool is_manifest(const Place& place) {
    const auto name = lower(place.file);
    return name.ends_with(".txt") && (name.contains("vendor") || name.contains("requirements"));
  }

  // A folder in which other projects lie side by side.
  bool holds_projects(const std::string& folder) const {
    const auto name = last_part(folder);
    return name == "packages" || role_of_(name + "/code.py") == PathRole::vendored;
  }

  // The project whose licence this is, by its place: urllib3/LICENSE.txt, six.LICENSE; "" if none.
  std::string project_with_notice(const Place& place) const {
    const auto name = lower(place.file);
    if (starts_with_any(name, {"license", "licence", "copying", "notice"})) {
      return holds_projects(parent_of(place.folder)) ? last_part(place.folder) : "";
    }
    if (name.ends_with(".license") && holds_projects(place.folder)) {
      return place.file.substr(0, place.file.rfind('.'));
    }
    return "";
  }

  // The project whose version a module may tell: urllib3/_version.py, six.py; "" if none.
  std::string project_with_version(const Place& place) const {
    constexpr std::array<std::string_view, 6> modules{
        "__init__.py", "_version.py", "__version__.py", "version.py", "__about__.py", "about.py"};
    if (std::ranges::find(modules, place.file) != modules.end()) {
      return holds_projects(parent_of(place.folder)) ? last_part(place.folder) : "";
    }
    return holds_projects(place.folder) ? place.file.substr(0, place.file.size() - 3) : "";
  }

  Result<> read_metadata(const TreeEntry& entry, const Place& place) {
    ASSAY_TRY(const auto text, blobs_.get(entry.digest));
    const auto metadata = Metadata::parse(text);
    if (!metadata) return {};
    claims_.push_back({Kind::metadata, metadata->name, metadata->version, stated_licence(*metadata),
                       entry.path, 0, parent_of(place.folder)});
    return {};
  }

  Result<> read_manifest(const TreeEntry& entry, const Place& place) {
    ASSAY_TRY(const auto text, blobs_.get(entry.digest));
    std::uint32_t number = 0;
    for (const auto line : lines(text)) {
      ++number;
      const auto requirement = Requirement::parse(trim(line.substr(0, line.find('#'))));
      if (!requirement || requirement->specifier.clauses().size() != 1) continue;
      const auto& clause = requirement->specifier.clauses().front();
      auto version = Version::parse(clause.version_text());
      if (!clause.op().starts_with("==") || !version) continue;
      claims_.push_back({Kind::manifest, requirement->name, *std::move(version), "", entry.path,
                         number, place.folder});
    }
    return {};
  }

  Result<> read_marker(const TreeEntry& entry, const Place& place) {
    const auto project = project_with_version(place);
    if (project.empty()) return {};
    ASSAY_TRY(const auto text, blobs_.get(entry.digest));
    std::uint32_t number = 0;
    for (const auto line : lines(text)) {
      ++number;
      auto version = marked_version(line);
      if (!version) continue;
      claims_.push_back({Kind::marker, Name::normalize(project), *std::move(version), "",
                         entry.path, number, place.folder});
      break;
    }
    return {};
  }

  // The version in a line such as: __version__ = "1.26.17"  # of this module
  static std::optional<Version> marked_version(std::string_view line) {
    if (!line.starts_with("__version__")) return std::nullopt;
    const auto begin = line.find_first_of("\"'");
    if (begin == line.npos || !trim(line.substr(0, begin)).ends_with('=')) return std::nullopt;
    const auto end = line.find(line[begin], begin + 1);
    if (end == line.npos) return std::nullopt;
    auto version = Version::parse(line.substr(begin + 1, end - begin - 1));
    return version ? std::optional(*std::move(version)) : std::nullopt;
  }

  const BlobStore& blobs_;
  const RoleOf& role_of_;
  std::vector<Claim> claims_;
};

Json to_json(const Claim& claim) {
  return {{"kind", name_of(kinds, claim.kind)},
          {"name", claim.name.str()},
          {"version", claim.version ? claim.version->str() : ""},
          {"licence", claim.licence},
          {"path", claim.path},
          {"line", claim.line},
          {"folder", claim.folder}};
}

Result<Claim> claim_from_json(const Json& json) {
  JsonMembers members(json);
  Claim claim{.kind = members.word("kind", parse_kind),
              .name = Name::normalize(members.text("name")),
              .version = std::nullopt,
              .licence = members.text("licence"),
              .path = members.text("path"),
              .line = members.count("line"),
              .folder = members.text("folder")};
  if (const auto text = members.text("version"); !text.empty()) {
    ASSAY_TRY(claim.version, Version::parse(text));
  }
  ASSAY_CHECK(context(members.finish(), "a claim"));
  return claim;
}

}  // namespace

Result<std::vector<Claim>> vendor_claims(ActionRunner& actions, const Digest& tree,
                                         const RoleOf& role_of, std::stop_token stop) {
  const ActionKey key{.kind = "vendor-claims",
                      .version = std::string(version_of_this),
                      .inputs = {tree.hex()},
                      .parameters = {}};
  ASSAY_TRY(const auto text, actions.run(key, [&]() -> Result<std::string> {
    ASSAY_TRY(const Tree entries, get_tree(actions.store().blobs, tree));
    ClaimReader reader(actions.store().blobs, role_of);
    for (const auto& entry : entries.entries()) {
      if (stop.stop_requested()) return fail(ErrorKind::cancelled, "stopped");
      ASSAY_CHECK(reader.read(entry));
    }
    Json claims = Json::array();
    for (const auto& claim : std::move(reader).claims()) claims.push_back(to_json(claim));
    return compact(claims);
  }));
  ASSAY_TRY(const Json json, parse_json(text));
  std::vector<Claim> claims;
  for (const auto& element : json) {
    ASSAY_TRY(auto claim, claim_from_json(element));
    claims.push_back(std::move(claim));
  }
  return claims;
}

}  // namespace assay
