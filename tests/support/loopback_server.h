#pragma once
#include <arpa/inet.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace assay {

// An HTTP server on a free port of the loopback, which ends with the object. Handlers are set
// before start().
class LoopbackServer {
 public:
  LoopbackServer() : port_(server_.bind_to_any_port("127.0.0.1")) {
    server_.set_keep_alive_timeout(1);
  }
  ~LoopbackServer() {
    if (!thread_.joinable()) return;
    server_.stop();
    thread_.join();
  }

  void get(const std::string& pattern, httplib::Server::Handler handler) {
    server_.Get(pattern, std::move(handler));
  }
  void start() {
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }

  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }

 private:
  httplib::Server server_;
  int port_;
  std::thread thread_;
};

// Answers every request with bytes, whatever they are, and hangs up; or, with `hold`, says nothing
// more until the client goes.
class RawServer {
 public:
  using Answer = std::function<std::string(const std::string& request)>;

  explicit RawServer(std::string answer, bool hold = false)
      : RawServer([answer = std::move(answer)](const std::string&) { return answer; }, hold) {}
  explicit RawServer(Answer answer, bool hold = false)
      : answer_(std::move(answer)),
        hold_(hold),
        listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 16);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { work(); });
  }
  ~RawServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  int requests() const { return requests_; }

 private:
  void work() {
    for (;;) {
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      char buffer[4096];
      std::string request;
      while (request.find("\r\n\r\n") == std::string::npos) {
        const auto got = ::recv(client, buffer, sizeof buffer, 0);
        if (got <= 0) break;
        request.append(buffer, static_cast<std::size_t>(got));
      }
      ++requests_;
      const std::string answer = answer_(request);
      for (std::size_t sent = 0; sent < answer.size();) {
        const auto part = ::send(client, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
        if (part <= 0) break;
        sent += static_cast<std::size_t>(part);
      }
      while (hold_ && ::recv(client, buffer, sizeof buffer, 0) > 0) continue;
      ::close(client);
    }
  }

  Answer answer_;
  bool hold_;
  int listener_;
  std::uint16_t port_ = 0;
  std::atomic<int> requests_ = 0;
  std::thread thread_;
};

}  // namespace assay
