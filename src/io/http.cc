#include "io/http.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "base/text.h"

namespace assay {

namespace {

using Sink = std::function<bool(const HttpResponse&, std::string_view)>;

constexpr std::size_t max_header_bytes = 1 << 20;

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct FreeText {
  void operator()(char* text) const { curl_free(text); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

// One transfer, from the call that wants it to the loop and back.
struct Transfer {
  std::unique_ptr<CURL, FreeEasy> easy;
  std::unique_ptr<curl_slist, FreeList> headers;
  HttpResponse response;
  Sink sink;  // empty: the body is kept
  std::uint64_t max_bytes = 0;
  std::uint64_t received = 0;
  std::size_t header_bytes = 0;
  std::atomic<bool> abort = false;
  bool too_large = false;
  bool sink_refused = false;
  bool done = false;
  CURLcode code = CURLE_OK;
  std::array<char, CURL_ERROR_SIZE> words{};
};

std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string_view line(bytes, size * count);
  transfer.header_bytes += line.size();
  if (transfer.header_bytes > max_header_bytes) return 0;
  if (line.starts_with("HTTP/")) {  // a new answer begins: a redirect's headers are not this one's
    transfer.response.headers.clear();
    return line.size();
  }
  const auto colon = line.find(':');
  if (colon != line.npos) {
    transfer.response.headers[lower(trim(line.substr(0, colon)))] = trim(line.substr(colon + 1));
  }
  return line.size();
}

std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string_view part(bytes, size * count);
  transfer.received += part.size();
  if (transfer.received > transfer.max_bytes) {
    transfer.too_large = true;
    return 0;
  }
  long status = 0;
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
  transfer.response.status = static_cast<int>(status);
  const bool wanted = status == 200 || status == 206 || status == 0;  // 0: a file URL
  if (!transfer.sink || !wanted) {
    transfer.response.body += part;
    return part.size();
  }
  if (transfer.sink(transfer.response, part)) return part.size();
  transfer.sink_refused = true;
  return 0;
}

bool worth_another_try(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: return true;
    default: return false;
  }
}

bool worth_another_try(int status) {
  return status == 429 || status == 500 || (status >= 502 && status <= 504);
}

// Seconds from a Retry-After header, 0 if there is none; a date there counts as none.
unsigned retry_after(const HttpResponse& response) {
  const auto found = response.headers.find("retry-after");
  unsigned seconds = 0;
  if (found != response.headers.end()) {
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), seconds);
  }
  return std::min(seconds, 30U);
}

}  // namespace

std::string certificates_from_environment() {
  for (const char* name : {"PIP_CERT", "SSL_CERT_FILE", "CURL_CA_BUNDLE"}) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  }
  return "";
}

struct HttpClient::State {
  explicit State(Options given) : options(std::move(given)) {
    static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
    static_cast<void>(global);
    if (options.ca_file.empty()) options.ca_file = certificates_from_environment();
    multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS,
                      static_cast<long>(options.connections_per_host));
    loop = std::jthread([this](std::stop_token stop) { work(stop); });
  }

  ~State() {
    loop.request_stop();
    curl_multi_wakeup(multi);
    loop.join();
    curl_multi_cleanup(multi);
  }

  void work(std::stop_token stop) {
    std::set<Transfer*> under_way;
    while (!stop.stop_requested()) {
      {
        std::scoped_lock lock(mutex);
        for (Transfer* transfer : waiting) {
          curl_multi_add_handle(multi, transfer->easy.get());
          under_way.insert(transfer);
        }
        waiting.clear();
      }
      int running = 0;
      curl_multi_perform(multi, &running);
      int left = 0;
      while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        Transfer* transfer = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        under_way.erase(transfer);
        finish(*transfer, message->data.result);
      }
      // Also those that still wait for a connection, which curl itself would not look at.
      std::erase_if(under_way, [&](Transfer* transfer) {
        const bool stopped = transfer->abort;
        if (stopped) finish(*transfer, CURLE_ABORTED_BY_CALLBACK);
        return stopped;
      });
      curl_multi_poll(multi, nullptr, 0, 200, nullptr);
    }
    for (Transfer* transfer : under_way) finish(*transfer, CURLE_ABORTED_BY_CALLBACK);
  }

  // Hands the transfer back to the call that waits for it, which may be gone right afterwards.
  void finish(Transfer& transfer, CURLcode code) {
    curl_multi_remove_handle(multi, transfer.easy.get());
    std::scoped_lock lock(mutex);
    transfer.code = code;
    transfer.done = true;
    ended.notify_all();
  }

  void prepare(Transfer& transfer, const HttpRequest& request, bool compressed) {
    transfer.easy.reset(curl_easy_init());
    transfer.max_bytes = request.max_bytes;
    CURL* easy = transfer.easy.get();
    const auto set = [easy](CURLoption option, auto value) {
      curl_easy_setopt(easy, option, value);
    };
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_PRIVATE, &transfer);
    set(CURLOPT_ERRORBUFFER, transfer.words.data());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_USERAGENT, options.user_agent.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https,file");
    set(CURLOPT_REDIR_PROTOCOLS_STR, request.url.starts_with("https:") ? "https" : "http,https");
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, 10L);
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    set(CURLOPT_PIPEWAIT, 1L);
    set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(options.connect_timeout_seconds));
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall_timeout_seconds));
    if (!options.ca_file.empty()) {
      std::error_code error;
      const bool folder = std::filesystem::is_directory(options.ca_file, error);
      set(folder ? CURLOPT_CAPATH : CURLOPT_CAINFO, options.ca_file.c_str());
    }
    if (compressed) set(CURLOPT_ACCEPT_ENCODING, "");
    curl_slist* list = nullptr;
    for (const auto& [name, value] : request.headers) {
      list = curl_slist_append(list, fmt::format("{}: {}", name, value).c_str());
    }
    transfer.headers.reset(list);
    set(CURLOPT_HTTPHEADER, list);
    set(CURLOPT_HEADERFUNCTION, on_header);
    set(CURLOPT_HEADERDATA, &transfer);
    set(CURLOPT_WRITEFUNCTION, on_body);
    set(CURLOPT_WRITEDATA, &transfer);
  }

  void perform(Transfer& transfer, std::stop_token stop) {
    ++requests;
    {
      std::scoped_lock lock(mutex);
      waiting.push_back(&transfer);
    }
    curl_multi_wakeup(multi);
    const std::stop_callback on_stop(stop, [&] {
      transfer.abort = true;
      curl_multi_wakeup(multi);
    });
    std::unique_lock lock(mutex);
    ended.wait(lock, [&] { return transfer.done; });
    long status = 0;
    curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    transfer.response.status = static_cast<int>(status);
    const char* url = nullptr;
    curl_easy_getinfo(transfer.easy.get(), CURLINFO_EFFECTIVE_URL, &url);
    if (url != nullptr) transfer.response.url = url;
  }

  Options options;
  CURLM* multi = nullptr;
  std::mutex mutex;
  std::condition_variable ended;
  std::deque<Transfer*> waiting;
  std::atomic<std::uint64_t> requests = 0;
  std::jthread loop;
};

