#include "io/tar_reader.h"

#include <archive.h>
#include <archive_entry.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace assay {

namespace {

struct FreeReader {
  void operator()(struct ::archive* reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<struct ::archive, FreeReader>;

std::unexpected<Error> broken(struct ::archive* reader) {
  const char* words = archive_error_string(reader);
  return fail(ErrorKind::invalid_input,
              fmt::format("the archive can't be read: {}", words == nullptr ? "damaged" : words));
}

Reader new_reader() {
  Reader reader(archive_read_new());
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_filter_bzip2(reader.get());
  archive_read_support_filter_xz(reader.get());
  archive_read_support_filter_zstd(reader.get());
  archive_read_support_format_tar(reader.get());
  return reader;
}

Result<Reader> open_file(const std::filesystem::path& path) {
  Reader reader = new_reader();
  if (archive_read_open_filename(reader.get(), path.c_str(), 1 << 16) != ARCHIVE_OK) {
    return broken(reader.get());
  }
  return reader;
}

// Also a file that is packed by itself: then there is one member, "data".
Result<Reader> open_bytes(std::string_view bytes) {
  Reader reader = new_reader();
  archive_read_support_format_raw(reader.get());
  if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) {
    return broken(reader.get());
  }
  return reader;
}

// libarchive has a name as UTF-8, or as bytes that the C locale can't turn into it.
std::string name_of(const char* utf8, const char* raw) {
  return utf8 != nullptr ? utf8 : raw != nullptr ? raw : "";
}

std::string path_of(archive_entry* entry) {
  return name_of(archive_entry_pathname_utf8(entry), archive_entry_pathname(entry));
}

bool is_executable(archive_entry* entry) { return (archive_entry_perm(entry) & 0111) != 0; }

class TarReading {
 public:
  using Each = std::function<Result<>(const ArchiveEntry&, std::string_view)>;

  using Open = std::function<Result<Reader>()>;

  TarReading(Open open, ArchiveChecks& checks, const Each& each)
      : open_(std::move(open)), checks_(checks), each_(each) {}

  Result<> run() {
    ASSAY_CHECK(for_each_entry(
        [&](struct ::archive* reader, archive_entry* entry) { return take(reader, entry); }));
    return hard_links_.empty() ? Result<>() : copy_hard_links();
  }

 private:
  using EachEntry = std::function<Result<>(struct ::archive*, archive_entry*)>;

  Result<> for_each_entry(const EachEntry& each) {
    ASSAY_TRY(const Reader reader, open_());
    for (;;) {
      archive_entry* entry = nullptr;
      const int status = archive_read_next_header(reader.get(), &entry);
      if (status == ARCHIVE_EOF) return {};
      // A warning is about a name that the C locale can't show; names are checked here.
      if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return broken(reader.get());
      ASSAY_CHECK(each(reader.get(), entry));
    }
  }

  Result<> take(struct ::archive* reader, archive_entry* entry) {
    const std::string written = path_of(entry);
    ASSAY_TRY(const std::string path, checks_.count_member(written));
    const std::string hard =
        name_of(archive_entry_hardlink_utf8(entry), archive_entry_hardlink(entry));
    const auto type = archive_entry_filetype(entry);
    if (hard.empty() && type == AE_IFREG) return take_file(reader, entry, path);
    // Readers differ on whether to pass by such bytes, so they see different members behind them.
    if (archive_entry_size(entry) > 0) return refuse_member(written, "has bytes and is no file");
    if (!hard.empty()) return take_hard_link(path, hard);
    if (type == AE_IFDIR) return checks_.add_folder(path);
    if (type == AE_IFLNK) return take_link(entry, path);
    return refuse_member(written, "is a device, a FIFO or a socket");
  }

  Result<> take_file(struct ::archive* reader, archive_entry* entry, const std::string& path) {
    ASSAY_CHECK(checks_.add_file(path));
    ASSAY_TRY(const std::string bytes, read_bytes(reader, entry, path));
    return each_({path, is_executable(entry), ""}, bytes);
  }

  Result<> take_link(archive_entry* entry, const std::string& path) {
    const std::string target =
        name_of(archive_entry_symlink_utf8(entry), archive_entry_symlink(entry));
    ASSAY_CHECK(checks_.add_link(path, target));
    return each_({path, false, target}, "");
  }

  Result<> take_hard_link(const std::string& path, const std::string& target) {
    ASSAY_TRY(auto source, member_path(target, checks_.limits()));
    if (!checks_.has_file(source)) {
      return refuse_member(path, "is a hard link to no file that stands before it");
    }
    ASSAY_CHECK(checks_.add_file(path));
    // A link to a link has the bytes of the file at the chain's start.
    if (const auto earlier = origins_.find(source); earlier != origins_.end())
      source = earlier->second;
    hard_links_[source].push_back(path);
    origins_.emplace(path, std::move(source));
    return {};
  }

  Result<std::string> read_bytes(struct ::archive* reader, archive_entry* entry,
                                 const std::string& path) {
    std::string bytes;
    for (;;) {
      const void* block = nullptr;
      std::size_t size = 0;
      la_int64_t offset = 0;
      const int status = archive_read_data_block(reader, &block, &size, &offset);
      if (status == ARCHIVE_EOF) break;
      if (status != ARCHIVE_OK) return broken(reader);
      if (offset < 0 || static_cast<std::uint64_t>(offset) < bytes.size()) return broken(reader);
      const std::uint64_t hole =
          static_cast<std::uint64_t>(offset) - bytes.size();  // a sparse file
      ASSAY_CHECK(checks_.count_bytes(path, bytes.size(), hole + size));
      bytes.resize(static_cast<std::size_t>(offset));
      bytes.append(static_cast<const char*>(block), size);
    }
    const auto whole = static_cast<std::uint64_t>(archive_entry_size(entry));
    if (whole > bytes.size()) {  // a hole at the end
      ASSAY_CHECK(checks_.count_bytes(path, bytes.size(), whole - bytes.size()));
      bytes.resize(static_cast<std::size_t>(whole));
    }
    return bytes;
  }

  // Their bytes passed by in the first reading; a second one is rare enough.
  Result<> copy_hard_links() {
    return for_each_entry([&](struct ::archive* reader, archive_entry* entry) -> Result<> {
      const bool is_file =
          archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == nullptr;
      if (!is_file) return {};
      ASSAY_TRY(const auto source, member_path(path_of(entry), checks_.limits()));
      const auto links = hard_links_.find(source);
      if (links == hard_links_.end()) return {};
      ASSAY_TRY(const auto bytes, read_bytes(reader, entry, source));
      for (const auto& path : links->second) {
        if (path != links->second.front()) {
          ASSAY_CHECK(checks_.count_bytes(path, 0, bytes.size()));
        }
        ASSAY_CHECK(each_({path, is_executable(entry), ""}, bytes));
      }
      return {};
    });
  }

  Open open_;
  ArchiveChecks& checks_;
  const Each& each_;
  std::map<std::string, std::vector<std::string>> hard_links_;  // by the file they share
  std::map<std::string, std::string> origins_;                  // of each hard link: that file
};

}  // namespace

Result<> read_tar(const std::filesystem::path& archive, ArchiveChecks& checks,
                  const std::function<Result<>(const ArchiveEntry&, std::string_view)>& each) {
  return TarReading([&] { return open_file(archive); }, checks, each).run();
}

Result<> read_tar_bytes(std::string_view bytes, ArchiveChecks& checks,
                        const std::function<Result<>(const ArchiveEntry&, std::string_view)>& each) {
  return TarReading([&] { return open_bytes(bytes); }, checks, each).run();
}

}  // namespace assay
