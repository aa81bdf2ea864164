#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "inventory/readers.h"
#include "io/files.h"
#include "package/requirement.h"
#include "package/requirements_text.h"

namespace assay {

namespace {

// The version that it is held to by == or ===.
std::optional<Version> pinned_version(const SpecifierSet& specifier) {
  for (const auto& clause : specifier.clauses()) {
    if (!clause.op().starts_with("==")) continue;
    if (auto version = Version::parse(clause.version_text())) return *std::move(version);
  }
  return std::nullopt;
}

std::string_view last_part(std::string_view location) {
  location = location.substr(0, location.find_first_of("?#"));
  while (location.ends_with('/')) location.remove_suffix(1);
  return location.substr(location.find_last_of("/\\") + 1);
}

// "git+https://host/x#egg=name&subdirectory=y": the name; "" if it is not told.
std::string_view egg_of(std::string_view location) {
  const auto at = location.find("egg=");
  if (at == location.npos || !location.substr(0, at).contains('#')) return "";
  const auto rest = location.substr(at + 4);
  return rest.substr(0, rest.find_first_of("&[=;"));
}

class RequirementsReader {
 public:
  Result<> read(std::string_view text, const fs::path& file) {
    seen_.insert(file.lexically_normal());
    for (const auto& [line, number] : numbered_logical_lines(text)) {
      if (const auto other = argument_of(line, "-r", "--requirement")) {
        ASSAY_CHECK(read_beside(file, *other, false));
      } else if (const auto limits = argument_of(line, "-c", "--constraint")) {
        ASSAY_CHECK(read_beside(file, *limits, true));
      } else if (const auto project = argument_of(line, "-e", "--editable")) {
        add_location(*project, "it is installed from a folder or repository, as it is there", file, number);
      } else if (!line.starts_with('-')) {
        ASSAY_CHECK(read_requirement(line, file, number));
      }
    }
    return {};
  }

  // Those that pin nothing; a pin is the file's own choice.
  std::vector<Demand> demands() && { return std::move(demands_); }

  std::vector<InventoryItem> items() && {
    for (auto& item : items_) {
      const auto limit = constraints_.find(item.name);
      if (item.version || limit == constraints_.end() || !item.unknown.starts_with("not pinned")) continue;
      item.version = limit->second;
      item.unknown.clear();
    }
    return std::move(items_);
  }

 private:
  Result<> read_beside(const fs::path& file, std::string_view named, bool constraint) {
    const auto path = file.parent_path() / named;
    if (!seen_.insert(path.lexically_normal()).second) return {};
    ASSAY_TRY(const auto text, context(read_file(path), "named in " + file.string()));
    return constraint ? read_constraints(text, path) : read(text, path);
  }

  Result<> read_constraints(std::string_view text, const fs::path& file) {
    for (const auto& [line, number] : numbered_logical_lines(text)) {
      if (const auto limits = argument_of(line, "-c", "--constraint")) {
        ASSAY_CHECK(read_beside(file, *limits, true));
      } else if (!line.starts_with('-')) {
        const auto requirement = Requirement::parse(without_options(line));
        if (!requirement) continue;  // a constraint that can't be read limits nothing
        if (auto version = pinned_version(requirement->specifier)) {
          constraints_.emplace(requirement->name, *std::move(version));
        } else {
          add_demand(*requirement, file, number);
        }
      }
    }
    return {};
  }

  Result<> read_requirement(std::string_view line, const fs::path& file, std::uint32_t number) {
    const auto words = without_options(line);
    const auto requirement = Requirement::parse(words);
    if (!requirement) {
      const bool location = words.contains("://") || words.starts_with('.') || words.contains('/') ||
                            archive_name(last_part(words));
      if (location) {
        add_location(words, "it is taken from a folder or address", file, number);
        return {};
      }
      return fail(ErrorKind::invalid_input, fmt::format("{}:{}: {}", file.string(), number,
                                                        requirement.error().message));
    }
    if (!requirement->url.empty()) {
      const auto named = archive_name(last_part(requirement->url));
      auto& item = add(requirement->written_name, requirement->name, file, number);
      if (named && named->name == requirement->name) {
        item.version = named->version;
      } else {
        item.unknown = "it is taken from " + printable(requirement->url);
        item.commit = commit_in(requirement->url);
      }
      return {};
    }
    auto& item = add(requirement->written_name, requirement->name, file, number);
    if (requirement->marker) item.marker = requirement->marker->str();
    item.version = pinned_version(requirement->specifier);
    if (!item.version) {
      add_demand(*requirement, file, number);
      item.unknown = requirement->specifier.empty() ? "not pinned: any version will do"
                                                    : "not pinned: " + requirement->specifier.str();
    }
    return {};
  }

  void add_demand(const Requirement& requirement, const fs::path& file, std::uint32_t number) {
    if (!requirement.specifier.empty()) demands_.push_back({"", requirement, file.string(), number});
  }

  // What is named by where it lies: an archive's name may tell what it is, "#egg=" at least the project.
  void add_location(std::string_view location, std::string why, const fs::path& file, std::uint32_t number) {
    if (const auto named = archive_name(last_part(location))) {
      add(named->name.str(), named->name, file, number).version = named->version;
      return;
    }
    const auto egg = egg_of(location);
    const auto name = Name::parse(egg);
    auto& item = add(printable(egg.empty() ? location : egg), name ? *name : Name(), file, number);
    item.unknown = std::move(why);
    item.commit = commit_in(location);
  }

  InventoryItem& add(std::string title, Name name, const fs::path& file, std::uint32_t number) {
    auto& item = items_.emplace_back(InventoryItem{.title = std::move(title), .name = std::move(name)});
    item.path = file.string();
    item.line = number;
    return item;
  }

  std::vector<InventoryItem> items_;
  std::vector<Demand> demands_;
  std::map<Name, Version> constraints_;
  std::set<fs::path> seen_;
};

}  // namespace

Result<Inventory> read_requirements(std::string_view text, const fs::path& file) {
  RequirementsReader reader;
  ASSAY_CHECK(reader.read(text, file));
  Inventory inventory{file.string(), InventoryFormat::requirements, {}, {}};
  inventory.demands = std::move(reader).demands();
  inventory.items = std::move(reader).items();
  return inventory;
}

}  // namespace assay
