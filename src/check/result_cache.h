#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "check/file_stamp.h"
#include "io/descriptor.h"

namespace assay {

// Answers of earlier checks, in one file: by what was asked (path, role, rules) and by the content's
// digest, or by the file's stamp where it is settled. The file is read when the first answer is looked
// for, and replaced whole; of runs at the same time each adds what it found. One that is damaged counts
// as empty and is said; an answer that is damaged counts as none.
class ResultCache {
 public:
  using Key = std::array<std::uint8_t, 16>;

  // `limit`: bytes of the file; what was not used for longest goes first.
  static ResultCache open(const std::filesystem::path& folder,
                          std::uint64_t limit = std::uint64_t{256} << 20);
  // Nothing known, nothing kept.
  ResultCache() = default;

  bool keeps() const { return !folder_.empty(); }

  static Key key(std::string_view path, std::string_view role, std::string_view ruleset);

  using Packed = std::shared_ptr<const std::string>;
  struct Answer {
    Digest digest;
    Packed packed;
  };
  std::optional<Answer> find(const Key& key, const FileStamp& stamp) const;
  std::optional<Answer> find(const Key& key, const Digest& digest) const;

  // For any thread. `read_at`: before the file was looked at, in nanoseconds of the system's clock.
  void add(const Key& key, const FileStamp& stamp, std::int64_t read_at, const Digest& digest,
           Packed packed);

  // Writes what was added beside what is there.
  Result<> save();
  // "" if all that was read is well.
  std::string complaint() const { return kept_ == nullptr ? "" : kept_->complaint; }

 private:
  // As it stands in the file; entries are sorted by key.
  struct Entry {
    Key key;
    std::array<std::uint8_t, Digest::size> digest;
    FileStamp stamp;
    std::uint64_t offset = 0;
    std::uint64_t check = 0;  // of the answer's bytes
    std::uint32_t size = 0;
    std::uint32_t day = 0;  // it was last written
  };
  struct Added {
    Entry entry;
    Packed packed;
  };

  static constexpr std::size_t buckets = 1 << 16;
  static std::size_t bucket_of(const Key& key);

  // The file, as it was read.
  struct Kept {
    std::once_flag read;
    Descriptor file;
    std::uint64_t size = 0;
    std::vector<Entry> entries;
    std::uint64_t answers_begin = 0;  // in the file
    std::string answers;              // all, unless they are too many to be read at once
    std::vector<std::uint32_t> begins;  // of each bucket of entries, and the last one's end
    std::string complaint;

    Result<> read_file(const std::filesystem::path& path);
    void index();
    void forget();
    Packed bytes_of(const Entry& entry) const;
  };

  const Kept& kept() const;  // reads it where nobody did
  std::span<const Entry> entries_of(const Key& key) const;
  std::optional<Answer> answer(const Entry& entry) const;
  std::vector<Added> merged() const;

  std::filesystem::path folder_;
  std::uint64_t limit_ = 0;
  std::unique_ptr<Kept> kept_;
  std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();
  std::vector<Added> added_;
};

}  // namespace assay
