#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace assay {

struct SandboxLimits {
  std::chrono::seconds cpu{1200};  // of all processes together
  std::chrono::seconds wall{3600};
  std::uint64_t memory_bytes = 8ULL << 30;  // resident, of all processes together
  std::uint64_t file_bytes = 2ULL << 30;    // of any one file written
  std::uint64_t disk_bytes = 4ULL << 30;    // all that is written, /tmp included
  unsigned processes = 256;                 // at one time, threads included (as the kernel counts)
  unsigned open_files = 1024;
};

// The system of another processor, seen in place of this machine's.
struct ForeignSystem {
  std::filesystem::path root;  // its files: usr and what goes with it
  std::string emulator;        // binfmt_misc's line for the program that runs its programs
};

// A command from a package. It sees the system's /usr (and what that needs) read-only, an own /tmp,
// /proc and /dev, the mounts named here, and nothing else: no network but its own loopback, no
// home, none of this process's environment. HOME and TMPDIR are made if they lie in /tmp.
struct SandboxCommand {
  struct Mount {
    std::filesystem::path source;
    std::filesystem::path target;  // absolute, in the sandbox
    bool writable = false;         // writable mounts count against disk_bytes
  };
  std::vector<std::string> argv;
  std::map<std::string, std::string>
      environment;                  // PATH, HOME, LANG, TZ, SOURCE_DATE_EPOCH … as given
  std::filesystem::path directory;  // in the sandbox
  std::vector<Mount> mounts;
  SandboxLimits limits;
  std::optional<ForeignSystem> system;  // nothing: this machine's own
};

struct SandboxResult {
  enum class End {
    exited,
    signalled,
    wall_limit,
    cpu_limit,
    disk_limit,
    memory_limit,
    process_limit
  };
  End end = End::exited;
  int exit_code = -1;  // 128 + the signal's number if it was signalled, as shells have it
  std::string
      output;  // standard output and error, as they came, at most 8 MiB (head and tail kept)
  double cpu_seconds = 0;
  double wall_seconds = 0;
  SandboxLimits limits;  // that it ran under

  bool ok() const { return end == End::exited && exit_code == 0; }
  std::string describe() const;  // "exited with 1", "used more than 1200 s of CPU time"
};

// bubblewrap's --unshare-all with a cleared environment, no capabilities and a system call filter;
// rlimits for each process, and a watch over all of them for the limits that only the whole can
// break. Nothing of it outlives the call, nor the calling thread. subprocess error if the sandbox
// itself can't be set up (then nothing ran), cancelled on stop.
Result<SandboxResult> run_sandboxed(const SandboxCommand& command, std::stop_token stop = {});

// Whether this machine can make one, with a sentence for the person who must mend it otherwise.
Result<> check_sandbox();

}  // namespace assay
