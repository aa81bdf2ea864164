#pragma once
#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "io/descriptor.h"

namespace assay {

namespace fs = std::filesystem;

// Errors name the path and the system's words ("No space left on device"); a missing file is
// not_found, all else io.
Result<std::string> read_file(const fs::path& path);
// Whole or not at all: a temporary file beside it, fsync, rename, fsync of the folder.
Result<> write_file(const fs::path& path, std::string_view bytes);
// The same without waiting for the disk: whole for every reader, but a power cut may leave it empty
// or take it back. For what can be made again.
Result<> replace_file(const fs::path& path, std::string_view bytes);
Result<> make_directories(const fs::path& path);
// Also what is read-only, and folders in folders without end; missing is fine.
Result<> remove_tree(const fs::path& path);
Result<> rename_path(const fs::path& from, const fs::path& to);
// What lies in the folder, files with this ending only where one is given (".toml"), sorted; nothing
// if there is no such folder.
Result<std::vector<fs::path>> entries_of(const fs::path& folder, std::string_view ending = "");
Result<> sync_tree(const fs::path& folder);  // every file and folder in it is on the disk

// For whoever reads or writes piece by piece.
// A regular file, for reading; a FIFO or a device that a package left is refused, not waited for.
Result<Descriptor> open_file(const fs::path& path);
// `path` is for the error alone.
Result<> write_all(const Descriptor& to, std::string_view bytes, const fs::path& path);
// "could not read x: Permission denied", of the kind that such an errno has here.
std::unexpected<Error> path_error(std::string_view doing, const fs::path& path, int code = errno);

// A new folder beside others in `parent`, removed with all in it when the object goes.
class TemporaryDirectory {
 public:
  static Result<TemporaryDirectory> create(const fs::path& parent, std::string_view prefix);
  ~TemporaryDirectory();
  TemporaryDirectory(TemporaryDirectory&& other) noexcept;
  TemporaryDirectory& operator=(TemporaryDirectory&& other) noexcept;

  const fs::path& path() const { return path_; }
  fs::path release();  // it stays

 private:
  explicit TemporaryDirectory(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

// An advisory lock (flock) on a file, so that two runs don't share a set. The kernel drops it when
// the process ends, however it ends.
class FileLock {
 public:
  // invalid_input, naming the holder's process id, if it is held.
  static Result<FileLock> acquire(const fs::path& path);

 private:
  explicit FileLock(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

}  // namespace assay
