#include "serve/server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <httplib.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <thread>

#include "base/text.h"
#include "package/name.h"
#include "serve/byte_range.h"
#include "serve/negotiation.h"
#include "serve/release_view.h"

namespace assay {

namespace {

using httplib::Request;
using httplib::Response;

// Installers open dozens of connections and keep them; each holds a thread while it is open.
constexpr std::size_t connection_threads = 64;
constexpr std::size_t requests_per_connection = 1000;
constexpr int idle_seconds = 2;  // a stop waits for connections that are idle
constexpr std::size_t most_bytes_of_a_request = 64 << 10;
constexpr std::string_view plain_text = "text/plain; charset=utf-8";

std::string_view type_of(std::string_view path) {
  if (path.ends_with(".html")) return "text/html; charset=utf-8";
  if (path.ends_with(".json")) return "application/json";
  if (path.ends_with(".txt") || path.ends_with(".metadata")) return plain_text;
  return "application/octet-stream";
}

// The library slices whatever body it knows the length of by the request's Range header, without
// a look at the end of it. So the length and the part are told by us, and the body is handed over
// piece by piece.
using Piece = std::function<bool(std::size_t offset, httplib::DataSink& sink)>;

void send(Response& response, std::string_view type, std::uint64_t length, Piece piece) {
  response.set_header("Content-Length", fmt::format("{}", length));
  response.set_content_provider(
      std::string(type),
      [piece = std::move(piece), length](std::size_t offset, httplib::DataSink& sink) {
        if (offset < length) return piece(offset, sink);
        sink.done();
        return true;
      });
}

void send_text(Response& response, int status, std::string text) {
  response.status = status;
  response.set_header("Cache-Control", "no-cache");
  const auto length = text.size();
  send(response, plain_text, length,
       [text = std::move(text)](std::size_t offset, httplib::DataSink& sink) {
         return sink.write(text.data() + offset, text.size() - offset);
       });
}

bool has_body(const Request& request) {
  return request.has_header("Transfer-Encoding") ||
         (request.has_header("Content-Length") &&
          request.get_header_value("Content-Length") != "0");
}

// The library leaves the body of a GET unread and would take it for the next request (RFC 9112,
// section 11.2). A body that breaks off makes it close the connection.
void refuse_body(Response& response) {
  response.status = 400;
  response.set_header("Connection", "close");
  response.set_content_provider(std::string(plain_text),
                                [](std::size_t, httplib::DataSink&) { return false; });
}

void not_found(Response& response) { send_text(response, 404, "not in this release\n"); }

// Relative, so that a proxy may serve it below a path of its own.
void redirect(Response& response, const std::string& location) {
  response.set_header("Location", location);
  send_text(response, 301, "see " + location + "\n");
}

class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  bool is_open() const { return descriptor_ >= 0; }

  // Hands over bytes from `offset`, at most `length`; false if there are none any more.
  bool hand_over(std::uint64_t offset, std::uint64_t length, httplib::DataSink& sink) const {
    char buffer[64 << 10];
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(length, sizeof buffer));
    const auto count = ::pread(descriptor_, buffer, wanted, static_cast<off_t>(offset));
    return count > 0 && sink.write(buffer, static_cast<std::size_t>(count));
  }

 private:
  int descriptor_;
};

class HttpServer final : public Server {
 public:
  HttpServer(const std::filesystem::path& set_folder, Options options)
      : latest_(set_folder), options_(std::move(options)) {}

  Result<> bind();
  std::uint16_t port() const override { return port_; }
  void run(std::stop_token stop) override;

 private:
  void answer(const Request& request, Response& response);
  void answer_simple(const Request& request, Response& response, const ReleaseView& view,
                     std::string_view path);
  void send_page(const Request& request, Response& response, const ReleaseView& view,
                 const std::string& folder);
  void send_file(const Request& request, Response& response, const ReleaseView& view,
                 const std::string& path, std::string_view type);
  void log(const Request& request, const Response& response);

  LatestRelease latest_;
  Options options_;
  httplib::Server http_;
  std::uint16_t port_ = 0;
  std::mutex log_mutex_;
};