namespace {

// What the transfer came to: a response with any status, or why there is none.
Result<HttpResponse> outcome_of(Transfer& transfer, const HttpRequest& request,
                                const std::stop_token& stop) {
  const std::string url = without_credentials(request.url);
  if (transfer.code == CURLE_OK) {
    if (transfer.response.status == 0 && request.url.starts_with("file:")) {
      transfer.response.status = 200;
    }
    return std::move(transfer.response);
  }
  if (transfer.code == CURLE_FILE_COULDNT_READ_FILE && request.url.starts_with("file:")) {
    transfer.response.status = 404;
    return std::move(transfer.response);
  }
  if (stop.stop_requested()) return fail(ErrorKind::cancelled, "stopped");
  if (transfer.too_large) {
    return fail(ErrorKind::network,
                fmt::format("{}: the answer is larger than {} bytes", url, transfer.max_bytes));
  }
  if (transfer.header_bytes > max_header_bytes) {
    return fail(ErrorKind::network, url + ": the answer's headers are too large");
  }
  if (transfer.sink_refused) return fail(ErrorKind::io, url + ": what came could not be kept");
  const char* words =
      transfer.words[0] != '\0' ? transfer.words.data() : curl_easy_strerror(transfer.code);
  return fail(ErrorKind::network, fmt::format("{}: {}", url, words));
}

}  // namespace

HttpClient::HttpClient(Options options) : state_(std::make_unique<State>(std::move(options))) {}
HttpClient::~HttpClient() = default;

Result<HttpResponse> HttpClient::get(const HttpRequest& request, std::stop_token stop) {
  for (unsigned attempt = 1;; ++attempt) {
    Transfer transfer;
    state_->prepare(transfer, request, true);
    state_->perform(transfer, stop);
    const bool last = attempt >= state_->options.attempts || stop.stop_requested();
    const bool again = transfer.code == CURLE_OK ? worth_another_try(transfer.response.status)
                                                 : worth_another_try(transfer.code);
    const unsigned asked_for = retry_after(transfer.response);
    auto outcome = outcome_of(transfer, request, stop);
    if (last || !again) return outcome;

    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    // A name that no server knows seldom becomes known in a second.
    const unsigned unit = transfer.code == CURLE_COULDNT_RESOLVE_HOST ? 20U : 200U;
    const auto pause = std::max(std::chrono::milliseconds(unit << attempt),
                                std::chrono::milliseconds(1000U * asked_for));
    wake.wait_for(lock, stop, pause, [] { return false; });
  }
}

Result<HttpResponse> HttpClient::stream(
    const HttpRequest& request,
    std::function<bool(const HttpResponse& so_far, std::string_view)> sink, std::stop_token stop) {
  Transfer transfer;
  transfer.sink = std::move(sink);
  state_->prepare(transfer, request, false);
  state_->perform(transfer, stop);
  return outcome_of(transfer, request, stop);
}

std::uint64_t HttpClient::requests() const { return state_->requests; }

std::string resolve_url(std::string_view base, std::string_view reference) {
  const Url url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, std::string(base).c_str(), 0) != CURLUE_OK ||
      curl_url_set(url.get(), CURLUPART_URL, std::string(reference).c_str(), CURLU_URLENCODE) !=
          CURLUE_OK) {
    return std::string(reference);
  }
  char* text = nullptr;
  if (curl_url_get(url.get(), CURLUPART_URL, &text, 0) != CURLUE_OK) return std::string(reference);
  return std::unique_ptr<char, FreeText>(text).get();
}

std::string decode_percent(std::string_view text) {
  if (text.empty()) return "";  // curl takes a length of 0 for "up to the NUL"
  int size = 0;
  const std::unique_ptr<char, FreeText> decoded(
      curl_easy_unescape(nullptr, text.data(), static_cast<int>(text.size()), &size));
  return decoded ? std::string(decoded.get(), static_cast<std::size_t>(size)) : std::string(text);
}

std::string without_credentials(std::string_view url) {
  const auto start = url.find("://");
  if (start == url.npos) return std::string(url);
  const auto end = std::min(url.find_first_of("/?#", start + 3), url.size());
  const auto at = url.substr(0, end).rfind('@');
  if (at == url.npos || at < start) return std::string(url);
  return std::string(url.substr(0, start + 3)) + std::string(url.substr(at + 1));
}

}  // namespace assay
