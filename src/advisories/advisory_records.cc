#include "advisories/advisory_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <vector>

#include "io/archive.h"
#include "io/files.h"

namespace assay {

namespace {

constexpr std::uint64_t archive_limit = 256ULL << 20;  // bytes
constexpr std::uint64_t record_limit = 16ULL << 20;    // bytes

bool is_record(std::string_view path) { return path.ends_with(".json"); }

AdvisoryRecords records_of_archive(fs::path archive, const Digest& digest) {
  return {digest, [archive = std::move(archive)](const AdvisoryRecords::Sink& sink) {
            return read_archive(archive, ArchiveLimits{.file_bytes = record_limit},
                                [&](const ArchiveEntry& entry, std::string_view bytes) -> Result<> {
                                  const bool file = entry.link_target.empty();
                                  if (file && is_record(entry.path)) sink(entry.path, bytes);
                                  return {};
                                });
          }};
}

Result<std::vector<fs::path>> record_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const bool regular = entry->is_regular_file(error);
    if (!error && regular && is_record(entry->path().native())) files.push_back(entry->path());
  }
  if (error) return fail(ErrorKind::io, fmt::format("{}: {}", folder.string(), error.message()));
  std::ranges::sort(files);
  return files;
}

// The files are read once to name them; whoever reads the records later finds them in memory.
Result<AdvisoryRecords> records_of_folder(const fs::path& folder) {
  struct File {
    std::string name;
    std::string json;
  };
  ASSAY_TRY(const auto paths, record_files(folder));
  auto files = std::make_shared<std::vector<File>>();
  Sha256 hash;
  for (const fs::path& path : paths) {
    ASSAY_TRY(auto json, read_file(path));
    const std::string name = path.lexically_relative(folder).string();
    hash.update(fmt::format("{} {}\n", name, json.size()));
    hash.update(json);
    files->push_back({name, std::move(json)});
  }
  return AdvisoryRecords{hash.finish(), [files](const AdvisoryRecords::Sink& sink) -> Result<> {
                           for (const File& file : *files) sink(file.name, file.json);
                           return {};
                         }};
}

Result<AdvisoryRecords> records_at_path(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) {
    return fail(ErrorKind::not_found, fmt::format("{} is not there", path.string()));
  }
  if (fs::is_directory(status)) return records_of_folder(path);
  ASSAY_TRY(const auto bytes, read_file(path));
  return records_of_archive(path, sha256(bytes));
}

Result<AdvisoryRecords> records_of_copy(const CachedPage& page, const Store& store) {
  if (!store.blobs.has(page.body)) {
    return fail(ErrorKind::not_found, "the copy that was kept is gone from the store");
  }
  return records_of_archive(store.blobs.path_of(page.body), page.body);
}

HttpRequest request_for(const std::string& url, const std::optional<CachedPage>& kept) {
  HttpRequest request{.url = url, .headers = {}, .max_bytes = archive_limit};
  if (kept && !kept->etag.empty()) {
    request.headers["If-None-Match"] = kept->etag;
  } else if (kept && !kept->last_modified.empty()) {
    request.headers["If-Modified-Since"] = kept->last_modified;
  }
  return request;
}

std::string header(const HttpResponse& response, const std::string& name) {
  const auto found = response.headers.find(name);
  return found == response.headers.end() ? "" : found->second;
}

// Asks for what is new. The page is what the store then keeps.
Result<CachedPage> fetch(const std::string& url, const std::optional<CachedPage>& kept,
                         const AdvisoryAccess& access) {
  const Time now = access.clock.now();
  ASSAY_TRY(auto response, access.http.get(request_for(url, kept)));
  if (response.status == 304 && kept) {
    CachedPage page = *kept;
    page.fetched = now;
    ASSAY_CHECK(access.store.catalogue.set_page(url, page));
    return page;
  }
  if (response.status != 200) {
    return fail(ErrorKind::network, fmt::format("the server answered {}", response.status));
  }
  ASSAY_TRY(const Blob blob, access.store.blobs.put(response.body));
  const CachedPage page{.body = blob.digest,
                        .etag = header(response, "etag"),
                        .last_modified = header(response, "last-modified"),
                        .content_type = header(response, "content-type"),
                        .url = response.url,
                        .fetched = now};
  ASSAY_CHECK(access.store.catalogue.set_page(url, page));
  return page;
}

Result<AdvisoryRecords> records_at_url(const std::string& url, const AdvisoryAccess& access) {
  ASSAY_TRY(auto kept, access.store.catalogue.page(url));
  if (kept && !access.store.blobs.has(kept->body)) kept.reset();
  if (access.offline) {
    if (!kept) return fail(ErrorKind::not_found, "offline, and no copy was kept");
    return records_of_copy(*kept, access.store);
  }
  const auto page = fetch(url, kept, access);
  if (page) return records_of_copy(*page, access.store);
  if (!kept || page.error().kind != ErrorKind::network) return std::unexpected(page.error());
  access.progress.note(
      NoteLevel::warning,
      fmt::format("advisories: {} could not be reached ({}); the copy of {} is used",
                  without_credentials(url), page.error().message, format_time(kept->fetched)));
  return records_of_copy(*kept, access.store);
}

bool is_this_machine(std::string_view url) {
  for (const std::string_view prefix : {"http://127.0.0.1", "http://localhost", "http://[::1]"}) {
    if (!url.starts_with(prefix)) continue;
    const auto rest = url.substr(prefix.size());
    if (rest.empty() || rest[0] == ':' || rest[0] == '/') return true;
  }
  return false;
}

}  // namespace

Result<AdvisoryRecords> find_records(const AdvisorySource& source, const AdvisoryAccess& access) {
  const std::string& location = source.location;
  if (location.starts_with("https://") || is_this_machine(location)) {
    return records_at_url(location, access);
  }
  if (location.find("://") != std::string::npos) {
    return fail(ErrorKind::invalid_input, "neither an https URL nor a path");
  }
  return records_at_path(access.set_folder / location);
}

}  // namespace assay