Result<> HttpServer::bind() {
  http_.new_task_queue = [] { return new httplib::ThreadPool(connection_threads); };
  http_.set_keep_alive_max_count(requests_per_connection);
  http_.set_keep_alive_timeout(idle_seconds);
  http_.set_payload_max_length(most_bytes_of_a_request);
  // The library's own choice would let two servers share a port.
  http_.set_socket_options([](socket_t socket) {
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  http_.set_tcp_nodelay(true);
  http_.set_default_headers(
      {{"X-Content-Type-Options", "nosniff"},
       {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"}});
  http_.set_pre_routing_handler([this](const Request& request, Response& response) {
    if (request.method != "GET" && request.method != "HEAD") {
      return httplib::Server::HandlerResponse::Unhandled;
    }
    answer(request, response);
    return httplib::Server::HandlerResponse::Handled;
  });
  // Whatever no handler took.
  http_.set_error_handler([](const Request& request, Response& response) {
    if (request.method == "GET" || request.method == "HEAD") return;
    if (response.status != 404 && response.status != 400) return;
    response.status = 405;
    response.set_header("Allow", "GET, HEAD");
  });
  http_.set_logger(
      [this](const Request& request, const Response& response) { log(request, response); });
  const int port = options_.port == 0 ? http_.bind_to_any_port(options_.host)
                   : http_.bind_to_port(options_.host, options_.port) ? options_.port
                                                                      : -1;
  if (port <= 0) {
    return fail(ErrorKind::io,
                fmt::format("can't listen on {}:{}: the address is in use or not this machine's",
                            options_.host, options_.port));
  }
  port_ = static_cast<std::uint16_t>(port);
  return {};
}

void HttpServer::run(std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::atomic<bool> ended = false;
  std::jthread listener([&] {
    http_.listen_after_bind();
    const std::lock_guard lock(mutex);
    ended = true;
    changed.notify_all();
  });
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, stop, [&] { return ended.load(); });
  }
  // The library forgets a stop that comes before it listens.
  while (!http_.is_running() && !ended) std::this_thread::yield();
  http_.stop();
}

void HttpServer::log(const Request& request, const Response& response) {
  if (!options_.access_log) return;
  auto bytes = response.get_header_value("Content-Length");
  if (bytes.empty() || request.method == "HEAD") bytes = "0";
  const auto line = fmt::format("{} {} {} {}", printable(request.method), printable(request.target),
                                response.status, bytes);
  const std::lock_guard lock(log_mutex_);
  options_.access_log(line);
}

void HttpServer::answer(const Request& request, Response& response) {
  if (has_body(request)) return refuse_body(response);
  const auto view = latest_.view();
  if (!view) {
    send_text(response, 503,
              "the release can't be read: " + printable(view.error().message) + "\n");
    return;
  }
  std::string_view path = request.path;
  if (!path.starts_with('/')) return not_found(response);
  path.remove_prefix(1);
  if (path.empty()) {
    return send_file(request, response, **view, "index.html", type_of("index.html"));
  }
  if (path == "simple") return redirect(response, "simple/");
  if (path.starts_with("simple/")) return answer_simple(request, response, **view, path.substr(7));
  send_file(request, response, **view, std::string(path), type_of(path));
}

// `path` is what follows "/simple/".
void HttpServer::answer_simple(const Request& request, Response& response, const ReleaseView& view,
                               std::string_view path) {
  if (path.empty()) return send_page(request, response, view, "simple/");
  const auto written = path.substr(0, path.find('/'));
  const auto rest = path.substr(written.size());
  const auto name = Name::parse(written);
  if (rest.size() > 1 || !name || !view.find("simple/" + name->str() + "/index.html")) {
    const auto whole = fmt::format("simple/{}", path);
    return send_file(request, response, view, whole, type_of(whole));
  }
  // PEP 503: the name in the URL is the normalized one, and a slash ends it.
  if (rest.empty()) return redirect(response, name->str() + "/");
  if (written != name->str()) return redirect(response, "../" + name->str() + "/");
  send_page(request, response, view, fmt::format("simple/{}/", name->str()));
}

void HttpServer::send_page(const Request& request, Response& response, const ReleaseView& view,
                           const std::string& folder) {
  std::string accept;
  for (std::size_t i = 0; i < request.get_header_value_count("Accept"); ++i) {
    accept += request.get_header_value("Accept", i) + ",";
  }
  const auto format = choose_format(accept);
  response.set_header("Vary", "Accept");
  const auto* page = format == PageFormat::json ? "index.json" : "index.html";
  send_file(request, response, view, folder + page, media_type(format));
}

void HttpServer::send_file(const Request& request, Response& response, const ReleaseView& view,
                           const std::string& path, std::string_view type) {
  const auto* known = view.find(path);
  if (!known) return not_found(response);
  const auto file = std::make_shared<const OpenFile>(view.folder / path);
  if (!file->is_open()) return send_text(response, 500, "the release is damaged\n");
  response.set_header("ETag", known->etag);
  // Not even a wheel is there for good: a later release may hold another build of the same name.
  response.set_header("Cache-Control", "no-cache");
  response.set_header("Accept-Ranges", "bytes");
  if (names_etag(request.get_header_value("If-None-Match"), known->etag)) {
    response.status = 304;
    return;
  }
  auto chosen = choose_range(request.get_header_value("Range"), known->size);
  // RFC 9110, section 13.1.5: a part of another version than the client has is of no use to it.
  const auto if_range = request.get_header_value("If-Range");
  const bool other_version = !if_range.empty() && if_range != known->etag;
  if (request.method == "HEAD" || other_version) chosen = {};
  ByteRange range{0, known->size};
  response.status = 200;
  if (chosen.answer == RangeAnswer::unsatisfiable) {
    response.status = 416;
    response.set_header("Content-Range", fmt::format("bytes */{}", known->size));
    return;
  }
  if (chosen.answer == RangeAnswer::part) {
    range = chosen.range;
    response.status = 206;
    response.set_header("Content-Range", fmt::format("bytes {}-{}/{}", range.offset,
                                                     range.offset + range.length - 1, known->size));
  }
  send(response, type, range.length, [file, range](std::size_t offset, httplib::DataSink& sink) {
    return file->hand_over(range.offset + offset, range.length - offset, sink);
  });
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const std::filesystem::path& set_folder,
                                              Options options) {
  if (const auto view = LatestRelease(set_folder).view(); !view) {
    return fail(ErrorKind::invalid_input, view.error().message);
  }
  auto server = std::make_unique<HttpServer>(set_folder, std::move(options));
  ASSAY_CHECK(server->bind());
  return server;
}

}  // namespace assay
