#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

// What an archive may be at most; beyond it, it is refused.
struct ArchiveLimits {
  std::uint64_t files = 200'000;
  std::uint64_t bytes = 4ULL << 30;        // unpacked, all together
  std::uint64_t file_bytes = 1ULL << 30;   // unpacked, one file
  std::uint64_t ratio = 400;               // unpacked to packed, once 64 MiB are unpacked
  std::uint64_t path_bytes = 1024;
};

struct ArchiveEntry {
  std::string path;          // relative, normalized, UTF-8, no "." or ".."
  bool executable = false;
  std::string link_target;   // relative link within the archive ("" for a file)
};

// Reads a .tar (plain, gz, bz2, xz, zst), .zip or .whl from the file system, file by file.
// Refused, with invalid_input naming the member: absolute paths, "..", drive letters, NUL or
// control characters, links whose target is outside (also by way of other links) or absolute, hard
// links to what is not a file already seen, devices, FIFOs, sockets, a path given twice or as both
// file and folder, zip files whose directory and local headers disagree, and whatever exceeds the
// limits. Names that differ in case only are two names. Folders make no entry. A hard link is given
// as a copy.
// `each` gets an entry and its bytes; an error from it ends the reading with that error.
Result<> read_archive(const std::filesystem::path& archive, const ArchiveLimits& limits,
                      const std::function<Result<>(const ArchiveEntry&, std::string_view)>& each);

// The same of an archive whose bytes are at hand, for archives within archives. A file that is packed
// by itself (.gz, .bz2, .xz, .zst) is an archive of one file, whose path is "data".
// `is_wanted`, where given, is asked of each file by its size in bytes and its first ones (at most
// `file_head_bytes`); what is not wanted goes to nobody, and in a zip file is not unpacked further.
using IsWantedFile = std::function<bool(std::uint64_t size, std::string_view head)>;
inline constexpr std::size_t file_head_bytes = 256;
Result<> read_archive_bytes(
    std::string_view bytes, const ArchiveLimits& limits,
    const std::function<Result<>(const ArchiveEntry&, std::string_view)>& each,
    const IsWantedFile& is_wanted = {});

// One member of a zip file whose bytes are reached by ranges: `read(offset, size)` returns exactly
// those bytes. Used to take METADATA out of a wheel without fetching the wheel. not_found if no
// member's path satisfies `wanted`, invalid_input if several do. CRC checked.
Result<std::string> read_zip_member(
    std::uint64_t zip_size,
    const std::function<Result<std::string>(std::uint64_t offset, std::uint64_t size)>& read,
    const std::function<bool(std::string_view path)>& wanted, std::uint64_t max_bytes = 16ULL << 20);

// A zip file with fixed order, times and modes: the same entries give the same bytes.
class ZipWriter {
 public:
  explicit ZipWriter(std::uint32_t dos_time = 0x00210000);  // 1980-01-01
  void add(std::string_view path, std::string_view bytes, bool executable);
  std::string finish();

 private:
  std::uint32_t dos_time_;
  std::string bytes_;
  std::string directory_;
  std::uint32_t count_ = 0;
};

}  // namespace assay
