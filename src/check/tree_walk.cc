#include "check/tree_walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace assay {

namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

struct Listed {
  std::string name;
  unsigned char type;
};

class Walk {
 public:
  Walk(const Descriptor& root, std::size_t batch, std::stop_token stop,
       const std::function<void(std::vector<WalkedName>)>& each)
      : root_(root), batch_(batch), stop_(std::move(stop)), each_(each) {}

  // The folders still to be listed are kept in a list of their own: a path may be of any depth.
  Result<WalkTotals> run() {
    std::vector<std::string> open{""};
    while (!open.empty()) {
      if (stop_.stop_requested()) return fail(ErrorKind::cancelled, "stopped");
      const std::string folder = std::move(open.back());
      open.pop_back();
      const auto before = open.size();
      list(folder, open);
      std::ranges::reverse(open.begin() + static_cast<std::ptrdiff_t>(before), open.end());
    }
    flush();
    return totals_;
  }

 private:
  void list(const std::string& folder, std::vector<std::string>& folders) {
    const auto names = names_in(folder);
    if (!names) {
      add({folder, WalkedName::Kind::unreadable_folder, names.error()});
      return;
    }
    for (const Listed& one : *names) {
      std::string path = folder.empty() ? one.name : folder + "/" + one.name;
      const auto type = one.type == DT_UNKNOWN ? type_of(path) : one.type;
      if (one.name == ".git" && (type == DT_DIR || type == DT_REG)) {
        ++totals_.git_folders;
        continue;
      }
      if (type == DT_DIR) {
        folders.push_back(std::move(path));
        continue;
      }
      const auto kind = type == DT_REG   ? WalkedName::Kind::file
                        : type == DT_LNK ? WalkedName::Kind::link
                                         : WalkedName::Kind::other;
      add({std::move(path), kind});
    }
  }

  std::expected<std::vector<Listed>, int> names_in(const std::string& folder) const {
    const int opened = openat(root_.get(), folder.empty() ? "." : folder.c_str(),
                              O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (opened < 0) return std::unexpected(errno);
    const std::unique_ptr<DIR, CloseFolder> listing(fdopendir(opened));
    if (listing == nullptr) return std::unexpected(errno);
    std::vector<Listed> names;
    for (;;) {
      errno = 0;
      const dirent* entry = readdir(listing.get());
      if (entry == nullptr && errno != 0) return std::unexpected(errno);
      if (entry == nullptr) break;
      if (std::strcmp(entry->d_name, ".") == 0 || std::strcmp(entry->d_name, "..") == 0) continue;
      names.push_back({entry->d_name, entry->d_type});
    }
    std::ranges::sort(names, {}, &Listed::name);
    return names;
  }

  unsigned char type_of(const std::string& path) const {
    struct stat status{};
    if (fstatat(root_.get(), path.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return DT_REG;
    return S_ISDIR(status.st_mode)   ? DT_DIR
           : S_ISREG(status.st_mode) ? DT_REG
           : S_ISLNK(status.st_mode) ? DT_LNK
                                     : DT_FIFO;
  }

  void add(WalkedName name) {
    names_.push_back(std::move(name));
    if (names_.size() >= batch_) flush();
  }

  void flush() {
    if (!names_.empty()) each_(std::exchange(names_, {}));
  }

  const Descriptor& root_;
  std::size_t batch_;
  std::stop_token stop_;
  const std::function<void(std::vector<WalkedName>)>& each_;
  std::vector<WalkedName> names_;
  WalkTotals totals_;
};

}  // namespace

Result<WalkTotals> walk_tree(const Descriptor& root, std::size_t batch, std::stop_token stop,
                             const std::function<void(std::vector<WalkedName>)>& each) {
  return Walk(root, batch, std::move(stop), each).run();
}

}  // namespace assay
