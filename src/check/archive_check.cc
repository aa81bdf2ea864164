#include "check/archive_check.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "base/text.h"
#include "io/archive.h"

namespace assay {

namespace {

constexpr std::size_t batch_bytes = std::size_t{2} << 20;
constexpr std::size_t waiting_bytes = std::size_t{48} << 20;  // unpacked and not looked at

constexpr ArchiveLimits limits{.file_bytes = std::uint64_t{128} << 20};

struct Member {
  std::string path;
  std::string bytes;
};
using Batch = std::vector<Member>;

std::size_t size_of(const Batch& batch) {
  std::size_t size = 0;
  for (const Member& member : batch) size += member.bytes.size();
  return size;
}

// What members' findings are, by their batch, while several threads look at them.
class MemberChecks {
 public:
  MemberChecks(FileCheck& files, std::size_t threads) : files_(files), tasks_(threads, 2 * threads) {}

  void push(Batch batch) {
    const auto bytes = size_of(batch);
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return waiting_ == 0 || waiting_ + bytes <= waiting_bytes; });
      waiting_ += bytes;
    }
    const auto place = next_++;
    tasks_.push([this, place, bytes, batch = std::move(batch)](std::stop_token stop) {
      auto outcome = stop.stop_requested() ? Result<>() : look_at(place, batch);
      {
        const std::scoped_lock lock(mutex_);
        waiting_ -= bytes;
      }
      changed_.notify_all();
      return outcome;
    });
  }

  Result<std::string> wait() {
    ASSAY_CHECK(tasks_.wait());
    std::string packed;
    for (const auto& [place, found] : found_) packed += found;
    return packed;
  }

 private:
  Result<> look_at(std::size_t place, const Batch& batch) {
    std::string packed;
    for (const Member& member : batch) {
      ASSAY_TRY(const auto found, files_.check_member(member.path, member.bytes));
      packed += found;
    }
    const std::scoped_lock lock(mutex_);
    if (!packed.empty()) found_.emplace(place, std::move(packed));
    return {};
  }

  FileCheck& files_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t waiting_ = 0;
  std::size_t next_ = 0;
  std::map<std::size_t, std::string> found_;
  TaskGroup tasks_;  // last: its threads end first
};

// Reads the members; `other_top` if one does not lie in the folder that the first one lies in.
struct Reading {
  bool without_top;
  bool other_top = false;
  std::string top;
};

Result<> read_members(const std::filesystem::path& path, Reading& reading, FileCheck& files,
                      MemberChecks& checks, const std::stop_token& stop) {
  Batch batch;
  std::size_t size = 0;
  bool first = true;
  auto outcome = read_archive(path, limits, [&](const ArchiveEntry& entry, std::string_view bytes) -> Result<> {
    if (stop.stop_requested()) return fail(ErrorKind::cancelled, "stopped");
    if (std::exchange(first, false) && reading.without_top) {
      reading.top = entry.path.substr(0, entry.path.find('/') + 1);
    }
    if (!entry.path.starts_with(reading.top) || entry.path.size() == reading.top.size()) {
      reading.other_top = true;
      return fail(ErrorKind::cancelled, "several folders");
    }
    if (!entry.link_target.empty()) {
      files.count_link();
      return {};
    }
    batch.push_back({entry.path.substr(reading.top.size()), std::string(bytes)});
    size += bytes.size();
    if (size >= batch_bytes || batch.size() >= 64) {
      checks.push(std::exchange(batch, {}));
      size = 0;
    }
    return {};
  });
  if (!batch.empty() && !reading.other_top) checks.push(std::move(batch));
  return outcome;
}

bool has_top_folder(const std::filesystem::path& path) {
  const auto name = lower(path.filename().string());
  return !name.ends_with(".whl") && !name.ends_with(".egg");
}

}  // namespace

bool is_archive(const std::filesystem::path& path) {
  constexpr std::array endings{".whl", ".zip", ".egg", ".tar", ".tar.gz", ".tgz", ".tar.bz2",
                               ".tbz2", ".tar.xz", ".txz", ".tar.zst"};
  const auto name = lower(path.filename().string());
  return std::ranges::any_of(endings, [&](const char* ending) { return name.ends_with(ending); });
}

Result<std::string> check_archive_members(const std::filesystem::path& path, FileCheck& files,
                                          std::size_t threads, std::stop_token stop) {
  Reading reading{.without_top = has_top_folder(path)};
  for (;;) {
    MemberChecks checks(files, threads);
    const auto read = read_members(path, reading, files, checks, stop);
    if (reading.other_top) {
      reading = {.without_top = false};
      continue;
    }
    ASSAY_TRY(auto packed, checks.wait());
    if (read) return packed;
    if (read.error().kind == ErrorKind::cancelled) return std::unexpected(read.error());
    files.leave_incomplete();
    return packed + files.own_finding(own_rules::archive, "", read.error().message);
  }
}

}  // namespace assay
