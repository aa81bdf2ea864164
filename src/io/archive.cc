#include "io/archive.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "io/archive_checks.h"
#include "io/descriptor.h"
#include "io/tar_reader.h"
#include "io/zip_reader.h"

namespace assay {

namespace {

std::unexpected<Error> file_error(const std::filesystem::path& path) {
  const auto kind = errno == ENOENT ? ErrorKind::not_found : ErrorKind::io;
  return fail(kind, fmt::format("could not read {}: {}", path.string(),
                                std::generic_category().message(errno)));
}

// A local header, or the end record of a zip file without members.
bool begins_as_zip(std::string_view bytes) {
  return bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06");
}

}  // namespace

Result<> read_archive(const std::filesystem::path& archive, const ArchiveLimits& limits,
                      const std::function<Result<>(const ArchiveEntry&, std::string_view)>& each) {
  const Descriptor file(open(archive.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return file_error(archive);
  struct stat status{};
  if (fstat(file.get(), &status) != 0) return file_error(archive);
  const auto size = static_cast<std::uint64_t>(status.st_size);

  const auto read = [&](std::uint64_t offset, std::uint64_t count) -> Result<std::string> {
    std::string bytes(count, '\0');
    std::size_t got = 0;
    while (got < bytes.size()) {
      const ssize_t part = pread(file.get(), bytes.data() + got, bytes.size() - got,
                                 static_cast<off_t>(offset + got));
      if (part < 0 && errno == EINTR) continue;
      if (part < 0) return file_error(archive);
      if (part == 0) break;
      got += static_cast<std::size_t>(part);
    }
    bytes.resize(got);
    return bytes;
  };

  ArchiveChecks checks(limits, size);
  ASSAY_TRY(const auto start, read(0, 4));
  ASSAY_CHECK(begins_as_zip(start) ? read_zip(size, read, checks, each)
                                   : read_tar(archive, checks, each));
  return checks.finish();
}

Result<> read_archive_bytes(
    std::string_view bytes, const ArchiveLimits& limits,
    const std::function<Result<>(const ArchiveEntry&, std::string_view)>& each,
    const IsWantedFile& is_wanted) {
  ArchiveChecks checks(limits, bytes.size());
  const auto read = [&](std::uint64_t offset, std::uint64_t count) -> Result<std::string> {
    if (offset > bytes.size()) return std::string();
    return std::string(bytes.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(count)));
  };
  if (begins_as_zip(bytes.substr(0, 4))) {
    ASSAY_CHECK(read_zip(bytes.size(), read, checks, each, is_wanted));
    return checks.finish();
  }
  // Tar files are streams: a file's bytes are at hand by the time that its first ones are.
  ASSAY_CHECK(read_tar_bytes(bytes, checks, [&](const ArchiveEntry& entry, std::string_view file) -> Result<> {
    const bool is_file = entry.link_target.empty();
    if (is_file && is_wanted && !is_wanted(file.size(), file.substr(0, file_head_bytes))) return {};
    return each(entry, file);
  }));
  return checks.finish();
}

}  // namespace assay
