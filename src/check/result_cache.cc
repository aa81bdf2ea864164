#include "check/result_cache.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <span>
#include <thread>
#include <type_traits>
#include <unordered_set>

#include "io/files.h"

namespace assay {

namespace {

constexpr std::array<char, 16> magic = {'a', 's', 's', 'a', 'y', ' ', 'c', 'h',
                                        'e', 'c', 'k', ' ', '1', '\n'};
struct Header {
  std::array<char, 16> magic;
  std::uint64_t count;
  std::uint64_t check;  // of the entries
};
constexpr std::uint64_t most_at_once = 64ULL << 20;  // bytes of answers

std::uint64_t check_of(std::string_view bytes) {
  const Digest digest = sha256(bytes);
  std::uint64_t value;
  std::memcpy(&value, digest.bytes().data(), sizeof value);
  return value;
}

template <class T>
std::string_view bytes_of_all(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

bool read_at(const Descriptor& file, void* to, std::size_t size, std::uint64_t offset) {
  auto* at = static_cast<char*>(to);
  while (size > 0) {
    const ssize_t got = pread(file.get(), at, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    size -= static_cast<std::size_t>(got);
    offset += static_cast<std::uint64_t>(got);
  }
  return true;
}

// A key is a digest: its first bytes spread as well as any hash of it.
struct KeyedHash {
  std::size_t operator()(const auto& keyed) const {
    std::size_t hash;
    std::memcpy(&hash, keyed.first.data(), sizeof hash);
    return hash;
  }
};

std::uint32_t today() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::days>(now).count());
}

fs::path file_in(const fs::path& folder) { return folder / "results"; }

// Another run may be writing; it takes a moment.
std::optional<FileLock> lock_of(const fs::path& folder) {
  for (int attempt = 0; attempt < 40; ++attempt) {
    if (auto lock = FileLock::acquire(folder / "lock")) return std::move(*lock);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return std::nullopt;
}

}  // namespace

ResultCache ResultCache::open(const fs::path& folder, std::uint64_t limit) {
  ResultCache cache;
  cache.folder_ = folder;
  cache.limit_ = limit;
  cache.kept_ = std::make_unique<Kept>();
  return cache;
}

const ResultCache::Kept& ResultCache::kept() const {
  std::call_once(kept_->read, [&] {
    if (auto read = kept_->read_file(file_in(folder_)); !read) {
      kept_->forget();
      if (read.error().kind != ErrorKind::not_found) {
        kept_->complaint = fmt::format("the cache counts as empty: {}", read.error().message);
      }
    }
  });
  return *kept_;
}

void ResultCache::Kept::forget() {
  file.close();
  entries.clear();
  answers.clear();
  size = 0;
}

Result<> ResultCache::Kept::read_file(const fs::path& path) {
  static_assert(std::is_trivially_copyable_v<Entry> && sizeof(Entry) == 112);
  ASSAY_TRY(file, open_file(path));
  struct stat status{};
  if (fstat(file.get(), &status) != 0) return path_error("could not read", path);
  size = static_cast<std::uint64_t>(status.st_size);
  Header header{};
  const auto damaged = [&] {
    return fail(ErrorKind::invalid_input, fmt::format("{} is damaged", path.string()));
  };
  if (!read_at(file, &header, sizeof header, 0) || header.magic != magic) return damaged();
  if (header.count > (size - sizeof header) / sizeof(Entry)) return damaged();
  entries.resize(header.count);
  if (!read_at(file, entries.data(), header.count * sizeof(Entry), sizeof header)) {
    return damaged();
  }
  if (check_of(bytes_of_all(entries)) != header.check) return damaged();
  index();
  answers_begin = sizeof header + header.count * sizeof(Entry);
  if (size - answers_begin > most_at_once) return {};
  answers.resize(size - answers_begin);
  return read_at(file, answers.data(), answers.size(), answers_begin) ? Result<>() : damaged();
}

// Keys are digests: their first bits say nearly where an entry stands.
std::size_t ResultCache::bucket_of(const Key& key) {
  return (std::size_t{key[0]} << 8) | key[1];
}

void ResultCache::Kept::index() {
  begins.assign(buckets + 1, 0);
  for (const Entry& entry : entries) ++begins[bucket_of(entry.key) + 1];
  for (std::size_t i = 0; i < buckets; ++i) begins[i + 1] += begins[i];
}

ResultCache::Key ResultCache::key(std::string_view path, std::string_view role,
                                  std::string_view ruleset) {
  std::string text;
  text.reserve(path.size() + role.size() + ruleset.size() + 2);
  text.append(ruleset).append("\n").append(role).append("\n").append(path);
  Key key;
  std::memcpy(key.data(), sha256(text).bytes().data(), key.size());
  return key;
}

std::span<const ResultCache::Entry> ResultCache::entries_of(const Key& key) const {
  if (folder_.empty() || kept().entries.empty()) return {};
  const auto bucket = bucket_of(key);
  const auto begin = kept().begins[bucket];
  return std::ranges::equal_range(
      std::span(kept().entries).subspan(begin, kept().begins[bucket + 1] - begin), key, {}, &Entry::key);
}

// Nothing if they are damaged.
ResultCache::Packed ResultCache::Kept::bytes_of(const Entry& entry) const {
  static const auto none = std::make_shared<const std::string>();
  if (entry.size == 0) return none;
  if (entry.offset > size || entry.size > size - entry.offset) return nullptr;
  std::string bytes;
  if (entry.offset >= answers_begin && entry.offset - answers_begin < answers.size()) {
    bytes = answers.substr(entry.offset - answers_begin, entry.size);
  } else {
    bytes.resize(entry.size);
    if (!read_at(file, bytes.data(), bytes.size(), entry.offset)) return nullptr;
  }
  if (check_of(bytes) != entry.check) return nullptr;
  return std::make_shared<const std::string>(std::move(bytes));
}

std::optional<ResultCache::Answer> ResultCache::answer(const Entry& entry) const {
  auto packed = kept().bytes_of(entry);
  if (packed == nullptr) return std::nullopt;
  return Answer{Digest(entry.digest), std::move(packed)};
}

std::optional<ResultCache::Answer> ResultCache::find(const Key& key, const FileStamp& stamp) const {
  if (stamp.inode == 0) return std::nullopt;
  for (const Entry& entry : entries_of(key)) {
    if (entry.stamp == stamp) return answer(entry);
  }
  return std::nullopt;
}

std::optional<ResultCache::Answer> ResultCache::find(const Key& key, const Digest& digest) const {
  for (const Entry& entry : entries_of(key)) {
    if (std::ranges::equal(entry.digest, digest.bytes())) return answer(entry);
  }
  return std::nullopt;
}

void ResultCache::add(const Key& key, const FileStamp& stamp, std::int64_t read_at,
                      const Digest& digest, Packed packed) {
  if (folder_.empty()) return;
  Added added;
  added.entry.key = key;
  std::ranges::copy(digest.bytes(), added.entry.digest.begin());
  added.entry.stamp = settled(stamp, read_at);
  added.entry.size = static_cast<std::uint32_t>(packed->size());
  if (!packed->empty()) added.entry.check = check_of(*packed);
  added.entry.day = today();
  added.packed = std::move(packed);
  const std::scoped_lock lock(*mutex_);
  added_.push_back(std::move(added));
}

// What was added comes first and counts for its content and stamp; then what was there, the newest
// first, as far as the limit goes.
std::vector<ResultCache::Added> ResultCache::merged() const {
  std::vector<Added> all;
  std::uint64_t bytes = sizeof(Header);
  std::unordered_set<std::pair<Key, std::array<std::uint8_t, Digest::size>>, KeyedHash> unstamped;
  std::unordered_set<std::pair<Key, FileStamp>, KeyedHash> stamped;
  const auto take = [&](const Entry& entry, auto&& packed_of) {
    const bool is_new = entry.stamp.inode == 0 ? unstamped.emplace(entry.key, entry.digest).second
                                               : stamped.emplace(entry.key, entry.stamp).second;
    if (!is_new || bytes + sizeof(Entry) + entry.size > limit_) return;
    Packed packed = packed_of();
    if (packed == nullptr) return;
    bytes += sizeof(Entry) + packed->size();
    all.push_back({entry, std::move(packed)});
  };
  for (const Added& added : added_) {
    take(added.entry, [&] { return added.packed; });
  }
  std::vector<const Entry*> old;
  for (const Entry& entry : kept().entries) old.push_back(&entry);
  std::ranges::stable_sort(old, std::ranges::greater(), [](const Entry* one) { return one->day; });
  for (const Entry* entry : old) take(*entry, [&] { return kept().bytes_of(*entry); });
  std::ranges::sort(all, {}, [](const Added& one) {
    return std::tie(one.entry.key, one.entry.digest, one.entry.stamp);
  });
  return all;
}

Result<> ResultCache::save() {
  if (folder_.empty() || added_.empty()) return {};
  ASSAY_CHECK(make_directories(folder_));
  const auto lock = lock_of(folder_);
  if (!lock) return {};  // it keeps its own; this run's answers are found again by the next
  ResultCache now = open(folder_, limit_);
  now.added_ = std::move(added_);
  auto all = now.merged();
  std::vector<Entry> entries;
  std::uint64_t offset = sizeof(Header) + all.size() * sizeof(Entry);
  for (Added& one : all) {
    one.entry.offset = offset;
    offset += one.packed->size();
    entries.push_back(one.entry);
  }
  const Header header{magic, entries.size(), check_of(bytes_of_all(entries))};
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  bytes.reserve(offset);
  bytes += bytes_of_all(entries);
  for (const Added& one : all) bytes += *one.packed;
  return replace_file(file_in(folder_), bytes);
}

}  // namespace assay
