#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "io/archive.h"
#include "io/link_check.h"

namespace assay {

// invalid_input that names the member.
std::unexpected<Error> refuse_member(std::string_view member, std::string_view why);

// What one archive has shown so far, and whether the next member may follow: no path twice, none
// that is a file here and a folder there, none that leads through a link, nothing beyond the
// limits.
class ArchiveChecks {
 public:
  ArchiveChecks(const ArchiveLimits& limits, std::uint64_t packed_size)
      : limits_(limits), packed_size_(packed_size) {}

  // Counts a member. Its path as a tree holds it: without "./" and doubled slashes; "" for the
  // root.
  Result<std::string> count_member(std::string_view path);

  Result<> add_folder(const std::string& path);
  Result<> add_file(const std::string& path);
  Result<> add_link(const std::string& path, const std::string& target);
  bool has_file(const std::string& path) const;

  // Before `more` bytes are unpacked of a member of which `before` bytes already are.
  Result<> count_bytes(std::string_view path, std::uint64_t before, std::uint64_t more);

  // After the last member: where the links lead is known only now.
  Result<> finish() const;

  const ArchiveLimits& limits() const { return limits_; }

 private:
  Result<> add_leaf(const std::string& path);
  Result<> add_parents(const std::string& path);

  ArchiveLimits limits_;
  std::uint64_t packed_size_;
  std::uint64_t members_ = 0;
  std::uint64_t unpacked_size_ = 0;
  std::set<std::string, std::less<>> leaves_;  // files and links
  std::set<std::string, std::less<>> folders_;
  Links links_;
};

// A path as a tree holds it; invalid_input for all that may not stand in one.
Result<std::string> member_path(std::string_view path, const ArchiveLimits& limits);

}  // namespace assay
