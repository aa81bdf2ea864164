#include "advisories/source_content.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <vector>

#include "io/archive.h"
#include "io/files.h"
#include "io/mapped_file.h"

namespace assay {

namespace {

constexpr std::uint64_t fetch_limit = 512ULL << 20;    // bytes of a file
constexpr std::uint64_t record_limit = 16ULL << 20;    // bytes of a file in an archive
constexpr std::uint64_t unpacked_limit = 1ULL << 30;   // bytes of a file that is packed by itself

using Sink = std::function<Result<>(std::string_view, std::string_view)>;

bool is_packed(std::string_view name) { return name.ends_with(".gz"); }

bool tells(std::string_view name) {
  if (is_packed(name)) name.remove_suffix(std::string_view(".gz").size());
  return name.ends_with(".json") || name.ends_with(".csv");
}

Result<> unpack(std::string_view name, std::string_view bytes, const Sink& sink) {
  if (!bytes.starts_with("\x1f\x8b")) return sink(name, bytes);
  return read_archive_bytes(bytes, ArchiveLimits{.file_bytes = unpacked_limit},
                            [&](const ArchiveEntry&, std::string_view text) {
                              return sink(name, text);
                            });
}

Result<> read_members(const fs::path& archive, const Sink& sink) {
  return read_archive(archive, ArchiveLimits{.file_bytes = unpacked_limit},
                      [&](const ArchiveEntry& entry, std::string_view bytes) -> Result<> {
                        if (!entry.link_target.empty() || !tells(entry.path)) return {};
                        if (entry.path.ends_with(".json") && bytes.size() > record_limit &&
                            !bytes.substr(0, 4096).contains("\"NVD_CVE\"")) {
                          return fail(ErrorKind::invalid_input, entry.path + " is above 16 MiB");
                        }
                        return unpack(entry.path, bytes, sink);
                      });
}

SourceContent content_of_file(fs::path file, std::string name, const Digest& digest) {
  return {.digest = digest,
          .one_file = true,
          .read = [file = std::move(file), name = std::move(name)](const Sink& sink) -> Result<> {
            ASSAY_TRY(const auto mapped, MappedFile::open(file));
            if (mapped.bytes().starts_with("PK")) return read_members(file, sink);
            return unpack(name, mapped.bytes(), sink);
          }};
}

Result<std::vector<fs::path>> telling_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const bool regular = entry->is_regular_file(error);
    if (!error && regular && tells(entry->path().native())) files.push_back(entry->path());
  }
  if (error) return fail(ErrorKind::io, fmt::format("{}: {}", folder.string(), error.message()));
  std::ranges::sort(files);
  return files;
}

// The files are read once to name them; whoever reads the records later finds them in memory.
Result<SourceContent> content_of_folder(const fs::path& folder) {
  struct File {
    std::string name;
    std::string bytes;
  };
  ASSAY_TRY(const auto paths, telling_files(folder));
  auto files = std::make_shared<std::vector<File>>();
  Sha256 hash;
  for (const fs::path& path : paths) {
    ASSAY_TRY(auto bytes, read_file(path));
    const std::string name = path.lexically_relative(folder).string();
    hash.update(fmt::format("{} {}\n", name, bytes.size()));
    hash.update(bytes);
    files->push_back({name, std::move(bytes)});
  }
  return SourceContent{.digest = hash.finish(), .read = [files](const Sink& sink) -> Result<> {
                         for (const File& file : *files) {
                           ASSAY_CHECK(unpack(file.name, file.bytes, sink));
                         }
                         return {};
                       }};
}

Result<SourceContent> content_at_path(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) {
    return fail(ErrorKind::not_found, fmt::format("{} is not there", path.string()));
  }
  if (fs::is_directory(status)) return content_of_folder(path);
  ASSAY_TRY(const auto mapped, MappedFile::open(path));
  return content_of_file(path, path.filename().string(), sha256(mapped.bytes()));
}

Result<SourceContent> content_of_page(const CachedPage& page, const Store& store) {
  ASSAY_TRY(auto content, content_of_blob(page.body, page.url, store));
  content.fetched = page.fetched;
  return content;
}

HttpRequest request_for(const std::string& url, const std::optional<CachedPage>& kept) {
  HttpRequest request{.url = url, .headers = {}, .max_bytes = fetch_limit};
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

Result<SourceContent> content_at_url(const std::string& url, const SourceAccess& access) {
  ASSAY_TRY(const auto kept, kept_file(url, access));
  if (access.offline) {
    if (!kept) return fail(ErrorKind::not_found, "offline, and no copy was kept");
    return content_of_page(*kept, access.store);
  }
  const auto page = fetch_file(url, access);
  if (page) {
    ASSAY_TRY(auto content, content_of_page(*page, access.store));
    content.keep = [url, access, page = *page] { return keep_page(url, page, access); };
    return content;
  }
  if (!kept || page.error().kind != ErrorKind::network) return std::unexpected(page.error());
  ASSAY_TRY(auto content, content_of_page(*kept, access.store));
  content.kept_because = page.error().message;
  return content;
}

}  // namespace

Result<SourceContent> content_of_blob(const Digest& blob, std::string_view name, const Store& store) {
  if (!store.blobs.has(blob)) {
    return fail(ErrorKind::not_found, "the copy that was kept is gone from the store");
  }
  return content_of_file(store.blobs.path_of(blob), std::string(name), blob);
}

Result<std::optional<CachedPage>> kept_file(const std::string& url, const SourceAccess& access) {
  ASSAY_TRY(auto kept, access.store.catalogue.page(url));
  if (kept && !access.store.blobs.has(kept->body)) kept.reset();
  return kept;
}

Result<CachedPage> fetch_file(const std::string& url, const SourceAccess& access) {
  ASSAY_TRY(auto kept, kept_file(url, access));
  const Time now = access.clock.now();
  ASSAY_TRY(auto response, access.http.get(request_for(url, kept)));
  if (response.status == 304 && kept) {
    kept->fetched = now;
    ASSAY_CHECK(keep_page(url, *kept, access));
    return *std::move(kept);
  }
  if (response.status != 200) {
    return fail(ErrorKind::network, fmt::format("the server answered {}", response.status));
  }
  ASSAY_TRY(const Blob blob, access.store.blobs.put(response.body));
  return CachedPage{.body = blob.digest,
                    .etag = header(response, "etag"),
                    .last_modified = header(response, "last-modified"),
                    .content_type = header(response, "content-type"),
                    .url = response.url,
                    .fetched = now};
}

// What is named must be there, whatever happens to the machine.
Result<> keep_page(const std::string& url, const CachedPage& page, const SourceAccess& access) {
  ASSAY_CHECK(access.store.blobs.sync());
  return access.store.catalogue.set_page(url, page);
}

Result<SourceContent> find_file(const std::string& location, const SourceAccess& access) {
  if (may_carry_advisories(location)) return content_at_url(location, access);
  if (is_url(location)) return fail(ErrorKind::invalid_input, "neither an https URL nor a path");
  return content_at_path(access.set_folder / location);
}

}  // namespace assay
