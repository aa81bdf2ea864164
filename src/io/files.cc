#include "io/files.h"

#include <algorithm>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "base/text.h"

namespace assay {

namespace {

Result<> sync_path(const fs::path& path) {
  const Descriptor opened(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened) return path_error("could not open", path);
  if (fsync(opened.get()) != 0) return path_error("could not sync", path);
  return {};
}

// A file that its name shows only once it is whole; removed if it never gets there.
class FileInTheMaking {
 public:
  explicit FileInTheMaking(const fs::path& path)
      : path_(path), name_(path.string() + ".XXXXXX"), file_(mkostemp(name_.data(), O_CLOEXEC)) {}
  ~FileInTheMaking() {
    if (file_ && !done_) unlink(name_.c_str());
  }
  FileInTheMaking(const FileInTheMaking&) = delete;
  FileInTheMaking& operator=(const FileInTheMaking&) = delete;

  Result<> write(std::string_view bytes, bool sync) {
    if (!file_) return path_error("could not write", path_);
    ASSAY_CHECK(write_all(file_, bytes, path_));
    done_ = fchmod(file_.get(), 0644) == 0 && (!sync || fsync(file_.get()) == 0) &&
            rename(name_.c_str(), path_.c_str()) == 0;
    return done_ ? Result<>() : path_error("could not write", path_);
  }

 private:
  const fs::path& path_;
  std::string name_;
  Descriptor file_;
  bool done_ = false;
};

}  // namespace

std::unexpected<Error> path_error(std::string_view doing, const fs::path& path, int code) {
  const auto kind = code == ENOENT ? ErrorKind::not_found : ErrorKind::io;
  return fail(
      kind, fmt::format("{} {}: {}", doing, path.string(), std::generic_category().message(code)));
}

Result<Descriptor> open_file(const fs::path& path) {
  Descriptor opened(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened) return path_error("could not read", path);
  struct stat status{};
  if (fstat(opened.get(), &status) != 0) return path_error("could not read", path);
  if (S_ISDIR(status.st_mode)) return path_error("could not read", path, EISDIR);
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorKind::io, fmt::format("could not read {}: not a file", path.string()));
  }
  return opened;
}

Result<> write_all(const Descriptor& to, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(to.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return path_error("could not write", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::string> read_file(const fs::path& path) {
  ASSAY_TRY(const Descriptor opened, open_file(path));
  struct stat status{};
  if (fstat(opened.get(), &status) != 0) return path_error("could not read", path);
  std::string bytes;
  // One byte more than the size says, so that the end is seen without another buffer; and room for
  // readers that look ahead of the end, as simdjson does.
  constexpr std::size_t look_ahead = 64;
  std::size_t room = static_cast<std::size_t>(status.st_size) + 1;
  bytes.reserve(room + look_ahead);
  for (bool ended = false; !ended; room = bytes.size() * 2) {
    bool failed = false;
    // Not resize(): it would write zeros first, to a megabyte for many an index page.
    bytes.resize_and_overwrite(room, [&, filled = bytes.size()](char* into, std::size_t size) mutable {
      while (!ended && !failed && filled < size) {
        const ssize_t got = read(opened.get(), into + filled, size - filled);
        failed = got < 0 && errno != EINTR;
        ended = got == 0;
        if (got > 0) filled += static_cast<std::size_t>(got);
      }
      return filled;
    });
    if (failed) return path_error("could not read", path);
  }
  return bytes;
}

Result<> write_file(const fs::path& path, std::string_view bytes) {
  ASSAY_CHECK(FileInTheMaking(path).write(bytes, true));
  const fs::path parent = path.parent_path();
  return sync_path(parent.empty() ? fs::path(".") : parent);
}

Result<> replace_file(const fs::path& path, std::string_view bytes) {
  return FileInTheMaking(path).write(bytes, false);
}

Result<> make_directories(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return path_error("could not make the folder", path, error.value());
  return {};
}

Result<> rename_path(const fs::path& from, const fs::path& to) {
  if (rename(from.c_str(), to.c_str()) != 0) {
    return path_error(fmt::format("could not rename {} to", from.string()), to);
  }
  return {};
}

Result<std::vector<fs::path>> entries_of(const fs::path& folder, std::string_view ending) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().native().ends_with(ending)) entries.push_back(entry->path());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return path_error("could not list", folder, error.value());
  }
  std::ranges::sort(entries);
  return entries;
}

Result<> sync_tree(const fs::path& folder) {
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const auto type = entry->symlink_status(error).type();
    if (error) break;
    if (type == fs::file_type::regular || type == fs::file_type::directory) {
      ASSAY_CHECK(sync_path(entry->path()));
    }
  }
  if (error) return path_error("could not read the folder", folder, error.value());
  return sync_path(folder);
}

Result<TemporaryDirectory> TemporaryDirectory::create(const fs::path& parent,
                                                      std::string_view prefix) {
  ASSAY_CHECK(make_directories(parent));
  std::string pattern = (parent / (std::string(prefix) + "XXXXXX")).string();
  if (mkdtemp(pattern.data()) == nullptr) return path_error("could not make a folder in", parent);
  return TemporaryDirectory(fs::path(pattern));
}

TemporaryDirectory::~TemporaryDirectory() {
  if (!path_.empty()) static_cast<void>(remove_tree(path_));
}

TemporaryDirectory::TemporaryDirectory(TemporaryDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

TemporaryDirectory& TemporaryDirectory::operator=(TemporaryDirectory&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

fs::path TemporaryDirectory::release() { return std::exchange(path_, {}); }

Result<FileLock> FileLock::acquire(const fs::path& path) {
  Descriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file) return path_error("could not open", path);
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return path_error("could not lock", path);
    const auto holder = read_file(path);
    return fail(ErrorKind::invalid_input,
                fmt::format("{} is held by another run{}", path.string(),
                            holder && !holder->empty()
                                ? fmt::format(" (process {})", printable(holder->substr(0, 20)))
                                : ""));
  }
  if (ftruncate(file.get(), 0) != 0) return path_error("could not write", path);
  ASSAY_CHECK(write_all(file, std::to_string(getpid()), path));
  return FileLock(std::move(file));
}

}  // namespace assay
