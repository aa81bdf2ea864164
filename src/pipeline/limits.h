#pragma once
#include <chrono>
#include <cstdint>

#include "action/sandbox.h"

namespace assay {

// Of [policy.build] or [policy.tests].
template <class Table>
SandboxLimits limits_of(const Table& policy) {
  return {.cpu = std::chrono::seconds(policy.cpu_seconds),
          .wall = std::chrono::seconds(policy.wall_seconds),
          .memory_bytes = std::uint64_t{policy.memory_mib} << 20,
          .disk_bytes = std::uint64_t{policy.disk_mib} << 20,
          .processes = policy.processes};
}

}  // namespace assay
