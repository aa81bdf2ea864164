#include "action/sandbox_watch.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <functional>
#include <limits>
#include <set>
#include <string_view>

#include "base/text.h"

namespace assay {

namespace {

using std::chrono::steady_clock;

// An inode costs too; so that endless empty files come to an end as well.
constexpr std::uint64_t bytes_per_inode = 4096;

// Names in an open folder, "." and ".." left out, for as long as `each` says true.
void for_each_name(int folder, const std::function<bool(const char*, unsigned char type)>& each) {
  const int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) return;
  DIR* listing = fdopendir(copy);
  if (listing == nullptr) {
    ::close(copy);
    return;
  }
  while (const dirent* entry = readdir(listing)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != ".." && !each(entry->d_name, entry->d_type)) break;
  }
  closedir(listing);
}

// A file of /proc, which never is long; "" if its process is gone.
std::string read_proc(int proc, const std::string& path) {
  const Descriptor file(openat(proc, path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> buffer;
  const ssize_t count = file ? read(file.get(), buffer.data(), buffer.size()) : -1;
  return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : std::string();
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// proc(5), /proc/pid/stat: the name in brackets may hold anything, so fields are counted behind it.
void add_process(std::string_view stat, bool is_init, ProcessUsage& usage) {
  static const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  static const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  const auto bracket = stat.rfind(") ");
  if (bracket == std::string_view::npos) return;
  const auto fields = split(stat.substr(bracket + 2), ' ');
  const auto field = [&](std::size_t as_numbered_in_proc) {
    const std::size_t at = as_numbered_in_proc - 3;
    return at < fields.size() ? number(fields[at]) : 0;
  };
  usage.cpu_seconds += static_cast<double>(field(14) + field(15) + field(16) + field(17)) / ticks;
  if (is_init) return;
  usage.tasks += std::max<std::uint64_t>(1, field(20));
  usage.memory_bytes += field(24) * page;
}

using FileIdentity = std::pair<dev_t, ino_t>;

std::uint64_t unlinked_bytes(int proc, const std::string& process, std::set<FileIdentity>& seen) {
  const Descriptor files(
      openat(proc, (process + "/fd").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  std::uint64_t bytes = 0;
  if (!files) return 0;
  for_each_name(files.get(), [&](const char* name, unsigned char) {
    struct stat status{};
    if (fstatat(files.get(), name, &status, 0) != 0 || !S_ISREG(status.st_mode) ||
        status.st_nlink != 0 || !seen.insert({status.st_dev, status.st_ino}).second) {
      return true;
    }
    bytes += static_cast<std::uint64_t>(status.st_blocks) * 512;
    return true;
  });
  return bytes;
}

int open_below(int root, const std::string& path) {
  open_how how{};
  how.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(syscall(SYS_openat2, root, path.c_str(), &how, sizeof how));
}

std::uint64_t free_bytes(int folder) {
  struct statvfs status{};
  return fstatvfs(folder, &status) == 0 ? status.f_bfree * status.f_frsize : 0;
}

}  // namespace

SandboxWatch::SandboxWatch(pid_t init, const SandboxCommand& command)
    : init_(init), limits_(command.limits) {
  for (const auto& mount : command.mounts) {
    if (!mount.writable) continue;
    Descriptor folder(open(mount.source.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) continue;  // a single file, which file_bytes holds
    const std::uint64_t free_at_start = free_bytes(folder.get());
    mounts_.push_back({std::move(folder), free_at_start});
  }
}

// Before bubblewrap has moved into its new root, <root>/proc is this machine's own, and nothing
// runs.
bool SandboxWatch::enter() {
  if (proc_) return true;
  const std::string root = fmt::format("/proc/{}/root", init_);
  Descriptor proc(open((root + "/proc").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat ours{};
  struct stat theirs{};
  if (!proc || stat("/proc", &ours) != 0 || fstat(proc.get(), &theirs) != 0 ||
      ours.st_dev == theirs.st_dev) {
    return false;
  }
  for (const char* path : {"/tmp", "/dev/shm"}) {
    memory_folders_.emplace_back(open((root + path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  proc_ = std::move(proc);
  return true;
}

// Once there are too many, the others need no counting: of a fork bomb there are thousands, and
// counting would give it the time for more.
ProcessUsage SandboxWatch::processes() const {
  ProcessUsage usage;
  for_each_name(proc_.get(), [&](const char* name, unsigned char) {
    if (!is_number(name)) return true;
    const std::string process = name;
    add_process(read_proc(proc_.get(), process + "/stat"), process == "1", usage);
    return usage.tasks <= limits_.processes;
  });
  return usage;
}

// Shared pages divided among those who share them; exact, and too slow to be asked each time.
std::uint64_t SandboxWatch::proportional_memory() const {
  std::uint64_t bytes = 0;
  for_each_name(proc_.get(), [&](const char* name, unsigned char) {
    if (!is_number(name)) return true;
    const std::string process = name;
    const std::string rollup = read_proc(proc_.get(), process + "/smaps_rollup");
    const auto at = rollup.find("\nPss:");
    if (at == std::string::npos) {
      ProcessUsage usage;
      add_process(read_proc(proc_.get(), process + "/stat"), false, usage);
      bytes += usage.memory_bytes;
    } else {
      bytes += number(trim(std::string_view(rollup).substr(at + 5, 20))) * 1024;
    }
    return true;
  });
  return bytes;
}

std::uint64_t SandboxWatch::written_below(const WritableMount& mount) const {
  std::uint64_t bytes = 0;
  bool unreadable = false;
  std::vector<std::string> waiting = {"."};
  while (!waiting.empty() && bytes <= limits_.disk_bytes) {
    const std::string path = std::move(waiting.back());
    waiting.pop_back();
    const Descriptor folder(open_below(mount.folder.get(), path));
    if (!folder) {
      // Gone since, or a link put in its place: nothing to count. Else it is hidden or too deep.
      unreadable = unreadable || (errno != ENOENT && errno != ELOOP && errno != ENOTDIR);
      continue;
    }
    for_each_name(folder.get(), [&](const char* name, unsigned char type) {
      struct stat status{};
      if (fstatat(folder.get(), name, &status, AT_SYMLINK_NOFOLLOW) != 0) return true;
      bytes += static_cast<std::uint64_t>(status.st_blocks) * 512 + bytes_per_inode;
      if (type == DT_DIR || S_ISDIR(status.st_mode)) waiting.push_back(path + "/" + name);
      return true;
    });
  }
  if (unreadable) {
    const std::uint64_t now = free_bytes(mount.folder.get());
    bytes = std::max(bytes, mount.free_at_start > now ? mount.free_at_start - now : 0);
  }
  return bytes;
}

// Files that were removed while open, and memfds: they fill a disk or the memory, and no folder
// shows them.
std::uint64_t SandboxWatch::unlinked() const {
  std::uint64_t bytes = 0;
  std::set<FileIdentity> seen;
  for_each_name(proc_.get(), [&](const char* name, unsigned char) {
    if (is_number(name)) bytes += unlinked_bytes(proc_.get(), name, seen);
    return true;
  });
  return bytes;
}

std::uint64_t SandboxWatch::written() const {
  std::uint64_t bytes = 0;
  for (const auto& folder : memory_folders_) {
    struct statvfs status{};
    if (!folder || fstatvfs(folder.get(), &status) != 0) continue;
    bytes += (status.f_blocks - status.f_bfree) * status.f_frsize;
    bytes += (status.f_files - status.f_ffree) * bytes_per_inode;
  }
  for (const auto& mount : mounts_) bytes += written_below(mount);
  return bytes;
}

std::optional<SandboxResult::End> SandboxWatch::broken_limit() {
  using End = SandboxResult::End;
  if (!enter()) return std::nullopt;
  const ProcessUsage usage = processes();
  cpu_seconds_ = std::max(cpu_seconds_, usage.cpu_seconds);
  if (usage.tasks > limits_.processes) return End::process_limit;
  if (usage.cpu_seconds > static_cast<double>(limits_.cpu.count())) return End::cpu_limit;
  if (usage.memory_bytes > limits_.memory_bytes && proportional_memory() > limits_.memory_bytes) {
    return End::memory_limit;
  }
  const auto now = steady_clock::now();
  if (now < next_disk_look_) return std::nullopt;
  const bool full = unlinked() + written() >= limits_.disk_bytes;
  // A look at many files takes time; at most a tenth of it is spent on looking.
  const auto cost = steady_clock::now() - now;
  next_disk_look_ =
      now + std::max<steady_clock::duration>(std::chrono::milliseconds(50), 10 * cost);
  if (full) return End::disk_limit;
  return std::nullopt;
}

bool SandboxWatch::disk_is_full() const { return written() >= limits_.disk_bytes; }

}  // namespace assay
