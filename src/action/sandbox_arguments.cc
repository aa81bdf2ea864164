#include "action/sandbox_arguments.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <initializer_list>

namespace assay {

namespace fs = std::filesystem;

namespace {

class Options {
 public:
  void add(std::initializer_list<std::string> words) { words_.insert(words_.end(), words); }
  std::vector<std::string> take() { return std::move(words_); }

 private:
  std::vector<std::string> words_;
};

// /bin and its like are links into /usr on a merged system and folders on an older one.
void show_system(Options& options, const fs::path& root) {
  const auto seen = [&](const std::string& path) { return (root / path.substr(1)).string(); };
  options.add({"--ro-bind", seen("/usr"), "/usr"});
  for (const std::string path : {"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"}) {
    std::error_code error;
    const auto status = fs::symlink_status(seen(path), error);
    if (fs::is_symlink(status)) {
      options.add({"--symlink", fs::read_symlink(seen(path), error).string(), path});
    } else if (fs::is_directory(status)) {
      options.add({"--ro-bind", seen(path), path});
    }
  }
  // The dynamic linker's tables, the choice of `cc` and the numbers of ports: facts of the system
  // without a word about whoever uses it.
  for (const std::string path : {"/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
                                 "/etc/alternatives", "/etc/services", "/etc/protocols"}) {
    options.add({"--ro-bind-try", seen(path), path});
  }
  options.add({"--symlink", "/usr/share/zoneinfo/UTC", "/etc/localtime"});
  options.add({"--symlink", "/usr/lib/os-release", "/etc/os-release"});
}

void show_kernel(Options& options, std::uint64_t disk_bytes) {
  const std::string size = std::to_string(disk_bytes);
  options.add({"--proc", "/proc", "--dev", "/dev"});
  options.add({"--perms", "1777", "--size", size, "--tmpfs", "/dev/shm"});
  options.add({"--perms", "1777", "--size", size, "--tmpfs", "/tmp"});
}

// Programs expect these to be there.
void make_own_folders(Options& options, const SandboxCommand& command) {
  for (const std::string name : {"HOME", "TMPDIR"}) {
    const auto found = command.environment.find(name);
    if (found != command.environment.end() && found->second.starts_with("/tmp/")) {
      options.add({"--dir", found->second});
    }
  }
}

// An rlimit can only be lowered by who has no privileges.
std::uint64_t at_most(__rlimit_resource_t resource, std::uint64_t wanted) {
  rlimit current{};
  if (getrlimit(resource, &current) != 0 || current.rlim_max == RLIM_INFINITY) return wanted;
  return std::min<std::uint64_t>(wanted, current.rlim_max);
}

}  // namespace

const std::vector<MadeUpFile>& made_up_files() {
  static const std::vector<MadeUpFile> files = {
      {"/etc/passwd",
       "root:x:0:0:root:/root:/bin/sh\nsandbox:x:1000:1000:sandbox:/tmp/home:/bin/sh\n"
       "nobody:x:65534:65534:nobody:/nonexistent:/bin/false\n"},
      {"/etc/group", "root:x:0:\nsandbox:x:1000:\nnogroup:x:65534:\n"},
      {"/etc/hosts", "127.0.0.1 localhost sandbox\n::1 localhost\n"},
      {"/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\nservices: files\n"},
  };
  return files;
}

std::vector<std::string> sandbox_options(const SandboxCommand& command,
                                         const SandboxDescriptors& descriptors) {
  Options options;
  // A user namespace of its own in which no further one can be made: nested ones give capabilities,
  // and with them much more of the kernel to attack.
  options.add({"--unshare-all", "--unshare-user", "--disable-userns", "--uid", "1000", "--gid",
               "1000", "--cap-drop", "ALL", "--hostname", "sandbox"});
  options.add({"--die-with-parent", "--new-session", "--clearenv"});
  options.add({"--json-status-fd", std::to_string(descriptors.status)});
  options.add({"--seccomp", std::to_string(descriptors.filter)});
  show_system(options, command.system ? command.system->root : "/");
  for (std::size_t i = 0; i < made_up_files().size(); ++i) {
    options.add({"--perms", "0444", "--file", std::to_string(descriptors.made_up[i]),
                 made_up_files()[i].path});
  }
  show_kernel(options, command.limits.disk_bytes);
  make_own_folders(options, command);
  for (const auto& mount : command.mounts) {
    options.add(
        {mount.writable ? "--bind" : "--ro-bind", mount.source.string(), mount.target.string()});
  }
  // bubblewrap's own root, /dev and /proc are writable: the first two are memory that no limit
  // holds, and below /proc/sys the machine's own settings would lie open where assay runs as root.
  options.add({"--remount-ro", "/proc", "--remount-ro", "/dev", "--remount-ro", "/"});
  for (const auto& [name, value] : command.environment) options.add({"--setenv", name, value});
  options.add({"--chdir", command.directory.empty() ? "/" : command.directory.string()});
  return options.take();
}

std::vector<std::string> limited_command(const SandboxCommand& command) {
  const SandboxLimits& limits = command.limits;
  // What the watch finds, it can name; so each rlimit lies a little beyond the watch's limit and is
  // there for what is too fast for it. A process may reserve more address space than it will use.
  // Since Linux 5.14 processes are counted by user namespace, so --nproc means this sandbox only.
  const auto seconds = static_cast<std::uint64_t>(limits.cpu.count());
  std::vector<std::string> argv = {
      "/bin/sh",
      "-c",
      "umask 022; exec \"$0\" \"$@\"",
      "/usr/bin/prlimit",
      "--core=0",
      fmt::format("--cpu={}:{}", at_most(RLIMIT_CPU, seconds + 1),
                  at_most(RLIMIT_CPU, seconds + 5)),
      fmt::format("--as={}", at_most(RLIMIT_AS, 4 * limits.memory_bytes)),
      fmt::format("--fsize={}", at_most(RLIMIT_FSIZE, limits.file_bytes)),
      fmt::format("--nofile={}", at_most(RLIMIT_NOFILE, limits.open_files)),
      fmt::format("--nproc={}", at_most(RLIMIT_NPROC, limits.processes + 64)),
      "--"};
  argv.insert(argv.end(), command.argv.begin(), command.argv.end());
  return argv;
}

}  // namespace assay
