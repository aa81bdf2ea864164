#include "check/tree_walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <memory>
#include <utility>

namespace assay {

namespace {

constexpr std::size_t most_open = 256;  // folders; a process may have 1024 files open

struct Listed {
  std::string name;
  unsigned char type;
};

using SharedFolder = std::shared_ptr<const Descriptor>;

// Folders that stay open as long as any thread needs them, as far as there is room.
class OpenFolders {
 public:
  SharedFolder keep(Descriptor folder) {
    if (*count_ >= most_open) return nullptr;
    ++*count_;
    return {new Descriptor(std::move(folder)), [count = count_](const Descriptor* one) {
              delete one;
              --*count;
            }};
  }

 private:
  std::shared_ptr<std::atomic<std::size_t>> count_ = std::make_shared<std::atomic<std::size_t>>(0);
};

class Walk {
 public:
  Walk(const Descriptor& root, std::size_t batch, std::stop_token stop,
       const std::function<void(std::vector<WalkedName>)>& each)
      : root_(root), batch_(batch), stop_(std::move(stop)), each_(each) {}

  // The folders still to be listed are kept in a list of their own: a path may be of any depth.
  Result<WalkTotals> run() {
    std::vector<Unlisted> waiting{{"", nullptr}};
    while (!waiting.empty()) {
      if (stop_.stop_requested()) return fail(ErrorKind::cancelled, "stopped");
      const Unlisted folder = std::move(waiting.back());
      waiting.pop_back();
      const auto before = waiting.size();
      list(folder, waiting);
      std::ranges::reverse(waiting.begin() + static_cast<std::ptrdiff_t>(before), waiting.end());
    }
    flush();
    return totals_;
  }

 private:
  struct Unlisted {
    std::string path;
    SharedFolder parent;  // none: it is reached from the root
  };

  void list(const Unlisted& folder, std::vector<Unlisted>& folders) {
    Descriptor opened(open_folder(folder));
    const auto names = opened ? names_in(opened) : std::unexpected(errno);
    if (!names) {
      add({folder.path, WalkedName::Kind::unreadable_folder, names.error()});
      return;
    }
    std::string path = folder.path.empty() ? "" : folder.path + "/";
    const auto prefix = path.size();
    const auto kept = open_.keep(std::move(opened));
    for (const Listed& one : *names) {
      path.replace(prefix, std::string::npos, one.name);
      const auto type = one.type == DT_UNKNOWN ? type_of(path) : one.type;
      if (one.name == ".git" && (type == DT_DIR || type == DT_REG)) {
        ++totals_.git_folders;
        continue;
      }
      if (type == DT_DIR) {
        folders.push_back({path, kept});
        continue;
      }
      const auto kind = type == DT_REG   ? WalkedName::Kind::file
                        : type == DT_LNK ? WalkedName::Kind::link
                                         : WalkedName::Kind::other;
      add({path, kind, 0, kept});
    }
  }

  int open_folder(const Unlisted& folder) const {
    constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    const std::string& path = folder.path;
    if (path.empty()) return openat(root_.get(), ".", flags);
    if (folder.parent == nullptr) return openat(root_.get(), path.c_str(), flags);
    if (path.size() >= PATH_MAX) {  // others who are given the path could not reach it
      errno = ENAMETOOLONG;
      return -1;
    }
    return openat(folder.parent->get(), path.c_str() + path.rfind('/') + 1, flags);
  }

  // As the kernel gives them: opendir() would ask it three things more for each folder.
  std::expected<std::vector<Listed>, int> names_in(const Descriptor& folder) {
    std::vector<Listed> names;
    for (;;) {
      const auto got = getdents64(folder.get(), entries_.data(), entries_.size());
      if (got < 0) return std::unexpected(errno);
      if (got == 0) break;
      for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
        const auto* entry = reinterpret_cast<const dirent64*>(entries_.data() + at);
        at += entry->d_reclen;
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") names.push_back({std::string(name), entry->d_type});
      }
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
  OpenFolders open_;
  alignas(dirent64) std::array<char, 32 << 10> entries_;
  std::vector<WalkedName> names_;
  WalkTotals totals_;
};

}  // namespace

Result<WalkTotals> walk_tree(const Descriptor& root, std::size_t batch, std::stop_token stop,
                             const std::function<void(std::vector<WalkedName>)>& each) {
  return Walk(root, batch, std::move(stop), each).run();
}

}  // namespace assay
