#include "check/file_check.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>

#include "base/digest.h"
#include "base/text.h"
#include "io/files.h"

namespace assay {

namespace {

constexpr std::uint64_t most_bytes = std::uint64_t{1} << 30;    // of a file; more is not examined
constexpr std::uint64_t most_archive_bytes = std::uint64_t{4} << 30;
constexpr std::size_t archive_buffer = std::size_t{1} << 20;
constexpr std::size_t unknown_size = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kept_buffer = std::size_t{8} << 20;

std::string words_of(int error) { return std::generic_category().message(error); }

FileCheck::Packed packed_of(std::string text) {
  return text.empty() ? nullptr : std::make_shared<const std::string>(std::move(text));
}

}  // namespace

// What a thread needs to look at a file.
struct FileCheck::Workspace {
  PatternEngine::Scratch scratch;
  std::unique_ptr<char[]> buffer;
  std::size_t capacity = 0;

  // Room for so many bytes; what lay in the first `kept` stays.
  char* room(std::size_t bytes, std::size_t kept = 0) {
    if (bytes <= capacity) return buffer.get();
    const auto more = std::max(bytes, std::min(2 * capacity, whole_bytes + 1));
    auto grown = std::make_unique_for_overwrite<char[]>(more);
    std::copy_n(buffer.get(), kept, grown.get());
    buffer = std::move(grown);
    capacity = more;
    return buffer.get();
  }
};

// Reads on from where the file is; the count of bytes, fewer only at its end, or an errno. Where it is known
// how many there should be, no further read asks whether there are more.
static std::expected<std::size_t, int> read_up_to(const Descriptor& file, char* to, std::size_t size,
                                                  std::size_t expected = unknown_size) {
  std::size_t filled = 0;
  while (filled < size && filled != expected) {
    const ssize_t got = read(file.get(), to + filled, size - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

FileCheck::FileCheck(ContentCheck& contents, ResultCache& cache, std::string ruleset, CheckProgress& progress)
    : contents_(contents),
      cache_(cache),
      ruleset_(std::move(ruleset)),
      progress_(progress) {}

FileCheck::~FileCheck() = default;

Result<std::unique_ptr<FileCheck::Workspace>> FileCheck::borrow() {
  {
    const std::scoped_lock lock(mutex_);
    if (!idle_.empty()) {
      auto workspace = std::move(idle_.back());
      idle_.pop_back();
      return workspace;
    }
  }
  auto workspace = std::make_unique<Workspace>();
  ASSAY_TRY(workspace->scratch, contents_.make_scratch());
  return workspace;
}

void FileCheck::give_back(std::unique_ptr<Workspace> workspace) {
  if (workspace->capacity > kept_buffer) {
    workspace->buffer.reset();
    workspace->capacity = 0;
  }
  const std::scoped_lock lock(mutex_);
  idle_.push_back(std::move(workspace));
}

std::string FileCheck::own_finding(std::string_view rule, std::string_view within,
                                   std::string message, std::string_view told) {
  return contents_.own_finding(rule, within, told, role_of_(within), std::move(message));
}

std::string FileCheck::cannot_read(std::string_view within, int error) {
  if (error == ENOENT || error == ELOOP || error == ENOTDIR) {
    return own_finding(own_rules::vanished, within, "it was gone when it was to be read");
  }
  incomplete_ = true;
  return own_finding(own_rules::unreadable, within, "it could not be read: " + words_of(error));
}

Result<FileCheck::Packed> FileCheck::check_name(const Descriptor& root, const WalkedName& name) {
  std::string own;
  if (!is_utf8(name.path)) {
    own = own_finding(own_rules::odd_name, name.path,
                      fmt::format("its name is no UTF-8: {}", printable(name.path)));
  }
  Packed packed;
  switch (name.kind) {
    case WalkedName::Kind::file: {
      const char* const path = name.path.c_str();
      ASSAY_TRY(packed, name.folder == nullptr
                            ? check_file(root, path, name.path, &name)
                            : check_file(*name.folder, path + name.path.rfind('/') + 1, name.path, &name));
      break;
    }
    case WalkedName::Kind::link: own += check_link(root, name.path); break;
    case WalkedName::Kind::other:
      own += own_finding(own_rules::not_a_file, name.path,
                         "it is a FIFO, a socket or a device, and was not opened");
      break;
    case WalkedName::Kind::unreadable_folder: own += cannot_read(name.path, name.error); break;
  }
  if (own.empty()) return packed;
  if (packed != nullptr) own += *packed;
  return packed_of(std::move(own));
}

// What a link leads to is looked at where it lies, if it lies in the tree.
std::string FileCheck::check_link(const Descriptor& root, const std::string& path) {
  ++links_;
  char target[4096];
  const auto size = readlinkat(root.get(), path.c_str(), target, sizeof target);
  if (size < 0) return cannot_read(path, errno);
  const std::string_view to(target, static_cast<std::size_t>(size));
  const auto told = printable(shortened(to, 200));
  struct stat status{};
  if (fstatat(root.get(), path.c_str(), &status, 0) != 0) {
    const int error = errno;
    return own_finding(own_rules::link, path,
                       fmt::format("a link to {} leads nowhere: {}", told, words_of(error)));
  }
  // By its words: links below it may lead elsewhere still, and are told by themselves.
  std::ptrdiff_t depth = std::ranges::count(path, '/');
  bool leaves = to.starts_with('/');
  for (const auto part : split(to, '/')) {
    if (part == "..") --depth;
    else if (!part.empty() && part != ".") ++depth;
    leaves = leaves || depth < 0;
  }
  if (!leaves) return {};
  return own_finding(own_rules::link, path,
                     fmt::format("a link leads out, to {}; that was not looked at", told));
}

// A file that is looked at, and when that began.
struct FileCheck::Asked {
  std::string_view within;
  PathRole role;
  ResultCache::Key key{};
  std::int64_t read_at;
  SeenName* seen;

  void note(const FileStamp& stamp, const Packed& packed) const {
    if (seen == nullptr) return;
    seen->stamp = settled(stamp, read_at);
    seen->packed = packed;
  }
};

namespace {

FileCheck::Packed unless_empty(FileCheck::Packed packed) {
  return packed->empty() ? nullptr : packed;
}

}  // namespace

Result<FileCheck::Packed> FileCheck::check_file(const Descriptor& folder, const char* path,
                                                std::string_view within, const WalkedName* name) {
  const auto read_at = system_nanoseconds();
  SeenName* const seen = name == nullptr ? nullptr : name->seen;
  const auto* const known_name = name == nullptr ? nullptr : name->known;
  FileStamp stamp{};  // none where nothing could be known of it
  if (known_name != nullptr || cache_.keeps()) {
    struct stat status{};
    if (fstatat(folder.get(), path, &status, AT_SYMLINK_NOFOLLOW) != 0) {
      return packed_of(cannot_read(within, errno));
    }
    if (S_ISREG(status.st_mode)) stamp = stamp_of(status);
  }
  const bool has_stamp = stamp != FileStamp{};
  if (has_stamp && known_name != nullptr && known_name->stamp == stamp) {
    count_cached(stamp.size);
    seen->stamp = stamp;
    seen->packed = record_->answer_of(*known_name);
    return seen->packed;
  }
  ++looked_up_;
  Asked asked{within, role_of_(within), {}, read_at, seen};
  if (cache_.keeps()) asked.key = ResultCache::key(within, to_string(asked.role), ruleset_);
  if (has_stamp) {
    if (auto known = cache_.find(asked.key, stamp)) {
      count_cached(stamp.size);
      auto packed = unless_empty(std::move(known->packed));
      asked.note(stamp, packed);
      return packed;
    }
  }
  const Descriptor file(
      openat(folder.get(), path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file) return packed_of(cannot_read(within, errno));
  return check_opened(file, asked);
}

Result<FileCheck::Packed> FileCheck::check_opened(const Descriptor& file, const Asked& asked) {
  const auto within = asked.within;
  struct stat before{};
  if (fstat(file.get(), &before) != 0) return packed_of(cannot_read(within, errno));
  if (!S_ISREG(before.st_mode)) {
    return packed_of(own_finding(own_rules::vanished, within, "it became something else than a file"));
  }
  ++progress_.files;
  ASSAY_TRY(auto workspace, borrow());
  const auto size = static_cast<std::size_t>(before.st_size);
  // One byte more, so that the end is seen; what has grown since, its stamp tells.
  char* const buffer = workspace->room(std::min(size, whole_bytes) + 1);
  const auto got = read_up_to(file, buffer, std::min(size, whole_bytes) + 1,
                                size > 0 ? size : unknown_size);
  if (!got) {
    give_back(std::move(workspace));
    return packed_of(cannot_read(within, got.error()));
  }
  std::string packed;
  Digest digest;
  bool whole = true;
  if (*got <= size && *got <= whole_bytes) {
    const std::string_view bytes(buffer, *got);
    progress_.bytes += bytes.size();
    if (cache_.keeps()) digest = sha256(bytes);
    if (auto known = cache_.find(asked.key, digest)) {
      ++cached_;
      packed = *known->packed;
    } else {
      ASSAY_TRY(packed, contents_.check({within, "", bytes, asked.role}, workspace->scratch));
    }
  } else {
    ASSAY_TRY(packed, check_in_parts(file, within, *workspace, *got, whole));
  }
  give_back(std::move(workspace));
  struct stat after{};
  auto shared = std::make_shared<const std::string>(std::move(packed));
  const bool unchanged = fstat(file.get(), &after) == 0 && stamp_of(after) == stamp_of(before);
  if (unchanged && whole) cache_.add(asked.key, stamp_of(before), asked.read_at, digest, shared);
  shared = unless_empty(std::move(shared));
  if (unchanged && whole) asked.note(stamp_of(before), shared);
  return shared;
}

// Where the data begin behind a hole that takes up a whole part, or `at` itself. Its zeros are no line
// and nothing that any rule finds.
static std::uint64_t behind_hole(const Descriptor& file, std::uint64_t at) {
  auto data = lseek(file.get(), static_cast<off_t>(at), SEEK_DATA);
  if (data < 0 && errno == ENXIO) data = lseek(file.get(), 0, SEEK_END);
  const auto begin = data < 0 ? at : static_cast<std::uint64_t>(data);
  return begin < at + whole_bytes ? at : begin - overlap_bytes;
}

// The buffer holds the first `filled` bytes. Each further part begins with the end of the one
// before it. Nothing is looked up by the digest of what is examined in parts: none is made. `whole`:
// whether all of it was examined, so that the answer may be kept.
Result<std::string> FileCheck::check_in_parts(const Descriptor& file, std::string_view within,
                                              Workspace& workspace, std::size_t filled, bool& whole) {
  const PathRole role = role_of_(within);
  std::string packed;
  ContentCheck::Part part{.first = true, .last = false};
  std::uint64_t at = 0;    // in the file, of the buffer's first byte
  std::uint64_t seen = 0;  // bytes that were examined, before the buffer
  std::size_t counted = 0;  // bytes of the buffer
  for (std::size_t parts = 1;; ++parts) {
    char* const buffer = workspace.room(whole_bytes, filled);
    const auto got = read_up_to(file, buffer + filled, std::max(whole_bytes, filled) - filled);
    if (!got) {
      whole = false;
      return packed + cannot_read(within, got.error());
    }
    filled += *got;
    const std::string_view bytes(buffer, filled);
    progress_.bytes += bytes.size() - counted;
    part.last = filled < whole_bytes;
    ASSAY_TRY(const auto found,
              contents_.check_part({within, "", bytes, role}, part, workspace.scratch));
    packed += found;
    if (part.last) {
      if (parts > 1) {
        packed += own_finding(own_rules::in_parts, within,
                              fmt::format("it was examined in {} parts", parts));
      }
      return packed;
    }
    const auto next = filled - overlap_bytes;
    part.first = false;
    part.lines_before += static_cast<std::uint32_t>(std::ranges::count(bytes.substr(0, next), '\n'));
    at += next;
    seen += next;
    if (seen >= most_bytes) {
      whole = false;
      incomplete_ = true;
      return packed + own_finding(own_rules::too_large, within,
                                  fmt::format("only its first {} bytes were examined", at));
    }
    std::copy(buffer + next, buffer + filled, buffer);
    filled = counted = overlap_bytes;
    if (const auto behind = behind_hole(file, at); behind != at) {
      progress_.bytes += behind - at - filled;
      at = behind;
      filled = counted = 0;
    }
    lseek(file.get(), static_cast<off_t>(at + filled), SEEK_SET);
  }
}

Result<std::string> FileCheck::check_member(std::string_view path, std::string_view bytes) {
  ++progress_.files;
  progress_.bytes += bytes.size();
  ASSAY_TRY(auto workspace, borrow());
  auto packed = check_parts_of({path, path, bytes, role_of_(path)}, workspace->scratch);
  give_back(std::move(workspace));
  return packed;
}

Result<std::string> FileCheck::check_parts_of(const ContentCheck::Content& content,
                                              const PatternEngine::Scratch& scratch) {
  if (content.bytes.size() <= whole_bytes) return contents_.check(content, scratch);
  std::string packed;
  ContentCheck::Part part{.first = true, .last = false};
  std::size_t parts = 0;
  for (std::size_t at = 0; !part.last; ++parts) {
    ContentCheck::Content one = content;
    one.bytes = content.bytes.substr(at, whole_bytes);
    part.last = content.bytes.size() - at <= whole_bytes;
    ASSAY_TRY(const auto found, contents_.check_part(one, part, scratch));
    packed += found;
    const auto step = whole_bytes - overlap_bytes;
    part.first = false;
    part.lines_before += static_cast<std::uint32_t>(std::ranges::count(one.bytes.substr(0, step), '\n'));
    at += step;
  }
  return packed + own_finding(own_rules::in_parts, content.path,
                              fmt::format("it was examined in {} parts", parts), content.told);
}

Result<FileCheck::Packed> FileCheck::check_archive(
    const std::filesystem::path& path, const std::function<Result<std::string>()>& check) {
  const auto read_at = system_nanoseconds();
  const auto opened = open_file(path);
  struct stat status{};
  if (!opened || fstat(opened->get(), &status) != 0) return packed_of(cannot_read("", errno));
  if (stamp_of(status).size > most_archive_bytes) {
    incomplete_ = true;
    return packed_of(own_finding(
        own_rules::too_large, "", fmt::format("an archive of more than {} bytes was not opened", most_archive_bytes)));
  }
  const auto key = ResultCache::key(path.filename().string(), "archive", ruleset_);
  if (auto known = cache_.find(key, stamp_of(status))) {
    count_cached(stamp_of(status).size);
    return unless_empty(std::move(known->packed));
  }
  Sha256 hash;
  const auto buffer = std::make_unique_for_overwrite<char[]>(archive_buffer);
  for (;;) {
    const auto got = read_up_to(*opened, buffer.get(), archive_buffer);
    if (!got) return packed_of(cannot_read("", got.error()));
    hash.update({buffer.get(), *got});
    if (*got < archive_buffer) break;
  }
  const Digest digest = hash.finish();
  if (auto known = cache_.find(key, digest)) {
    count_cached(stamp_of(status).size);
    cache_.add(key, stamp_of(status), read_at, digest, known->packed);
    return unless_empty(std::move(known->packed));
  }
  const bool was_incomplete = incomplete_.exchange(false);
  ASSAY_TRY(auto text, check());
  auto packed = std::make_shared<const std::string>(std::move(text));
  if (!incomplete_) cache_.add(key, stamp_of(status), read_at, digest, packed);
  if (was_incomplete) incomplete_ = true;
  return unless_empty(std::move(packed));
}

void FileCheck::count_cached(std::uint64_t bytes) {
  ++cached_;
  ++progress_.files;
  progress_.bytes += bytes;
}

}  // namespace assay
