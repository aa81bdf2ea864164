#include "fetch/index.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/task_group.h"
#include "fetch/download.h"
#include "fetch/index_account.h"
#include "fetch/index_page.h"
#include "fetch/source_metadata.h"
#include "io/archive.h"
#include "package/file_name.h"
#include "package/record.h"

namespace assay {

namespace {

constexpr std::string_view accepted_pages =
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, "
    "text/html;q=0.1";
constexpr std::size_t requests_at_once = 8;
constexpr std::uint64_t max_metadata_bytes = 16ULL << 20;

// What is known of a project's page in this run. Its mutex is held while the page is asked for, so
// that it is asked for once.
struct PageSlot {
  std::mutex mutex;
  bool checked = false;  // asked for in this run
  std::optional<CachedPage> kept;
  Result<> outcome;
  Digest parsed_digest;
  std::shared_ptr<const std::vector<IndexFile>> parsed;
};

// Before the reason, in the place of metadata that can't be read; no metadata begins so.
constexpr std::string_view unreadable("\0", 1);

bool is_wheel(const IndexFile& file) { return file.file_name.ends_with(".whl"); }

// The wheel whose metadata stands for the version: a pure one where there is one, as that is what
// most platforms get.
const IndexFile* telling_wheel(const std::vector<IndexFile>& files) {
  const IndexFile* best = nullptr;
  for (const auto& file : files) {
    if (!is_wheel(file)) continue;
    if (file.has_metadata) return &file;
    const bool pure = file.file_name.ends_with("-none-any.whl");
    if (best == nullptr || (pure && !best->file_name.ends_with("-none-any.whl"))) best = &file;
  }
  return best;
}

bool is_wheel_metadata(std::string_view path) { return dist_info_member(path) == "METADATA"; }

// How long the whole is of which a part came: the number behind "/" (RFC 9110, 14.4). 0 if unknown.
std::uint64_t whole_size(const HttpResponse& response) {
  const auto header = response.headers.find("content-range");
  if (response.status != 206 || header == response.headers.end()) return 0;
  const std::string& text = header->second;
  const auto slash = text.find('/');
  std::uint64_t size = 0;
  if (slash != text.npos) {
    std::from_chars(text.data() + slash + 1, text.data() + text.size(), size);
  }
  return size;
}

}  // namespace

struct Index::State {
  State(const Options& given, HttpClient& client, Store& kept, std::stop_token stopped)
      : account(given.url),
        offline(given.offline),
        http(client),
        store(kept),
        actions(kept),
        stop(std::move(stopped)),
        background(requests_at_once, 100'000) {}

  std::string page_url(const Name& name) const {
    return account.index_url() + "/" + name.str() + "/";
  }

  Result<> no_such_project(const Name& name) const {
    return fail(ErrorKind::not_found, fmt::format("{}: the index has no such project ({} answers 404)",
                                                  name.str(), page_url(name)));
  }

  std::shared_ptr<PageSlot> slot(const Name& name) {
    std::scoped_lock lock(mutex);
    auto& found = slots[name];
    if (!found) found = std::make_shared<PageSlot>();
    return found;
  }

  Result<> check_page(PageSlot& slot, const Name& name, const std::optional<Time>& uploaded_before);
  Result<> ask_for_page(PageSlot& slot, const Name& name);
  Result<std::string> metadata_text(const Name& name, const Version& version,
                                    const std::vector<IndexFile>& files);
  Result<std::string> wheel_metadata(const IndexFile& wheel);
  Result<std::string> offered_metadata(const IndexFile& wheel);
  Result<std::string> metadata_by_ranges(const IndexFile& wheel);
  Result<HttpResponse> get_range(const IndexFile& file, std::uint64_t offset, std::uint64_t size);
  Result<Blob> fetch(IndexFile file);

  IndexAccount account;
  bool offline;
  HttpClient& http;
  Store& store;
  ActionRunner actions;
  std::stop_token stop;
  std::mutex mutex;
  std::map<Name, std::shared_ptr<PageSlot>> slots;
  TaskGroup background;  // last, so that its tasks end before what they use
};

// The slot's mutex is held by the caller.
Result<> Index::State::check_page(PageSlot& slot, const Name& name,
                                  const std::optional<Time>& uploaded_before) {
  if (slot.checked) return slot.outcome;
  if (!slot.kept) {
    ASSAY_TRY(slot.kept, store.catalogue.page(page_url(name)));
    if (slot.kept && !store.blobs.has(slot.kept->body)) slot.kept.reset();
  }
  if (offline) {
    if (slot.kept && slot.kept->absent) return no_such_project(name);
    if (slot.kept) return {};
    return fail(
        ErrorKind::network,
        fmt::format("{}: its index page was never fetched, and this run is offline", name.str()));
  }
  if (slot.kept && uploaded_before && slot.kept->fetched > *uploaded_before) {
    return slot.kept->absent ? no_such_project(name) : Result<>();
  }
  slot.outcome = ask_for_page(slot, name);
  // A stop says nothing about the page.
  slot.checked = slot.outcome || slot.outcome.error().kind != ErrorKind::cancelled;
  return slot.outcome;
}

Result<> Index::State::ask_for_page(PageSlot& slot, const Name& name) {
  const std::string url = page_url(name);
  HttpRequest request{.url = account.sign_in(url),
                      .headers = {{"Accept", std::string(accepted_pages)}}};
  if (slot.kept && !slot.kept->etag.empty()) request.headers["If-None-Match"] = slot.kept->etag;
  if (slot.kept && !slot.kept->last_modified.empty()) {
    request.headers["If-Modified-Since"] = slot.kept->last_modified;
  }
  ASSAY_TRY(auto response, context(http.get(request, stop), name.str()));
  if (response.status == 404) {
    ASSAY_TRY(const Blob nothing, store.blobs.put(""));
    slot.kept = {.body = nothing.digest, .url = url, .fetched = SystemClock().now(), .absent = true};
    ASSAY_CHECK(store.catalogue.set_page(url, *slot.kept));
    return no_such_project(name);
  }
  const bool unchanged = response.status == 304 && slot.kept && !slot.kept->absent;
  if (response.status != 200 && !unchanged) {
    return fail(ErrorKind::network,
                fmt::format("{}: {} answers {}", name.str(), url, response.status));
  }
  CachedPage page = unchanged ? *slot.kept : CachedPage{};
  if (!unchanged) {
    const auto header = [&](const char* key) { return response.headers[key]; };
    const std::string page_url = without_credentials(response.url);
    auto files = parse_index_page(response.body, header("content-type"), page_url);
    if (!files) {
      return fail(ErrorKind::network,
                  fmt::format("{}: {}: {}", name.str(), url, files.error().message));
    }
    ASSAY_TRY(const Blob blob, store.blobs.put(response.body));
    page = {blob.digest, header("etag"), header("last-modified"), header("content-type"), page_url,
            {}};
    slot.parsed_digest = blob.digest;
    slot.parsed = std::make_shared<const std::vector<IndexFile>>(*std::move(files));
  }
  page.fetched = SystemClock().now();
  ASSAY_CHECK(store.catalogue.set_page(url, page));
  slot.kept = std::move(page);
  return {};
}

Index::Index(Options options, HttpClient& http, Store& store, std::stop_token stop)
    : state_(std::make_unique<State>(options, http, store, std::move(stop))) {}
Index::~Index() = default;

Result<Index::Page> Index::page(const Name& name, std::optional<Time> uploaded_before) {
  const auto slot = state_->slot(name);
  std::scoped_lock lock(slot->mutex);
  ASSAY_CHECK(state_->check_page(*slot, name, uploaded_before));
  const CachedPage& kept = *slot->kept;
  if (!slot->parsed || slot->parsed_digest != kept.body) {
    ASSAY_TRY(const auto body, state_->store.blobs.get(kept.body));
    ASSAY_TRY(auto files, context(parse_index_page(body, kept.content_type, kept.url), name.str()));
    slot->parsed = std::make_shared<const std::vector<IndexFile>>(std::move(files));
    slot->parsed_digest = kept.body;
  }
  return Page{kept.body, slot->parsed};
}

Result<Digest> Index::page_digest(const Name& name, std::optional<Time> uploaded_before) {
  const auto slot = state_->slot(name);
  std::scoped_lock lock(slot->mutex);
  ASSAY_CHECK(state_->check_page(*slot, name, uploaded_before));
  return slot->kept->body;
}

void Index::prefetch(const std::vector<Name>& names, std::optional<Time> uploaded_before) {
  if (state_->offline) return;
  for (const auto& name : names) {
    state_->background.push([this, name, uploaded_before](std::stop_token stopped) -> Result<> {
      // What goes wrong here is told to whoever asks for the page itself.
      if (!stopped.stop_requested()) static_cast<void>(page_digest(name, uploaded_before));
      return {};
    });
  }
}

Result<Blob> Index::State::fetch(IndexFile file) {
  const bool here = file.sha256 && store.blobs.has(*file.sha256);
  if (offline && !here) {
    return fail(ErrorKind::network,
                fmt::format("{} was never fetched, and this run is offline", file.file_name));
  }
  file.url = account.sign_in(file.url);
  return download(file, http, store, stop);
}

// not_found if the file that the index promises is not there.
Result<std::string> Index::State::offered_metadata(const IndexFile& wheel) {
  ASSAY_TRY(auto response, http.get({.url = account.sign_in(wheel.url + ".metadata"),
                                     .headers = {},
                                     .max_bytes = max_metadata_bytes},
                                    stop));
  if (response.status != 200) {
    const auto kind = response.status == 404 ? ErrorKind::not_found : ErrorKind::network;
    return fail(kind, fmt::format("{}.metadata answers {}", wheel.url, response.status));
  }
  if (wheel.metadata_sha256 && sha256(response.body) != *wheel.metadata_sha256) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("{}.metadata has the SHA-256 {}, but the index says {}", wheel.file_name,
                    sha256(response.body).hex(), wheel.metadata_sha256->hex()));
  }
  return std::move(response.body);
}

