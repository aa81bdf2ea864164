#include "check/file_stamp.h"

#include <algorithm>
#include <ctime>

namespace assay {

namespace {

constexpr std::int64_t clock_step = 2'000'000'000;  // the coarsest of file systems in use

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

FileStamp stamp_of(const struct stat& status) {
  return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size),
          nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

FileStamp settled(const FileStamp& stamp, std::int64_t read_at) {
  return std::max(stamp.modified, stamp.changed) > read_at - clock_step ? FileStamp() : stamp;
}

std::int64_t system_nanoseconds() {
  timespec time{};
  clock_gettime(CLOCK_REALTIME, &time);
  return nanoseconds(time);
}

}  // namespace assay
