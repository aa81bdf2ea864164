#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "io/files.h"

namespace assay {

namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

// A build can nest folders deeper than any path or stack goes, and take its own rights away. So
// nothing is walked down: folders below the top are moved up into it, where each is emptied of its
// files and has its own folders moved up in turn. Every folder moves once at most.
class TreeRemoval {
 public:
  explicit TreeRemoval(const fs::path& path) : path_(path) {}

  Result<> run() {
    struct stat status{};
    if (lstat(path_.c_str(), &status) != 0) return unless_missing();
    if (!S_ISDIR(status.st_mode)) return unlink(path_.c_str()) == 0 ? Result<>() : unless_missing();
    ASSAY_TRY(top_, open_folder(AT_FDCWD, path_.c_str()));
    for (;;) {
      ASSAY_TRY(const auto names, names_in(top_));
      if (names.empty()) break;
      for (const auto& name : names) ASSAY_CHECK(remove_entry(name));
    }
    return rmdir(path_.c_str()) == 0 ? Result<>() : unless_missing();
  }

 private:
  // Somebody else may be removing the same tree.
  Result<> unless_missing() const {
    return errno == ENOENT ? Result<>() : path_error("could not remove", path_);
  }

  // With every right for its owner: it goes anyway.
  Result<Descriptor> open_folder(int parent, const char* name) const {
    fchmodat(parent, name, S_IRWXU, 0);
    Descriptor folder(openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder) return path_error("could not remove", path_);
    return folder;
  }

  Result<std::vector<std::string>> names_in(const Descriptor& folder) const {
    // A descriptor of its own, so that each listing starts at the beginning.
    Descriptor again(openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const std::unique_ptr<DIR, CloseFolder> listing(again ? fdopendir(again.get()) : nullptr);
    if (!listing) return path_error("could not remove", path_);
    again.release();
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = readdir(listing.get())) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    if (errno != 0) return path_error("could not remove", path_);
    return names;
  }

  static bool is_folder(const Descriptor& parent, const std::string& name) {
    struct stat status{};
    return fstatat(parent.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(status.st_mode);
  }

  Result<> remove_entry(const std::string& name) {
    const bool folder = is_folder(top_, name);
    if (folder) ASSAY_CHECK(empty(name));
    if (unlinkat(top_.get(), name.c_str(), folder ? AT_REMOVEDIR : 0) != 0) return unless_missing();
    return {};
  }

  Result<> empty(const std::string& name) {
    ASSAY_TRY(const Descriptor folder, open_folder(top_.get(), name.c_str()));
    ASSAY_TRY(const auto names, names_in(folder));
    for (const auto& below : names) {
      const bool moved = is_folder(folder, below);
      if (moved) ASSAY_CHECK(move_up(folder, below));
      if (!moved && unlinkat(folder.get(), below.c_str(), 0) != 0) ASSAY_CHECK(unless_missing());
    }
    return {};
  }

  Result<> move_up(const Descriptor& folder, const std::string& name) {
    fchmodat(folder.get(), name.c_str(), S_IRWXU, 0);  // ".." in it changes
    std::string place;
    struct stat taken{};
    do {
      place = fmt::format("moved-up-{}", moved_++);
    } while (fstatat(top_.get(), place.c_str(), &taken, AT_SYMLINK_NOFOLLOW) == 0);
    if (renameat(folder.get(), name.c_str(), top_.get(), place.c_str()) != 0) {
      return unless_missing();
    }
    return {};
  }

  const fs::path& path_;
  Descriptor top_;
  std::uint64_t moved_ = 0;
};

}  // namespace

Result<> remove_tree(const fs::path& path) { return TreeRemoval(path).run(); }

}  // namespace assay