Result<HttpResponse> Index::State::get_range(const IndexFile& file, std::uint64_t offset,
                                             std::uint64_t size) {
  const HttpRequest request{
      .url = account.sign_in(file.url),
      .headers = {{"Range", fmt::format("bytes={}-{}", offset, offset + size - 1)},
                  {"Accept-Encoding", "identity"}},
      .max_bytes = size};
  ASSAY_TRY(auto response, http.get(request, stop));
  if (response.status != 206 || response.body.size() != size) {
    return fail(ErrorKind::not_found, "the server serves no byte ranges");
  }
  return response;
}

Result<std::string> Index::State::metadata_by_ranges(const IndexFile& wheel) {
  std::uint64_t size = wheel.size;
  if (size == 0) {
    ASSAY_TRY(const auto first_byte, get_range(wheel, 0, 1));
    size = whole_size(first_byte);
  }
  return read_zip_member(
      size,
      [&](std::uint64_t offset, std::uint64_t count) -> Result<std::string> {
        ASSAY_TRY(auto response, get_range(wheel, offset, count));
        return std::move(response.body);
      },
      is_wheel_metadata, max_metadata_bytes);
}

Result<std::string> Index::State::wheel_metadata(const IndexFile& wheel) {
  const bool here = wheel.sha256 && store.blobs.has(*wheel.sha256);
  if (!here && !offline) {
    if (wheel.has_metadata) {
      auto text = offered_metadata(wheel);
      if (text || text.error().kind != ErrorKind::not_found) return text;
    }
    auto text = metadata_by_ranges(wheel);
    if (text || text.error().kind == ErrorKind::cancelled) return text;
  }
  // No ranges there, or no use of them: the whole wheel says it too, and its hash is checked.
  ASSAY_TRY(const Blob blob, fetch(wheel));
  ASSAY_TRY(const auto bytes, store.blobs.get(blob.digest));
  return context(read_zip_member(
                     bytes.size(),
                     [&](std::uint64_t offset, std::uint64_t size) -> Result<std::string> {
                       return bytes.substr(offset, size);
                     },
                     is_wheel_metadata, max_metadata_bytes),
                 wheel.file_name);
}

