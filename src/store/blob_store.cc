#include "store/blob_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "io/files.h"

namespace assay {

namespace {

// A file under tmp/ that becomes a blob or goes.
class NewBlob {
 public:
  static Result<NewBlob> create(const fs::path& folder) {
    std::string pattern = (folder / "blob-XXXXXX").string();
    Descriptor made(mkostemp(pattern.data(), O_CLOEXEC));
    if (!made) return path_error("could not make a file in", folder);
    return NewBlob(std::move(made), pattern);
  }
  ~NewBlob() {
    if (!path_.empty()) unlink(path_.c_str());
  }
  NewBlob(NewBlob&& other) noexcept
      : descriptor_(std::move(other.descriptor_)), path_(std::exchange(other.path_, {})) {}

  Result<> write(std::string_view bytes) { return write_all(descriptor_, bytes, path_); }

  Result<> become(const fs::path& blob) {
    if (fchmod(descriptor_.get(), 0444) != 0) return path_error("could not write", path_);
    ASSAY_CHECK(make_directories(blob.parent_path()));
    if (rename(path_.c_str(), blob.c_str()) != 0) return path_error("could not write", blob);
    path_.clear();
    return {};
  }

 private:
  NewBlob(Descriptor descriptor, std::string path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}
  Descriptor descriptor_;
  std::string path_;
};

// A power cut can leave a file without its bytes; that one is written again.
bool stands(const fs::path& path, const Blob& blob) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 &&
         static_cast<std::uint64_t>(status.st_size) == blob.size;
}

}  // namespace

Result<BlobStore> BlobStore::open(fs::path root) {
  BlobStore store(std::move(root));
  for (const char* folder : {"blobs", "tmp", "partial"}) {
    ASSAY_CHECK(make_directories(store.root_ / folder));
  }
  ASSAY_CHECK(store.enter());
  return store;
}

Result<> BlobStore::enter() {
  const fs::path path = root_ / "in-use";
  auto file =
      std::make_shared<Descriptor>(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!*file) return path_error("could not open", path);
  if (flock(file->get(), LOCK_EX | LOCK_NB) == 0) {
    std::error_code error;
    for (fs::directory_iterator left(temporary(), error), end; !error && left != end;
         left.increment(error)) {
      ASSAY_CHECK(remove_tree(left->path()));
    }
  }
  if (flock(file->get(), LOCK_SH) != 0) return path_error("could not lock", path);
  in_use_ = std::move(file);
  return {};
}

Result<Blob> BlobStore::put(std::string_view bytes) {
  const Blob blob{sha256(bytes), bytes.size()};
  if (stands(path_of(blob.digest), blob)) return blob;
  ASSAY_TRY(auto file, NewBlob::create(temporary()));
  ASSAY_CHECK(file.write(bytes));
  ASSAY_CHECK(file.become(path_of(blob.digest)));
  return blob;
}

Result<Blob> BlobStore::put_file(const fs::path& file, bool move) {
  ASSAY_TRY(const Descriptor source, open_file(file));
  ASSAY_TRY(auto copy, NewBlob::create(temporary()));
  Sha256 hash;
  Blob blob;
  std::array<char, 1 << 16> buffer;
  for (;;) {
    const ssize_t got = read(source.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return path_error("could not read", file);
    if (got == 0) break;
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    hash.update(bytes);
    blob.size += bytes.size();
    ASSAY_CHECK(copy.write(bytes));
  }
  blob.digest = hash.finish();
  const fs::path path = path_of(blob.digest);
  if (!stands(path, blob)) ASSAY_CHECK(copy.become(path));
  if (move && unlink(file.c_str()) != 0) return path_error("could not remove", file);
  return blob;
}

Result<std::string> BlobStore::get(const Digest& digest) const {
  const auto path = path_of(digest);
  ASSAY_TRY(auto bytes, read_file(path));
  if (sha256(bytes) != digest) {
    unlink(path.c_str());
    return fail(ErrorKind::io,
                fmt::format("{} was damaged and has been removed; run again to get it anew",
                            path.string()));
  }
  return bytes;
}

Result<> BlobStore::sync() const {
  const Descriptor folder(::open(root_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!folder || syncfs(folder.get()) != 0) return path_error("could not sync", root_);
  return {};
}

bool BlobStore::has(const Digest& digest) const {
  return access(path_of(digest).c_str(), F_OK) == 0;
}

fs::path BlobStore::path_of(const Digest& digest) const {
  const std::string hex = digest.hex();
  return root_ / "blobs" / hex.substr(0, 2) / hex.substr(2);
}

fs::path BlobStore::partial(const Digest& expected) const {
  return root_ / "partial" / expected.hex();
}

}  // namespace assay
