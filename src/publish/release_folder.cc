#include "publish/release_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <fstream>
#include <functional>
#include <system_error>

#include "base/text.h"
#include "io/descriptor.h"
#include "io/files.h"

namespace assay {

namespace {

constexpr std::string_view new_prefix = ".new-";

// Numbers as add() writes them: "1", not "01".
std::optional<std::uint64_t> release_number(std::string_view name) {
  constexpr std::size_t most_digits = 15;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  const bool whole = error == std::errc() && end == name.data() + name.size();
  if (!whole || name.starts_with('0') || name.size() > most_digits) return std::nullopt;
  return number;
}

// A file that nobody is meant to change. It is synced with the whole folder.
class NewFile {
 public:
  explicit NewFile(fs::path path)
      : path_(std::move(path)),
        descriptor_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444)) {
    if (!descriptor_) outcome_ = path_error("could not write", path_);
  }

  Result<> write(std::string_view bytes) {
    if (outcome_) outcome_ = write_all(descriptor_, bytes, path_);
    return outcome_;
  }

 private:
  fs::path path_;
  Descriptor descriptor_;
  Result<> outcome_;
};

Result<> write_new(const fs::path& path, std::string_view bytes) {
  NewFile file(path);
  return file.write(bytes);
}

// A copy, since a release must not change when the store is cleaned; checked on the way.
Result<> copy_blob(const BlobStore& blobs, const Digest& digest, const fs::path& path) {
  const auto from = blobs.path_of(digest);
  std::ifstream blob(from, std::ios::binary);
  NewFile file(path);
  Sha256 hash;
  std::string buffer(1 << 20, '\0');
  while (blob) {
    blob.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(blob.gcount()));
    hash.update(bytes);
    ASSAY_CHECK(file.write(bytes));
  }
  if (hash.finish() != digest) {
    return fail(ErrorKind::io, fmt::format("{}: missing or damaged in the store", from.string()));
  }
  return {};
}

Result<> sync_folder(const fs::path& path) {
  const Descriptor opened(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened || ::fsync(opened.get()) != 0) return path_error("could not sync", path);
  return {};
}

Result<> write_files(const Store& store, const ReleaseFiles& files, const fs::path& folder) {
  for (const auto& [path, text] : files.texts) {
    ASSAY_CHECK(make_directories((folder / path).parent_path()));
    ASSAY_CHECK(write_new(folder / path, text));
  }
  for (const auto& [path, digest] : files.wheels) {
    ASSAY_CHECK(make_directories((folder / path).parent_path()));
    ASSAY_CHECK(copy_blob(store.blobs, digest, folder / path));
  }
  if (!files.envelope.empty()) {
    ASSAY_CHECK(write_new(folder / "manifest.dsse.json", files.envelope));
  }
  return write_new(folder / "manifest.json", files.manifest.text());
}

Result<std::vector<std::string>> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return path_error("could not list", folder, error.value());
  }
  return names;
}

}  // namespace

fs::path ReleasesFolder::release(std::uint64_t number) const {
  return path_ / fmt::format("{}", number);
}

Result<> ReleasesFolder::remove_leftovers() const {
  ASSAY_TRY(const auto names, names_in(path_));
  for (const auto& name : names) {
    if (name.starts_with(new_prefix)) ASSAY_CHECK(remove_tree(path_ / name));
  }
  return {};
}

std::optional<std::uint64_t> ReleasesFolder::newest() const {
  std::optional<std::uint64_t> newest;
  for (const auto& name : names_in(path_).value_or(std::vector<std::string>())) {
    const auto number = release_number(name);
    if (number && (!newest || *number > *newest)) newest = number;
  }
  return newest;
}

Result<std::uint64_t> ReleasesFolder::latest() const {
  std::error_code error;
  const auto target = fs::read_symlink(path_ / "latest", error);
  if (error) {
    return fail(ErrorKind::not_found, fmt::format("{}: there is no release yet", path_.string()));
  }
  const auto number = release_number(target.string());
  if (!number) {
    return fail(ErrorKind::io,
                fmt::format("{}: points at {}, which is no release", (path_ / "latest").string(),
                            printable(target.string())));
  }
  return *number;
}

Result<> ReleasesFolder::add(const Store& store, const ReleaseFiles& files,
                             std::uint64_t number) const {
  ASSAY_TRY(auto folder, TemporaryDirectory::create(path_, new_prefix));
  ASSAY_CHECK(write_files(store, files, folder.path()));
  // A web server of another user reads it.
  if (::chmod(folder.path().c_str(), 0755) != 0) return path_error("could not open up", folder.path());
  ASSAY_CHECK(sync_tree(folder.path()));
  ASSAY_CHECK(rename_path(folder.path(), release(number)));
  folder.release();
  return sync_folder(path_);
}

Result<> ReleasesFolder::switch_latest(std::uint64_t number) const {
  const auto link = path_ / fmt::format("{}latest", new_prefix);
  std::error_code error;
  fs::create_symlink(fmt::format("{}", number), link, error);
  if (error) return path_error("could not make", link, error.value());
  ASSAY_CHECK(rename_path(link, path_ / "latest"));
  return sync_folder(path_);
}

}  // namespace assay
