#include "fetch/download.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "io/descriptor.h"
#include "io/files.h"

namespace assay {

namespace {

constexpr std::uint64_t max_bytes = 4ULL << 30;
constexpr int attempts = 3;

// A download that may have begun before, held by one thread of one process at a time, with the
// digest of what it has.
class PartialFile {
 public:
  static Result<PartialFile> open(const fs::path& path, const std::stop_token& stop) {
    for (;;) {
      Descriptor opened(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
      if (!opened) return path_error("could not write", path);
      ASSAY_CHECK(lock(opened, path, stop));
      // Whoever held it may have finished and removed it meanwhile.
      if (!is_the_file_at(opened, path)) continue;
      PartialFile partial(std::move(opened), path);
      ASSAY_CHECK(partial.hash_what_is_there());
      return partial;
    }
  }

  std::uint64_t size() const { return size_; }
  const Result<>& outcome() const { return outcome_; }
  Digest digest() { return hash_.finish(); }  // once, when it is whole

  void restart() {
    if (ftruncate(descriptor_.get(), 0) != 0) outcome_ = path_error("could not write", path_);
    lseek(descriptor_.get(), 0, SEEK_SET);
    hash_ = Sha256();
    size_ = 0;
  }

  // False if it could not be written; outcome() then says why.
  bool append(std::string_view bytes) {
    hash_.update(bytes);
    if (outcome_) outcome_ = write_all(descriptor_, bytes, path_);
    size_ += bytes.size();
    return outcome_.has_value();
  }

 private:
  PartialFile(Descriptor descriptor, fs::path path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  static Result<> lock(const Descriptor& file, const fs::path& path, const std::stop_token& stop) {
    while (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK && errno != EINTR) return path_error("could not lock", path);
      if (stop.stop_requested()) return fail(ErrorKind::cancelled, "stopped");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return {};
  }

  static bool is_the_file_at(const Descriptor& file, const fs::path& path) {
    struct stat held{};
    struct stat there{};
    return fstat(file.get(), &held) == 0 && stat(path.c_str(), &there) == 0 &&
           held.st_ino == there.st_ino && held.st_dev == there.st_dev;
  }

  // Leaves the file's position behind its last byte.
  Result<> hash_what_is_there() {
    std::array<char, 1 << 16> buffer;
    for (;;) {
      const ssize_t got = read(descriptor_.get(), buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return path_error("could not read", path_);
      if (got == 0) return {};
      hash_.update(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
      size_ += static_cast<std::uint64_t>(got);
    }
  }

  Descriptor descriptor_;
  fs::path path_;
  Sha256 hash_;
  std::uint64_t size_ = 0;
  Result<> outcome_;
};

// Where the bytes of a 206 begin: "bytes 100-199/200" (RFC 9110, 14.4).
std::optional<std::uint64_t> range_start(const HttpResponse& response) {
  const auto header = response.headers.find("content-range");
  if (header == response.headers.end() || !header->second.starts_with("bytes "))
    return std::nullopt;
  const char* first = header->second.data() + 6;
  std::uint64_t start = 0;
  const auto parsed = std::from_chars(first, header->second.data() + header->second.size(), start);
  return parsed.ec == std::errc() ? std::optional(start) : std::nullopt;
}

class Download {
 public:
  Download(const IndexFile& file, HttpClient& http, PartialFile& partial, std::stop_token stop)
      : file_(file), http_(http), partial_(partial), stop_(std::move(stop)) {}

  Result<> run() {
    Result<> outcome;
    for (int attempt = 0; attempt < attempts && !whole(); ++attempt) {
      outcome = fetch_rest();
      if (outcome && file_.size > 0 && !whole()) {
        outcome = fail(ErrorKind::network,
                       fmt::format("{} of {} bytes came", partial_.size(), file_.size));
      }
      if (outcome || outcome.error().kind != ErrorKind::network) break;
    }
    return outcome;
  }

 private:
  bool whole() const { return file_.size > 0 && partial_.size() == file_.size; }

  std::uint64_t most() const { return file_.size > 0 ? file_.size : max_bytes; }

  // One request for what is still missing.
  Result<> fetch_rest() {
    if (partial_.size() > most()) partial_.restart();
    const std::uint64_t begun = partial_.size();
    HttpRequest request{.url = file_.url, .headers = {}, .max_bytes = max_bytes};
    if (begun > 0) {
      request.headers["Range"] = fmt::format("bytes={}-", begun);
      if (!validator_.empty()) request.headers["If-Range"] = validator_;
    }
    Result<> kept;
    bool first = true;
    auto response = http_.stream(
        request,
        [&](const HttpResponse& so_far, std::string_view bytes) {
          if (first) kept = begin(so_far, begun);
          first = false;
          if (kept && bytes.size() > most() - partial_.size()) {
            kept = fail(ErrorKind::invalid_input,
                        fmt::format("it has more than the {} bytes that the index tells", most()));
          }
          return kept && partial_.append(bytes);
        },
        stop_);
    ASSAY_CHECK(partial_.outcome());
    ASSAY_CHECK(kept);
    if (!response) return std::unexpected(std::move(response).error());
    return check_status(*response, begun);
  }

  // The first bytes of an answer are here: do they go on where the file ends?
  Result<> begin(const HttpResponse& response, std::uint64_t begun) {
    const auto etag = response.headers.find("etag");
    const bool strong = etag != response.headers.end() && !etag->second.starts_with("W/");
    validator_ = strong ? etag->second : "";
    if (response.status != 206) {
      partial_.restart();  // a server that knows no ranges sends all of it anew
    } else if (range_start(response) != begun) {
      partial_.restart();
      return fail(ErrorKind::network, "the server sends another range than was asked for");
    }
    return {};
  }

  Result<> check_status(const HttpResponse& response, std::uint64_t begun) {
    if (response.status == 200 || response.status == 206) return {};
    if (response.status == 416 && begun > 0) {
      partial_.restart();
      return fail(ErrorKind::network, "the server has less than was fetched before");
    }
    return fail(ErrorKind::network,
                fmt::format("{} answers {}", without_credentials(file_.url), response.status));
  }

  const IndexFile& file_;
  HttpClient& http_;
  PartialFile& partial_;
  std::stop_token stop_;
  std::string validator_;  // the ETag of what came so far, if it is a strong one
};

Blob blob_in_store(const Store& store, const IndexFile& file) {
  std::error_code error;
  const auto size = fs::file_size(store.blobs.path_of(*file.sha256), error);
  return Blob{*file.sha256, error ? file.size : size};
}

// One download, from what is there already. Nothing, if that turned out to be wrong: it is gone
// now, so that the next try begins anew.
Result<std::optional<Blob>> try_download(const IndexFile& file, HttpClient& http, Store& store,
                                         const std::stop_token& stop) {
  const fs::path path = store.blobs.partial(*file.sha256);
  ASSAY_TRY(auto partial, PartialFile::open(path, stop));
  if (store.blobs.has(*file.sha256)) {  // another has just fetched it
    ASSAY_CHECK(remove_tree(path));
    return blob_in_store(store, file);
  }
  const bool begun_before = partial.size() > 0;
  const auto outcome = Download(file, http, partial, stop).run();
  const bool is_wrong = !outcome && outcome.error().kind == ErrorKind::invalid_input;
  if (!outcome && !is_wrong) return std::unexpected(outcome.error());
  const Digest digest = partial.digest();
  if (outcome && digest == *file.sha256) {
    ASSAY_TRY(const Blob blob, store.blobs.put_file(path, true));
    ASSAY_CHECK(store.blobs.sync());
    return blob;
  }
  ASSAY_CHECK(remove_tree(path));
  if (begun_before) return std::nullopt;
  ASSAY_CHECK(outcome);
  return fail(ErrorKind::invalid_input, fmt::format("it has the SHA-256 {}, but the index says {}",
                                                    digest.hex(), file.sha256->hex()));
}

}  // namespace

Result<Blob> download(const IndexFile& file, HttpClient& http, Store& store, std::stop_token stop) {
  if (!file.sha256) {
    return fail(ErrorKind::invalid_input,
                fmt::format("the index gives no SHA-256 for {}", file.file_name));
  }
  if (store.blobs.has(*file.sha256)) return blob_in_store(store, file);
  for (;;) {
    ASSAY_TRY(const auto blob, context(try_download(file, http, store, stop), file.file_name));
    if (blob) return *blob;
  }
}

}  // namespace assay
