#include <fmt/format.h>
#include <toml++/toml.h>
#include <algorithm>

#include "base/text.h"
#include "build/builder.h"
#include "store/tree.h"

namespace assay {

namespace {

constexpr std::uint64_t max_pyproject_bytes = 4 << 20;

std::unexpected<Error> bad(const std::string& why) {
  return fail(ErrorKind::invalid_input, "pyproject.toml: " + why);
}

// PEP 517: what holds for a tree without pyproject.toml, or without a [build-system] in it.
Result<BuildSystem> setuptools_default() {
  BuildSystem system;
  ASSAY_TRY(system.requirements.emplace_back(), Requirement::parse("setuptools>=40.8.0"));
  system.backend = "setuptools.build_meta:__legacy__";
  return system;
}

Result<std::vector<std::string>> strings(const toml::table& table, std::string_view key) {
  const toml::array* array = table[key].as_array();
  if (array == nullptr) return bad(fmt::format("build-system.{} is not a list", key));
  std::vector<std::string> values;
  for (const auto& node : *array) {
    const auto value = node.value<std::string>();
    if (!node.is_string() || !value) {
      return bad(fmt::format("build-system.{} has something in it that is not a string", key));
    }
    values.push_back(*value);
  }
  return values;
}

// "module.path" or "module.path:object.path" (PEP 517).
bool is_backend_name(std::string_view text) {
  const auto is_identifier = [](std::string_view part) {
    return !part.empty() && (part.front() < '0' || part.front() > '9') &&
           std::ranges::all_of(part, [](char c) {
             return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                    (c >= 'A' && c <= 'Z');
           });
  };
  const auto parts = split(text, ':');
  return parts.size() <= 2 && std::ranges::all_of(parts, [&](std::string_view part) {
           return std::ranges::all_of(split(part, '.'), is_identifier);
         });
}

// PEP 517: relative, and inside the tree. The tree's own paths are normalized, so being a folder of
// one of them is proof enough.
Result<std::string> path_inside(const Tree& tree, std::string_view path) {
  std::string normal;
  for (const auto part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") return bad("backend-path leaves the tree: " + printable(path));
    normal += (normal.empty() ? "" : "/") + std::string(part);
  }
  const bool is_folder =
      normal.empty() || std::ranges::any_of(tree.entries(), [&](const TreeEntry& entry) {
        return entry.path.starts_with(normal + "/");
      });
  if (path.empty() || path.starts_with('/') || !is_folder) {
    return bad("backend-path is not a folder of the tree: " + printable(path));
  }
  return normal.empty() ? "." : normal;
}

Result<BuildSystem> read_table(const toml::table& table, const Tree& tree) {
  BuildSystem system;
  if (!table.contains("requires")) return bad("build-system.requires is missing (PEP 518)");
  ASSAY_TRY(const auto requirements, strings(table, "requires"));
  for (const auto& text : requirements) {
    ASSAY_TRY(system.requirements.emplace_back(),
              context(Requirement::parse(text), "pyproject.toml: build-system.requires"));
  }
  if (!table.contains("build-backend")) {
    system.backend = "setuptools.build_meta:__legacy__";
  } else if (const auto backend = table["build-backend"].value<std::string>();
             backend && is_backend_name(*backend)) {
    system.backend = *backend;
  } else {
    return bad("build-system.build-backend is not the name of an object");
  }
  if (!table.contains("backend-path")) return system;
  ASSAY_TRY(const auto paths, strings(table, "backend-path"));
  for (const auto& path : paths) {
    ASSAY_TRY(system.backend_path.emplace_back(), path_inside(tree, path));
  }
  return system;
}

}  // namespace

Result<BuildSystem> read_build_system(const Store& store, const Digest& tree_digest) {
  ASSAY_TRY(const Tree tree, get_tree(store.blobs, tree_digest));
  const TreeEntry* entry = tree.find("pyproject.toml");
  if (entry == nullptr) return setuptools_default();
  if (!entry->link_target.empty() || entry->size > max_pyproject_bytes) {
    return bad("it is a link or too large");
  }
  ASSAY_TRY(const std::string text, store.blobs.get(entry->digest));
  try {
    const toml::table document = toml::parse(text);
    if (!document.contains("build-system")) return setuptools_default();
    const toml::table* table = document["build-system"].as_table();
    if (table == nullptr) return bad("build-system is not a table");
    return read_table(*table, tree);
  } catch (const toml::parse_error& error) {
    return bad(
        fmt::format("line {}: {}", error.source().begin.line, printable(error.description())));
  }
}

}  // namespace assay
