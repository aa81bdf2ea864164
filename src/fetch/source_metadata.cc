#include "fetch/source_metadata.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "io/archive.h"
#include "package/metadata.h"

namespace assay {

namespace {

constexpr std::size_t max_text_bytes = 4 << 20;

std::unexpected<Error> untold(std::string_view why) {
  return fail(ErrorKind::invalid_input,
              fmt::format("its dependencies can't be told without running its code: {}", why));
}

struct SourceFiles {
  std::optional<std::string> pkg_info;
  std::optional<std::string> pyproject;
};

// The two files that lie in the one top folder.
Result<SourceFiles> read_files(const std::filesystem::path& archive) {
  SourceFiles files;
  const auto keep = [](std::optional<std::string>& kept, std::string_view bytes) -> Result<> {
    if (kept) return untold("it has two top folders that tell them");
    if (bytes.size() > max_text_bytes) return untold("the file that tells them is too large");
    kept = bytes;
    return {};
  };
  ASSAY_CHECK(read_archive(archive, {}, [&](const ArchiveEntry& entry, std::string_view bytes) {
    const auto slash = entry.path.find('/');
    const auto name =
        slash == entry.path.npos ? "" : std::string_view(entry.path).substr(slash + 1);
    if (name == "PKG-INFO") return keep(files.pkg_info, bytes);
    if (name == "pyproject.toml") return keep(files.pyproject, bytes);
    return Result<>();
  }));
  return files;
}

bool is_binding(const Metadata& metadata) {
  const auto version = Version::parse(metadata.metadata_version);
  const auto dynamic = [&](std::string_view field) {
    return std::ranges::find(metadata.dynamic, field) != metadata.dynamic.end();
  };
  return version && *version >= Version::parse("2.2").value() && !dynamic("requires-dist") &&
         !dynamic("requires-python") && !dynamic("provides-extra");
}

// "a; marker" as a dependency of an extra: "a; (marker) and extra == 'x'".
Result<std::string> for_extra(const std::string& text, std::string_view extra) {
  ASSAY_TRY(auto requirement, Requirement::parse(text));
  const std::string marker = requirement.marker ? "(" + requirement.marker->str() + ") and " : "";
  requirement.marker.reset();
  return fmt::format("{} ; {}extra == \"{}\"", requirement.str(), marker, extra);
}

Result<toml::table> parse_toml(const std::string& text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    return untold(fmt::format("pyproject.toml is no TOML, line {}", error.source().begin.line));
  }
}

bool is_dynamic(const toml::table& project, std::string_view key) {
  const auto* dynamic = project["dynamic"].as_array();
  return dynamic != nullptr && std::ranges::any_of(*dynamic, [&](const toml::node& field) {
           return field.value<std::string_view>() == key;
         });
}

// A list of requirements; none where the table has none.
Result<std::vector<std::string>> requirement_list(const toml::node* node) {
  std::vector<std::string> texts;
  if (node == nullptr) return texts;
  const auto* list = node->as_array();
  if (list == nullptr) return untold("pyproject.toml lists them in no list");
  for (const auto& item : *list) {
    const auto text = item.value<std::string>();
    if (!text) return untold("pyproject.toml lists what is no text");
    texts.push_back(*text);
  }
  return texts;
}

// What [project] states by itself: a field that is neither there nor dynamic has no value, and no
// build back end may give it one (PEP 621).
Result<std::string> from_project_table(const std::string& text, const Name& name,
                                       const Version& version) {
  ASSAY_TRY(const toml::table document, parse_toml(text));
  const auto* project = document["project"].as_table();
  if (project == nullptr) return untold("pyproject.toml has no [project]");
  for (const char* key : {"dependencies", "optional-dependencies", "requires-python"}) {
    if (is_dynamic(*project, key)) {
      return untold(fmt::format("pyproject.toml says that {} is dynamic", key));
    }
  }
  const auto stated_name = Name::parse((*project)["name"].value_or<std::string_view>(""));
  if (!stated_name || *stated_name != name) return untold("pyproject.toml is another project's");
  std::string metadata =
      fmt::format("Metadata-Version: 2.1\nName: {}\nVersion: {}\n", name.str(), version.str());
  if (const auto python = (*project)["requires-python"].value<std::string_view>()) {
    ASSAY_TRY(const auto specifiers, SpecifierSet::parse(*python));
    metadata += fmt::format("Requires-Python: {}\n", specifiers.str());
  }
  ASSAY_TRY(const auto dependencies, requirement_list((*project)["dependencies"].node()));
  for (const auto& dependency : dependencies) {
    ASSAY_TRY(const auto requirement, Requirement::parse(dependency));
    metadata += fmt::format("Requires-Dist: {}\n", requirement.str());
  }
  const auto* extras = (*project)["optional-dependencies"].as_table();
  if (extras == nullptr) return metadata;
  for (const auto& [key, list] : *extras) {
    ASSAY_TRY(const auto extra, Name::parse(key.str()));
    metadata += fmt::format("Provides-Extra: {}\n", extra.str());
    ASSAY_TRY(const auto wanted, requirement_list(&list));
    for (const auto& dependency : wanted) {
      ASSAY_TRY(const auto requirement, for_extra(dependency, extra.str()));
      metadata += fmt::format("Requires-Dist: {}\n", requirement);
    }
  }
  return metadata;
}

}  // namespace

Result<std::string> source_metadata(const std::filesystem::path& archive, const Name& name,
                                    const Version& version) {
  ASSAY_TRY(auto files, read_files(archive));
  if (files.pkg_info) {
    const auto metadata = Metadata::parse(*files.pkg_info);
    if (metadata && is_binding(*metadata)) return *std::move(files.pkg_info);
  }
  if (files.pyproject) return from_project_table(*files.pyproject, name, version);
  return untold("neither PKG-INFO nor pyproject.toml states them");
}

Result<Metadata> project_metadata(const std::string& pyproject) {
  ASSAY_TRY(const toml::table document, parse_toml(pyproject));
  ASSAY_TRY(const auto name, Name::parse(document["project"]["name"].value_or<std::string_view>("")));
  ASSAY_TRY(const auto version, Version::parse(document["project"]["version"].value_or<std::string_view>("0")));
  ASSAY_TRY(const auto text, from_project_table(pyproject, name, version));
  return Metadata::parse(text);
}

}  // namespace assay
