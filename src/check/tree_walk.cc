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
  Walk(const Descriptor& root, std::size_t batch, std::stop_token stop, WalkMemory* memory,
       const std::function<void(std::vector<WalkedName>)>& each)
      : root_(root), batch_(batch), stop_(std::move(stop)), memory_(memory), each_(each) {}

  // The folders still to be listed are kept in a list of their own: a path may be of any depth.
  Result<WalkTotals> run() {
    const TreeRecord* record = memory_ == nullptr ? nullptr : memory_->known;
    std::vector<Unlisted> waiting{{"", nullptr, record == nullptr ? nullptr : &record->root()}};
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
    const TreeRecord::Folder* known;
  };

  void list(const Unlisted& folder, std::vector<Unlisted>& folders) {
    Descriptor opened(open_folder(folder));
    auto listed = opened ? names_in(folder, opened) : std::unexpected(errno);
    if (!listed) {
      add({folder.path, WalkedName::Kind::unreadable_folder, listed.error()});
      return;
    }
    SeenFolder local;
    SeenFolder& seen = memory_ == nullptr ? local : memory_->seen.emplace_back();
    seen = *std::move(listed);
    std::string path = folder.path.empty() ? "" : folder.path + "/";
    const auto prefix = path.size();
    const auto kept = open_.keep(std::move(opened));
    KnownNames known(memory_, folder.known);
    for (SeenName& one : seen.names) {
      path.replace(prefix, std::string::npos, one.name);
      if (one.type == DT_UNKNOWN) one.type = type_of(path);
      if (one.name == ".git" && (one.type == DT_DIR || one.type == DT_REG)) {
        ++totals_.git_folders;
        continue;
      }
      const auto* before = known.find(one.name);
      if (one.type == DT_DIR) {
        folders.push_back({path, kept, before == nullptr ? nullptr : memory_->known->folder_of(*before)});
        continue;
      }
      const auto kind = one.type == DT_REG   ? WalkedName::Kind::file
                        : one.type == DT_LNK ? WalkedName::Kind::link
                                             : WalkedName::Kind::other;
      add({path, kind, 0, kept, before, memory_ == nullptr ? nullptr : &one});
    }
  }

  // What is known of a folder's names, asked for in their order.
  class KnownNames {
   public:
    KnownNames(const WalkMemory* memory, const TreeRecord::Folder* folder) {
      if (folder == nullptr) return;
      record_ = memory->known;
      names_ = record_->names_of(*folder);
    }

    const TreeRecord::Name* find(std::string_view name) {
      while (!names_.empty() && record_->text_of(names_.front()) < name) names_ = names_.subspan(1);
      return names_.empty() || record_->text_of(names_.front()) != name ? nullptr : &names_.front();
    }

   private:
    const TreeRecord* record_ = nullptr;
    std::span<const TreeRecord::Name> names_;
  };

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

  // From what is known of it, if its stamp tells that it is as it was.
  std::expected<SeenFolder, int> names_in(const Unlisted& folder, const Descriptor& opened) {
    SeenFolder seen{.path = folder.path};
    if (memory_ != nullptr) {
      const auto read_at = system_nanoseconds();
      struct stat status{};
      if (fstat(opened.get(), &status) != 0) return std::unexpected(errno);
      const auto stamp = stamp_of(status);
      seen.stamp = settled(stamp, read_at);
      if (folder.known != nullptr && folder.known->stamp == stamp) {
        const auto names = memory_->known->names_of(*folder.known);
        seen.names.reserve(names.size());
        for (const auto& name : names) {
          seen.names.push_back({std::string(memory_->known->text_of(name)), static_cast<unsigned char>(name.type)});
        }
        return seen;
      }
    }
    ++totals_.listed;
    ASSAY_CHECK(list_names(opened, seen.names));
    return seen;
  }

  // As the kernel gives them: opendir() would ask it three things more for each folder.
  std::expected<void, int> list_names(const Descriptor& folder, std::vector<SeenName>& names) {
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
    std::ranges::sort(names, {}, &SeenName::name);
    return {};
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
  WalkMemory* memory_;
  const std::function<void(std::vector<WalkedName>)>& each_;
  OpenFolders open_;
  alignas(dirent64) std::array<char, 32 << 10> entries_;
  std::vector<WalkedName> names_;
  WalkTotals totals_;
};

}  // namespace

Result<WalkTotals> walk_tree(const Descriptor& root, std::size_t batch, std::stop_token stop, WalkMemory* memory,
                             const std::function<void(std::vector<WalkedName>)>& each) {
  return Walk(root, batch, std::move(stop), memory, each).run();
}

}  // namespace assay
