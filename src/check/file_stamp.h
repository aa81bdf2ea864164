#pragma once
#include <sys/stat.h>

#include <compare>
#include <cstdint>

namespace assay {

// What tells that a file or folder is the one that was read before, without reading it again.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;  // 0: no stamp
  std::uint64_t size = 0;
  std::int64_t modified = 0;  // nanoseconds
  std::int64_t changed = 0;
  auto operator<=>(const FileStamp&) const = default;
};

FileStamp stamp_of(const struct stat& status);

// As in git, a stamp counts only if the file was older than two seconds when it was read: one that is
// changed twice in a clock's step would look the same. `read_at`: before the file was looked at, in
// nanoseconds of the system's clock; no stamp where it does not count.
FileStamp settled(const FileStamp& stamp, std::int64_t read_at);

std::int64_t system_nanoseconds();

}  // namespace assay
