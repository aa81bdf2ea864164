#include "examine/surfaces.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "examine/found_surfaces.h"
#include "examine/python_surfaces.h"
#include "io/archive.h"
#include "io/elf.h"
#include "package/record.h"
#include "store/tree.h"

namespace assay {

namespace {

constexpr std::string_view version_of_this = "2";  // raised when the same tree has other surfaces
constexpr std::uint64_t most_python = 1 << 20;     // bytes
constexpr std::size_t most_places = 5;

bool ends_in(std::string_view path, std::initializer_list<std::string_view> endings) {
  return std::ranges::any_of(endings, [&](std::string_view end) { return path.ends_with(end); });
}

bool is_native(std::string_view path) {
  return ends_in(path, {".so", ".pyd", ".dll", ".dylib", ".a", ".c", ".cc", ".cpp", ".cxx", ".pyx",
                        ".pxd", ".rs", ".f90", ".f"}) ||
         path.contains(".so.");
}

void look_at_python(const std::string& path, std::uint64_t size, std::string_view source, bool at_build,
                    FoundSurfaces& found) {
  if (size > most_python) {
    found.add(SurfaceKind::dynamic_code, path + ": too large to be read as Python");
    return;
  }
  for (const auto& hit : python_surfaces(source)) {
    const auto place = fmt::format("{}:{}: {}", path, hit.line, hit.what);
    found.add(at_build ? SurfaceKind::install_time_code : hit.kind, place);
  }
}

Result<> look_at(const BlobStore& blobs, const TreeEntry& entry, PathRole role, FoundSurfaces& found) {
  const std::string& path = entry.path;
  if (path == "setup.py") found.add(SurfaceKind::install_time_code, path);
  if (!ships(role)) return {};
  if (path.ends_with(".pth")) found.add(SurfaceKind::startup_hook, path);
  if (is_native(path)) found.add(SurfaceKind::native_code, path);
  if (!path.ends_with(".py") || !entry.link_target.empty()) return {};
  if (entry.size > most_python) {
    look_at_python(path, entry.size, "", false, found);
    return {};
  }
  ASSAY_TRY(const auto source, blobs.get(entry.digest));
  look_at_python(path, entry.size, source, path == "setup.py" || role == PathRole::build, found);
  return {};
}

// A back end in the tree itself (PEP 517, "in-tree build backends") is code that runs at the build.
Result<> look_at_back_end(const BlobStore& blobs, const Tree& tree, FoundSurfaces& found) {
  const TreeEntry* project = tree.find("pyproject.toml");
  if (project == nullptr || !project->link_target.empty()) return {};
  ASSAY_TRY(const auto text, blobs.get(project->digest));
  if (text.contains("backend-path")) {
    found.add(SurfaceKind::install_time_code, "pyproject.toml: backend-path");
  }
  return {};
}

std::string json_text(const std::vector<Surface>& surfaces) {
  Json list = Json::array();
  for (const auto& surface : surfaces) list.push_back(to_json(surface));
  return compact(list);
}

Result<std::string> as_json(const BlobStore& blobs, const Tree& tree,
                            const std::function<PathRole(std::string_view)>& role_of,
                            const std::stop_token& stop) {
  FoundSurfaces found;
  for (const auto& entry : tree.entries()) {
    if (stop.stop_requested()) return fail(ErrorKind::cancelled, "stopped");
    ASSAY_CHECK(look_at(blobs, entry, role_of(entry.path), found));
  }
  ASSAY_CHECK(look_at_back_end(blobs, tree, found));
  return json_text(found.take());
}

Result<std::vector<Surface>> surfaces_by(ActionRunner& actions, const ActionKey& key,
                                         const std::function<Result<std::string>()>& work) {
  ASSAY_TRY(const auto text, actions.run(key, work));
  ASSAY_TRY(const Json list, context(parse_json(text), "surfaces in the store"));
  std::vector<Surface> surfaces;
  for (const auto& one : list) {
    ASSAY_TRY(auto surface, surface_from_json(one));
    surfaces.push_back(std::move(surface));
  }
  return surfaces;
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// What every Linux machine with Python has: the C library's and the compiler's own (PEP 600's policies
// allow these and a few more, which servers may lack).
bool is_of_the_system(std::string_view library) {
  static const std::set<std::string_view> names = {
      "libc.so.6",    "libm.so.6",     "libpthread.so.0", "libdl.so.2",    "librt.so.1",
      "libutil.so.1", "libresolv.so.2", "libnsl.so.1",    "libgcc_s.so.1", "libstdc++.so.6"};
  return names.contains(library) || library.starts_with("ld-linux") || library.starts_with("ld64.so") ||
         library.starts_with("ld-musl") || library.starts_with("libc.musl-");
}

// What a wheel adds to its source: files that the build made, or that are no part of what ships
// there.
class WheelReader {
 public:
  explicit WheelReader(const std::set<Digest>& known) : known_(known) {}

  void see(const std::string& path, std::string_view bytes) {
    names_.insert(std::string(base_name(path)));
    if (dist_info_member(path) == "entry_points.txt") add_entry_points(path, bytes);
    if (is_native(path)) add_native(path, bytes);
    if (known_.contains(sha256(bytes))) return;  // seen in the source
    if (path.ends_with(".pth")) found_.add(SurfaceKind::startup_hook, path);
    if (path.ends_with(".py")) look_at_python(path, bytes.size(), bytes, false, found_);
  }

  std::vector<Surface> take() {
    for (const auto& [library, path] : needed_) {
      if (names_.contains(library)) continue;
      found_.add(SurfaceKind::host_library, fmt::format("{}: {}", path, library));
    }
    return found_.take();
  }

 private:
  void add_entry_points(const std::string& path, std::string_view text) {
    const auto points = parse_entry_points(text);
    if (!points) {
      found_.add(SurfaceKind::entry_point, path + ": can't be read");
      return;
    }
    for (const auto& point : *points) {
      found_.add(SurfaceKind::entry_point,
                 fmt::format("[{}] {} = {}{}", point.group, point.name, point.module,
                             point.attribute.empty() ? "" : ":" + point.attribute));
    }
  }

  void add_native(const std::string& path, std::string_view bytes) {
    found_.add(SurfaceKind::native_code, path);
    if (!is_elf(bytes)) return;
    const auto libraries = needed_libraries(bytes);
    if (!libraries) found_.add(SurfaceKind::host_library, path + ": " + libraries.error().message);
    for (const auto& library : libraries.value_or(std::vector<std::string>())) {
      if (!is_of_the_system(library)) needed_.emplace(library, path);
    }
  }

  const std::set<Digest>& known_;
  FoundSurfaces found_;
  std::map<std::string, std::string> needed_;  // library, and the first file that needs it
  std::set<std::string> names_;                // of the wheel's own files
};

}  // namespace

Result<std::vector<Surface>> source_surfaces(
    ActionRunner& actions, const Digest& tree,
    const std::function<PathRole(std::string_view)>& role_of, std::stop_token stop) {
  const ActionKey key{
      .kind = "surfaces", .version = std::string(version_of_this), .inputs = {tree.hex()}, .parameters = {}};
  return surfaces_by(actions, key, [&]() -> Result<std::string> {
    const auto& blobs = actions.store().blobs;
    ASSAY_TRY(const Tree entries, get_tree(blobs, tree));
    return as_json(blobs, entries, role_of, stop);
  });
}

Result<std::vector<Surface>> wheel_surfaces(
    ActionRunner& actions, const WheelContent& wheel,
    const std::function<PathRole(std::string_view)>& role_of) {
  const ActionKey key{.kind = "wheel-surfaces",
                      .version = std::string(version_of_this),
                      .inputs = {wheel.wheel.hex(), wheel.tree.hex()},
                      .parameters = {}};
  return surfaces_by(actions, key, [&]() -> Result<std::string> {
    const auto& blobs = actions.store().blobs;
    ASSAY_TRY(const Tree entries, get_tree(blobs, wheel.tree));
    std::set<Digest> known;
    for (const auto& entry : entries.entries()) {
      if (ships(role_of(entry.path))) known.insert(entry.digest);
    }
    WheelReader reader(known);
    ASSAY_CHECK(read_archive(blobs.path_of(wheel.wheel), {},
                             [&](const ArchiveEntry& entry, std::string_view bytes) {
      reader.see(entry.path, bytes);
      return Result<>();
    }));
    return json_text(reader.take());
  });
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
