#include "examine/surfaces.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "examine/reach/surface_reader.h"
#include "examine/tree_roles.h"
#include "io/archive.h"
#include "io/elf.h"
#include "package/record.h"
#include "store/tree.h"

namespace assay {

namespace {

constexpr std::string_view version_of_this = "3";  // raised when the same tree has other surfaces
constexpr std::size_t most_places = 5;

Result<> look_at(const BlobStore& blobs, const TreeEntry& entry, PathRole role, SurfaceReader& reader) {
  const bool too_large = entry.path.ends_with(".py") && entry.size > largest_python;
  if (!entry.link_target.empty() || too_large) {
    reader.see_name(entry.path, role, too_large);
    return {};
  }
  ASSAY_TRY(const auto bytes, blobs.get(entry.digest));
  return context(reader.see({entry.path, bytes, role}), entry.path);
}

Result<std::string> as_json(const BlobStore& blobs, const Tree& tree,
                            const std::function<PathRole(std::string_view)>& role_of,
                            const std::stop_token& stop) {
  ASSAY_TRY(auto reader, SurfaceReader::create());
  for (const auto& entry : tree.entries()) {
    if (stop.stop_requested()) return fail(ErrorKind::cancelled, "stopped");
    ASSAY_CHECK(look_at(blobs, entry, role_of(entry.path), reader));
  }
  return compact(to_json(reader.finish()));
}

Result<PackageSurfaces> surfaces_by(ActionRunner& actions, const ActionKey& key,
                                    const std::function<Result<std::string>()>& work) {
  ASSAY_TRY(const auto text, actions.run(key, work));
  ASSAY_TRY(const Json json, context(parse_json(text), "surfaces in the store"));
  return package_surfaces_from_json(json);
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
  WheelReader(SurfaceReader reader, const std::set<Digest>& known)
      : reader_(std::move(reader)), known_(known) {}

  Result<> see(const std::string& path, std::string_view bytes) {
    names_.insert(std::string(base_name(path)));
    if (dist_info_member(path) == "entry_points.txt") add_entry_points(path, bytes);
    if (is_elf(bytes)) add_libraries(path, bytes);
    if (known_.contains(sha256(bytes))) {  // seen in the source
      reader_.see_name(path, PathRole::test, false);
      return {};
    }
    // The root of a wheel is no source tree: a setup.py in it builds nothing.
    return path == "setup.py" ? Result<>() : reader_.see({path, bytes, PathRole::shipped});
  }

  PackageSurfaces take() {
    for (const auto& [library, path] : needed_) {
      if (names_.contains(library)) continue;
      reader_.add(SurfaceKind::host_library, fmt::format("{}: {}", path, library));
    }
    return reader_.finish();
  }

 private:
  void add_entry_points(const std::string& path, std::string_view text) {
    const auto points = parse_entry_points(text);
    if (!points) {
      reader_.add(SurfaceKind::entry_point, path + ": can't be read");
      return;
    }
    for (const auto& point : *points) {
      reader_.add(SurfaceKind::entry_point,
                 fmt::format("[{}] {} = {}{}", point.group, point.name, point.module,
                             point.attribute.empty() ? "" : ":" + point.attribute));
    }
  }

  void add_libraries(const std::string& path, std::string_view bytes) {
    const auto libraries = needed_libraries(bytes);
    if (!libraries) reader_.add(SurfaceKind::host_library, path + ": " + libraries.error().message);
    for (const auto& library : libraries.value_or(std::vector<std::string>())) {
      if (!is_of_the_system(library)) needed_.emplace(library, path);
    }
  }

  SurfaceReader reader_;
  const std::set<Digest>& known_;
  std::map<std::string, std::string> needed_;  // library, and the first file that needs it
  std::set<std::string> names_;                // of the wheel's own files
};

}  // namespace

Result<PackageSurfaces> source_surfaces(
    ActionRunner& actions, const Digest& tree,
    const std::function<PathRole(std::string_view)>& role_of, std::stop_token stop) {
  const auto& blobs = actions.store().blobs;
  ASSAY_TRY(const Tree entries, get_tree(blobs, tree));
  const ActionKey key{.kind = "surfaces",
                      .version = std::string(version_of_this),
                      .inputs = {tree.hex()},
                      .parameters = {digest_of_roles(entries, role_of).hex()}};
  return surfaces_by(actions, key, [&]() -> Result<std::string> {
    return as_json(blobs, entries, role_of, stop);
  });
}

Result<PackageSurfaces> wheel_surfaces(
    ActionRunner& actions, const WheelContent& wheel,
    const std::function<PathRole(std::string_view)>& role_of) {
  const auto& blobs = actions.store().blobs;
  ASSAY_TRY(const Tree entries, get_tree(blobs, wheel.tree));
  const ActionKey key{.kind = "wheel-surfaces",
                      .version = std::string(version_of_this),
                      .inputs = {wheel.wheel.hex(), wheel.tree.hex()},
                      .parameters = {digest_of_roles(entries, role_of).hex()}};
  return surfaces_by(actions, key, [&]() -> Result<std::string> {
    std::set<Digest> known;
    for (const auto& entry : entries.entries()) {
      if (ships(role_of(entry.path))) known.insert(entry.digest);
    }
    ASSAY_TRY(auto surfaces, SurfaceReader::create());
    WheelReader reader(std::move(surfaces), known);
    ASSAY_CHECK(read_archive(blobs.path_of(wheel.wheel), {},
                             [&](const ArchiveEntry& entry, std::string_view bytes) {
      return reader.see(entry.path, bytes);
    }));
    return compact(to_json(reader.take()));
  });
}

PackageSurfaces merged(PackageSurfaces all, const PackageSurfaces& more) {
  for (const auto& other : more.surfaces) {
    const auto known = std::ranges::find(all.surfaces, other.kind, &Surface::kind);
    if (known == all.surfaces.end()) {
      all.surfaces.push_back(other);
      continue;
    }
    known->count += other.count;
    for (const auto& place : other.places) {
      if (known->places.size() < most_places) known->places.push_back(place);
    }
  }
  for (const auto& other : more.capabilities) {
    const auto known = std::ranges::find(all.capabilities, other.capability, &CapabilityUse::capability);
    if (known == all.capabilities.end()) {
      all.capabilities.push_back(other);
      continue;
    }
    known->count += other.count;
    known->places.insert(known->places.end(), other.places.begin(), other.places.end());
  }
  std::ranges::sort(all.surfaces, {}, &Surface::kind);
  std::ranges::sort(all.capabilities, {}, &CapabilityUse::capability);
  return all;
}

}  // namespace assay
