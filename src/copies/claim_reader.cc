#include "copies/claim_reader.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "copies/licences.h"
#include "package/metadata.h"
#include "package/requirement.h"

namespace assay {

using Kind = Claim::Kind;

// A file by its path, its folder, which is "" or ends in "/", and its name.
struct ClaimReader::File {
  std::string path;
  std::string folder;
  std::string name;

  explicit File(std::string_view whole)
      : path(whole), folder(whole.substr(0, whole.rfind('/') + 1)), name(whole.substr(whole.rfind('/') + 1)) {}
};

namespace {

constexpr std::uint64_t most_bytes = 1 << 20;

std::string_view without_slash(std::string_view folder) {
  return folder.substr(0, folder.empty() ? 0 : folder.size() - 1);
}
std::string parent_of(std::string_view folder) {
  const auto whole = without_slash(folder);
  return std::string(whole.substr(0, whole.rfind('/') + 1));
}
std::string last_part(std::string_view folder) {
  const auto whole = without_slash(folder);
  return std::string(whole.substr(whole.rfind('/') + 1));
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.starts_with(word); });
}

bool is_manifest(std::string_view file_name) {
  const auto name = lower(file_name);
  return name.ends_with(".txt") && (name.contains("vendor") || name.contains("requirements"));
}

// The version in a line such as: __version__ = "1.26.17"  # of this module
std::optional<Version> marked_version(std::string_view line) {
  if (!line.starts_with("__version__")) return std::nullopt;
  const auto begin = line.find_first_of("\"'");
  if (begin == line.npos || !trim(line.substr(0, begin)).ends_with('=')) return std::nullopt;
  const auto end = line.find(line[begin], begin + 1);
  if (end == line.npos) return std::nullopt;
  auto version = Version::parse(line.substr(begin + 1, end - begin - 1));
  return version ? std::optional(*std::move(version)) : std::nullopt;
}

}  // namespace

Result<> ClaimReader::read(const std::string& path, std::uint64_t size, const Text& text) {
  if (size > most_bytes) return {};
  const File file(path);
  if (is_metadata(file)) return read_metadata(file, text);
  if (role_of_(file.folder + "code.py") != PathRole::vendored) return {};
  if (is_manifest(file.name)) return read_manifest(file, text);
  if (const auto project = project_with_notice(file); !project.empty()) {
    claims_.push_back({Kind::notice, Name::normalize(project), std::nullopt, "", path, 0, file.folder});
  }
  return file.name.ends_with(".py") ? read_marker(file, text) : Result<>();
}

// Of code that ships, but for what lies at the top, which is the package's own.
bool ClaimReader::is_metadata(const File& file) const {
  if (file.name != "METADATA" && file.name != "PKG-INFO") return false;
  const auto info = last_part(file.folder);
  const bool dist = info.ends_with(".dist-info") && file.name == "METADATA";
  const bool egg = info.ends_with(".egg-info") && file.name == "PKG-INFO";
  const auto around = parent_of(file.folder);
  return (dist || egg) && !around.empty() && ships(role_of_(around + "code.py"));
}

// A folder in which other projects lie side by side.
bool ClaimReader::holds_projects(const std::string& folder) const {
  const auto name = last_part(folder);
  return name == "packages" || role_of_(name + "/code.py") == PathRole::vendored;
}

// The project whose licence this is, by its place: urllib3/LICENSE.txt, six.LICENSE; "" if none.
std::string ClaimReader::project_with_notice(const File& file) const {
  const auto name = lower(file.name);
  if (starts_with_any(name, {"license", "licence", "copying", "notice"})) {
    return holds_projects(parent_of(file.folder)) ? last_part(file.folder) : "";
  }
  if (name.ends_with(".license") && holds_projects(file.folder)) {
    return file.name.substr(0, file.name.rfind('.'));
  }
  return "";
}

// The project whose version a module may tell: urllib3/_version.py, six.py; "" if none.
std::string ClaimReader::project_with_version(const File& file) const {
  constexpr std::array<std::string_view, 6> modules{
      "__init__.py", "_version.py", "__version__.py", "version.py", "__about__.py", "about.py"};
  if (std::ranges::find(modules, file.name) != modules.end()) {
    return holds_projects(parent_of(file.folder)) ? last_part(file.folder) : "";
  }
  return holds_projects(file.folder) ? file.name.substr(0, file.name.size() - 3) : "";
}

Result<> ClaimReader::read_metadata(const File& file, const Text& text) {
  ASSAY_TRY(const auto whole, text());
  const auto metadata = Metadata::parse(whole);
  if (!metadata) return {};
  claims_.push_back({Kind::metadata, metadata->name, metadata->version, stated_licence(*metadata),
                     file.path, 0, parent_of(file.folder)});
  return {};
}

Result<> ClaimReader::read_manifest(const File& file, const Text& text) {
  ASSAY_TRY(const auto whole, text());
  std::uint32_t number = 0;
  for (const auto line : lines(whole)) {
    ++number;
    const auto requirement = Requirement::parse(trim(line.substr(0, line.find('#'))));
    if (!requirement || requirement->specifier.clauses().size() != 1) continue;
    const auto& clause = requirement->specifier.clauses().front();
    auto version = Version::parse(clause.version_text());
    if (!clause.op().starts_with("==") || !version) continue;
    claims_.push_back({Kind::manifest, requirement->name, *std::move(version), "", file.path, number,
                       file.folder});
  }
  return {};
}

Result<> ClaimReader::read_marker(const File& file, const Text& text) {
  const auto project = project_with_version(file);
  if (project.empty()) return {};
  ASSAY_TRY(const auto whole, text());
  std::uint32_t number = 0;
  for (const auto line : lines(whole)) {
    ++number;
    auto version = marked_version(line);
    if (!version) continue;
    claims_.push_back({Kind::marker, Name::normalize(project), *std::move(version), "", file.path,
                       number, file.folder});
    break;
  }
  return {};
}

}  // namespace assay