Result<std::string> Index::State::metadata_text(const Name& name, const Version& version,
                                                const std::vector<IndexFile>& files) {
  if (const IndexFile* wheel = telling_wheel(files)) return wheel_metadata(*wheel);
  for (const auto& file : files) {
    if (!SdistName::parse(file.file_name, name)) continue;
    ASSAY_TRY(const Blob blob, fetch(file));
    return source_metadata(store.blobs.path_of(blob.digest), name, version);
  }
  return fail(ErrorKind::invalid_input, "the index has no file to read its metadata from");
}

Result<Metadata> Index::metadata(const Name& name, const Version& version,
                                 const std::vector<IndexFile>& files) {
  const std::string title = name.str() + " " + version.str();
  ActionKey key{.kind = "metadata", .version = "3", .inputs = {}, .parameters = {title}};
  for (const auto& file : files) {
    key.inputs.push_back(file.sha256 ? file.sha256->hex() : file.url);
  }
  // That a source distribution does not tell is an answer too, and is kept as one: its bytes were checked.
  const bool of_source = telling_wheel(files) == nullptr;
  const auto text = state_->actions.run(key, [&]() -> Result<std::string> {
    auto found = state_->metadata_text(name, version, files);
    if (found || !of_source || found.error().kind != ErrorKind::invalid_input) return found;
    return std::string(unreadable) + found.error().message;
  });
  if (!text) return context(Result<Metadata>(std::unexpected(text.error())), title);
  if (text->starts_with(unreadable)) {
    return fail(ErrorKind::invalid_input, fmt::format("{}: {}", title, text->substr(unreadable.size())));
  }
  auto metadata = context(Metadata::parse(*text), title);
  if (metadata && (metadata->name != name || metadata->version != version)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{}: its metadata is that of {} {}", title, metadata->name.str(),
                            metadata->version.str()));
  }
  return metadata;
}

Result<Blob> Index::fetch(const IndexFile& file) { return state_->fetch(file); }

}  // namespace assay
