#include "check/path_surfaces.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>
#include <vector>

#include "check/archive_check.h"
#include "check/tree_walk.h"
#include "examine/reach/surface_reader.h"
#include "io/archive.h"
#include "io/descriptor.h"
#include "io/files.h"

namespace assay {

namespace {

constexpr std::size_t names_in_a_batch = 256;
constexpr std::uint64_t largest_file = std::uint64_t{256} << 20;

// A file's bytes, or why there are none. What is no regular file is nobody's source.
Result<std::string> bytes_of(const Descriptor& root, const std::string& path) {
  const Descriptor file(openat(root.get(), path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status{};
  if (!file || fstat(file.get(), &status) != 0) {
    return fail(ErrorKind::io, std::generic_category().message(errno));
  }
  if (!S_ISREG(status.st_mode)) return fail(ErrorKind::io, "no file");
  if (static_cast<std::uint64_t>(status.st_size) > largest_file) return fail(ErrorKind::io, "too large to be read");
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const auto got = read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorKind::io, std::generic_category().message(errno));
    if (got == 0) break;  // it was cut meanwhile
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

Result<> see_file(SurfaceReader& reader, const Descriptor& root, const std::string& path,
                  std::string_view within, const RoleOf& role_of) {
  const auto bytes = bytes_of(root, path);
  if (!bytes) {
    reader.add(Capability::unread, {.path = std::string(within), .what = bytes.error().message});
    return {};
  }
  return reader.see({within, *bytes, role_of(within)});
}

Result<> see_folder(SurfaceReader& reader, const fs::path& path, const RoleOf& role_of,
                    const std::stop_token& stop) {
  const Descriptor root(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) return path_error("could not read", path);
  Result<> outcome;
  const auto walked = walk_tree(root, names_in_a_batch, stop, nullptr, [&](const std::vector<WalkedName>& names) {
    for (const auto& name : names) {
      if (!outcome || stop.stop_requested()) return;
      if (name.kind == WalkedName::Kind::file) outcome = see_file(reader, root, name.path, name.path, role_of);
      if (name.kind == WalkedName::Kind::unreadable_folder) {
        reader.add(Capability::unread, {.path = name.path, .what = "a folder that could not be read"});
      }
    }
  });
  ASSAY_CHECK(outcome);
  if (!walked) return std::unexpected(walked.error());
  return stop.stop_requested() ? fail(ErrorKind::cancelled, "stopped") : Result<>();
}

// Without the one folder that a source distribution has around all.
std::string top_folder(const fs::path& path) {
  std::optional<std::string> top;
  const auto read = read_archive(path, {}, [&](const ArchiveEntry& entry, std::string_view) -> Result<> {
    const auto own = entry.path.substr(0, entry.path.find('/') + 1);
    if (!top) top = own;
    return own == *top ? Result<>() : fail(ErrorKind::cancelled, "several folders");
  });
  return read ? top.value_or("") : "";
}

Result<> see_archive(SurfaceReader& reader, const fs::path& path, const RoleTeller& teller,
                     const std::stop_token& stop) {
  const bool wheel = path.extension() == ".whl";
  const auto top = wheel ? std::string() : top_folder(path);
  const auto role_of = roles_in_archive(path, teller);
  return read_archive(path, {}, [&](const ArchiveEntry& entry, std::string_view bytes) -> Result<> {
    if (stop.stop_requested()) return fail(ErrorKind::cancelled, "stopped");
    if (!entry.link_target.empty()) return {};
    const auto within = std::string_view(entry.path).substr(top.size());
    return reader.see({within, bytes, wheel ? PathRole::shipped : role_of(within)});
  });
}

}  // namespace

Result<PackageSurfaces> surfaces_of_path(const fs::path& path, const RoleTeller& teller, std::stop_token stop) {
  ASSAY_TRY(auto reader, SurfaceReader::create());
  std::error_code error;
  if (fs::is_directory(path, error)) {
    ASSAY_CHECK(see_folder(reader, path, roles_below(path, teller), stop));
  } else if (!fs::exists(path, error)) {
    return fail(ErrorKind::not_found, path.string() + " is not there");
  } else if (is_archive(path)) {
    ASSAY_CHECK(see_archive(reader, path, teller, stop));
  } else {
    const auto real = fs::canonical(path, error);
    const Descriptor root(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (error || !root) return path_error("could not read", path);
    ASSAY_CHECK(see_file(reader, root, real.relative_path().string(), path.filename().string(), teller.by_path));
  }
  return reader.finish();
}

}  // namespace assay
