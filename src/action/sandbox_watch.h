#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "action/sandbox.h"
#include "io/descriptor.h"

namespace assay {

// What all processes of a sandbox use together.
struct ProcessUsage {
  std::uint64_t tasks = 0;         // processes and threads, without the namespace's own init
  double cpu_seconds = 0;          // of the living and of the dead they waited for
  std::uint64_t memory_bytes = 0;  // resident; pages that processes share count for each
};

// Looks at a running sandbox from outside, through its own /proc, and says which limit it broke.
// Everything in there is hostile: links are never followed, and what can't be read is not taken to
// be small.
class SandboxWatch {
 public:
  // `init` is process 1 of the sandbox's namespace, by the number it has here.
  SandboxWatch(pid_t init, const SandboxCommand& command);

  std::optional<SandboxResult::End> broken_limit();
  // After the end: by what was written alone, to explain a failure that a full disk caused.
  bool disk_is_full() const;
  double cpu_seconds() const { return cpu_seconds_; }  // as last seen

 private:
  struct WritableMount {
    Descriptor folder;
    std::uint64_t free_at_start = 0;
  };

  bool enter();
  ProcessUsage processes() const;
  std::uint64_t proportional_memory() const;
  std::uint64_t written() const;
  std::uint64_t unlinked() const;
  std::uint64_t written_below(const WritableMount& mount) const;

  pid_t init_;
  const SandboxLimits limits_;
  Descriptor proc_;
  std::vector<Descriptor> memory_folders_;  // /tmp and /dev/shm
  std::vector<WritableMount> mounts_;
  std::chrono::steady_clock::time_point next_disk_look_{};
  double cpu_seconds_ = 0;
};

}  // namespace assay
