#include "inventory/read_inventory.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <iterator>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "inventory/readers.h"
#include "io/files.h"
#include "package/requirement.h"
#include "package/requirements_text.h"

namespace assay {

namespace {

using Format = InventoryFormat;
using Inventories = std::vector<Inventory>;

std::unexpected<Error> unknown_form(const fs::path& path, std::string_view why) {
  return fail(ErrorKind::invalid_input,
              fmt::format("{}: {}. What is known: {}; --input-format names one", path.string(), why,
                          inventory_format_list()));
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}
bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

// By its name alone, as the tools that write it call it.
std::optional<Format> format_of_name(const std::string& name) {
  if (name == "pylock.toml" || (name.starts_with("pylock.") && name.ends_with(".toml"))) return Format::pylock;
  if (name == "uv.lock") return Format::uv_lock;
  if (name == "poetry.lock") return Format::poetry_lock;
  if (name == "pdm.lock") return Format::pdm_lock;
  if (name == "Pipfile.lock") return Format::pipfile_lock;
  if (archive_name(name)) return Format::archive;
  if (name.ends_with(".txt") && name.contains("requirements")) return Format::requirements;
  return std::nullopt;
}

std::optional<Format> format_of_json(const Json& json) {
  if (json.is_array()) return Format::pip_json;
  if (!json.is_object()) return std::nullopt;
  if (json.value("bomFormat", Json()) == Json("CycloneDX")) return Format::cyclonedx;
  if (json.contains("spdxVersion")) return Format::spdx;
  if (json.contains("installed") || json.contains("install")) return Format::pip_json;
  if (json.contains("_meta") && json.contains("default")) return Format::pipfile_lock;
  return std::nullopt;
}

std::optional<Format> format_of_toml(const TomlTable& table) {
  const auto has = [&](std::string_view key) { return std::ranges::find(table, key, &TomlMember::key) != table.end(); };
  if (has("lock-version") && has("packages")) return Format::pylock;
  if (!has("package")) return std::nullopt;
  if (has("requires-python")) return Format::uv_lock;
  return Format::poetry_lock;
}

// As pip would take it: every line is a requirement or an option, and one is a requirement.
bool looks_like_requirements(std::string_view text) {
  const auto all = logical_lines(text);
  const auto is_requirement = [](const std::string& line) { return Requirement::parse(without_options(line)).has_value(); };
  return std::ranges::any_of(all, is_requirement) && std::ranges::all_of(all, [&](const std::string& line) {
           return line.starts_with('-') || line.contains("://") || is_requirement(line);
         });
}

Result<Inventory> read_toml_text(std::string_view text, std::optional<Format> format, const fs::path& path) {
  ASSAY_TRY(const auto table, parse_toml(text, path.string()));
  if (!format) format = format_of_toml(table);
  if (!format) return unknown_form(path, "no lock file that is known");
  return read_toml_lock(table, *format, path.string());
}

Result<Inventory> read_json_text(std::string_view text, std::optional<Format> format, const fs::path& path) {
  ASSAY_TRY(const Json json, context(parse_json(text), path.string()));
  if (!format) format = format_of_json(json);
  if (!format) return unknown_form(path, "no list of packages that is known");
  return read_json_list(json, *format, path.string());
}

Result<Inventory> read_text(std::string_view text, std::optional<Format> format, const fs::path& path) {
  if (!format) {
    const auto start = trim(text.substr(0, 200));
    const bool json = start.starts_with('{') || (start.starts_with('[') && path.extension() != ".toml" &&
                                                 !start.starts_with("[["));
    if (json) return read_json_text(text, std::nullopt, path);
    if (path.extension() == ".toml" || path.extension() == ".lock") return read_toml_text(text, std::nullopt, path);
    if (looks_like_requirements(text)) return read_requirements(text, path);
    if (parse_toml(text, path.string())) return read_toml_text(text, std::nullopt, path);
    return unknown_form(path, "what this is can't be told");
  }
  switch (*format) {
    case Format::requirements: return read_requirements(text, path);
    case Format::pylock:
    case Format::uv_lock:
    case Format::poetry_lock:
    case Format::pdm_lock: return read_toml_text(text, format, path);
    case Format::pip_json:
    case Format::pipfile_lock:
    case Format::cyclonedx:
    case Format::spdx: return read_json_text(text, format, path);
    default: return unknown_form(path, fmt::format("a file is no {}", to_string(*format)));
  }
}

Result<Inventory> read_release(const fs::path& release, const RoleOf& role_of) {
  if (!is_there(release / "manifest.json")) {
    return fail(ErrorKind::not_found, release.string() + ": no release lies there");
  }
  ASSAY_TRY(auto inventory, read_package_archives(release / "files", role_of));
  inventory.path = release.string();
  inventory.format = Format::release;
  return inventory;
}

std::optional<Format> format_of_folder(const fs::path& folder) {
  if (is_there(folder / "manifest.json") && is_folder(folder / "files")) return Format::release;
  if (is_there(folder / "assay.toml")) return Format::set;
  if (is_there(folder / "pyvenv.cfg")) return Format::environment;
  const auto entries = entries_of(folder).value_or(std::vector<fs::path>());
  const auto any = [&](const auto& is) { return std::ranges::any_of(entries, is); };
  if (any([](const fs::path& one) { return one.extension() == ".dist-info" || one.extension() == ".egg-info"; })) {
    return Format::environment;
  }
  if (any([](const fs::path& one) { return archive_name(one.filename().string()).has_value(); })) {
    return Format::archives;
  }
  if (any([](const fs::path& one) { return format_of_name(one.filename().string()).has_value(); })) {
    return Format::project;
  }
  return std::nullopt;
}

Result<Inventory> read_file_inventory(const fs::path& path, std::optional<Format> format, const RoleOf& role_of) {
  if (!format) format = format_of_name(path.filename().string());
  if (format == Format::archive) return read_package_archive(path, role_of);
  ASSAY_TRY(const auto text, read_file(path));
  return read_text(text, format, path);
}

Result<Inventories> read_project(const fs::path& folder, const RoleOf& role_of) {
  Inventories all;
  ASSAY_TRY(const auto entries, entries_of(folder));
  for (const auto& entry : entries) {
    const auto format = format_of_name(entry.filename().string());
    if (!format || is_folder(entry)) continue;
    ASSAY_TRY(all.emplace_back(), read_file_inventory(entry, format, role_of));
  }
  if (all.empty()) return unknown_form(folder, "no file of a known form lies there");
  return all;
}

Result<Inventories> read_folder(const fs::path& folder, std::optional<Format> format, const RoleOf& role_of) {
  if (!format) format = format_of_folder(folder);
  if (!format) return unknown_form(folder, "what this folder holds can't be told");
  const auto alone = [](Result<Inventory> one) -> Result<Inventories> {
    if (!one) return std::unexpected(std::move(one).error());
    return Inventories{*std::move(one)};
  };
  switch (*format) {
    case Format::environment: return alone(read_environment(folder, role_of));
    case Format::archives: return alone(read_package_archives(folder, role_of));
    case Format::release: return alone(read_release(folder, role_of));
    case Format::set: return alone(read_release(folder / "releases" / "latest", role_of));
    case Format::project: return read_project(folder, role_of);
    default: return unknown_form(folder, fmt::format("a folder is no {}", to_string(*format)));
  }
}

}  // namespace

Result<Inventories> read_inventories(const fs::path& path, std::optional<Format> format, const RoleOf& role_of) {
  if (path == "-") {
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    ASSAY_TRY(auto inventory, read_text(text, format, "-"));
    return Inventories{std::move(inventory)};
  }
  if (!is_there(path)) return fail(ErrorKind::not_found, path.string() + ": no such file or folder");
  if (is_folder(path)) return read_folder(path, format, role_of);
  ASSAY_TRY(auto inventory, read_file_inventory(path, format, role_of));
  return Inventories{std::move(inventory)};
}

}  // namespace assay
