#include "examine/surfaces.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "examine/python_surfaces.h"
#include "store/tree.h"

namespace assay {

namespace {

constexpr std::string_view version_of_this = "1";  // raised when the same tree has other surfaces
constexpr std::uint64_t most_python = 1 << 20;     // bytes
constexpr std::size_t most_places = 5;

// Places by kind, as they are found.
class Found {
 public:
  void add(SurfaceKind kind, std::string place) {
    auto& surface = surfaces_[kind];
    surface.kind = kind;
    ++surface.count;
    if (surface.places.size() < most_places) surface.places.push_back(printable(place));
  }
  std::vector<Surface> take() {
    std::vector<Surface> all;
    for (auto& [kind, surface] : surfaces_) all.push_back(std::move(surface));
    return all;
  }

 private:
  std::map<SurfaceKind, Surface> surfaces_;
};

bool ends_in(std::string_view path, std::initializer_list<std::string_view> endings) {
  return std::ranges::any_of(endings, [&](std::string_view end) { return path.ends_with(end); });
}

bool is_native(std::string_view path) {
  return ends_in(path, {".so", ".pyd", ".dll", ".dylib", ".a", ".c", ".cc", ".cpp", ".cxx", ".pyx",
                        ".pxd", ".rs", ".f90", ".f"}) ||
         path.contains(".so.");
}

Result<> look_at(const BlobStore& blobs, const TreeEntry& entry, PathRole role, Found& found) {
  const std::string& path = entry.path;
  if (path == "setup.py") found.add(SurfaceKind::install_time_code, path);
  if (!ships(role)) return {};
  if (path.ends_with(".pth")) found.add(SurfaceKind::startup_hook, path);
  if (is_native(path)) found.add(SurfaceKind::native_code, path);
  if (!path.ends_with(".py") || !entry.link_target.empty()) return {};
  if (entry.size > most_python) {
    found.add(SurfaceKind::dynamic_code, path + ": too large to be read as Python");
    return {};
  }
  ASSAY_TRY(const auto source, blobs.get(entry.digest));
  const bool at_build = path == "setup.py" || role == PathRole::build;
  for (const auto& hit : python_surfaces(source)) {
    const auto place = fmt::format("{}:{}: {}", path, hit.line, hit.what);
    found.add(at_build ? SurfaceKind::install_time_code : hit.kind, place);
  }
  return {};
}

// A back end in the tree itself (PEP 517, "in-tree build backends") is code that runs at the build.
Result<> look_at_back_end(const BlobStore& blobs, const Tree& tree, Found& found) {
  const TreeEntry* project = tree.find("pyproject.toml");
  if (project == nullptr || !project->link_target.empty()) return {};
  ASSAY_TRY(const auto text, blobs.get(project->digest));
  if (text.contains("backend-path")) {
    found.add(SurfaceKind::install_time_code, "pyproject.toml: backend-path");
  }
  return {};
}

Result<std::string> as_json(const BlobStore& blobs, const Tree& tree,
                            const std::function<PathRole(std::string_view)>& role_of,
                            const std::stop_token& stop) {
  Found found;
  for (const auto& entry : tree.entries()) {
    if (stop.stop_requested()) return fail(ErrorKind::cancelled, "stopped");
    ASSAY_CHECK(look_at(blobs, entry, role_of(entry.path), found));
  }
  ASSAY_CHECK(look_at_back_end(blobs, tree, found));
  Json list = Json::array();
  for (const auto& surface : found.take()) list.push_back(to_json(surface));
  return compact(list);
}

}  // namespace

Result<std::vector<Surface>> source_surfaces(
    ActionRunner& actions, const Digest& tree,
    const std::function<PathRole(std::string_view)>& role_of, std::stop_token stop) {
  const ActionKey key{
      .kind = "surfaces", .version = std::string(version_of_this), .inputs = {tree.hex()}, .parameters = {}};
  ASSAY_TRY(const auto text, actions.run(key, [&]() -> Result<std::string> {
    const auto& blobs = actions.store().blobs;
    ASSAY_TRY(const Tree entries, get_tree(blobs, tree));
    return as_json(blobs, entries, role_of, stop);
  }));
  ASSAY_TRY(const Json list, context(parse_json(text), "surfaces in the store"));
  std::vector<Surface> surfaces;
  for (const auto& one : list) {
    ASSAY_TRY(auto surface, surface_from_json(one));
    surfaces.push_back(std::move(surface));
  }
  return surfaces;
}

std::vector<Surface> wheel_surfaces(const std::vector<std::string>& paths,
                                    std::string_view entry_points) {
  Found found;
  for (const auto& path : paths) {
    if (path.ends_with(".pth")) found.add(SurfaceKind::startup_hook, path);
    if (is_native(path)) found.add(SurfaceKind::native_code, path);
  }
  std::string group;
  for (const auto line : lines(entry_points)) {
    const auto text = trim(line);
    if (text.starts_with('[')) {
      group = text;
    } else if (text.contains('=') && !text.starts_with('#') && !text.starts_with(';')) {
      found.add(SurfaceKind::entry_point, fmt::format("{} {}", group, text));
    }
  }
  return found.take();
}

std::vector<Surface> merged(std::vector<Surface> surfaces, const std::vector<Surface>& more) {
  for (const auto& other : more) {
    const auto known = std::ranges::find(surfaces, other.kind, &Surface::kind);
    if (known == surfaces.end()) {
      surfaces.push_back(other);
      continue;
    }
    known->count += other.count;
    for (const auto& place : other.places) {
      if (known->places.size() < most_places) known->places.push_back(place);
    }
  }
  std::ranges::sort(surfaces, {}, &Surface::kind);
  return surfaces;
}

}  // namespace assay
