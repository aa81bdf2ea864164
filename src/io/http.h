#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

struct HttpRequest {
  std::string url;
  std::map<std::string, std::string> headers;
  // Bytes of the body beyond this are an error: what hostile servers send is bounded.
  std::uint64_t max_bytes = 256ULL << 20;
};

struct HttpResponse {
  int status = 0;
  std::string url;                             // after redirects
  std::map<std::string, std::string> headers;  // names in lower case; the last one of a name wins
  std::string body;
};

// The file or folder of certificate authorities that PIP_CERT, SSL_CERT_FILE or CURL_CA_BUNDLE names, in
// this order; "" for the system's.
std::string certificates_from_environment();

// A client for many requests at once over one curl multi loop in a thread of its own: connections
// are kept and shared, HTTP/2 where offered, at most `connections_per_host`. Follows redirects
// (never from https to http), checks TLS with certificates_from_environment(), honours the proxy
// variables. https, http and file URLs only.
// Safe for use from many threads; each call blocks its own thread.
class HttpClient {
 public:
  struct Options {
    std::string user_agent = "assay/0.1";
    std::string ca_file;           // "" for certificates_from_environment()
    unsigned connections_per_host = 8;
    unsigned attempts = 3;         // for refused, reset or timed-out connections and 429, 500, 502–504
    unsigned connect_timeout_seconds = 20;
    unsigned stall_timeout_seconds = 60;  // no byte for so long
  };
  explicit HttpClient(Options options);
  ~HttpClient();

  // Any status is a response; an Error means there was none (network), in words that name the host
  // and the cause, after the attempts were used up.
  Result<HttpResponse> get(const HttpRequest& request, std::stop_token stop = {});

  // The body goes to `sink` as it arrives; false from it ends the transfer with an io error. The
  // response's body is empty for status 200 and 206, and holds the text otherwise. Not retried: the
  // caller knows what it has and asks for the rest with a Range header.
  Result<HttpResponse> stream(const HttpRequest& request,
                              std::function<bool(const HttpResponse& so_far, std::string_view)> sink,
                              std::stop_token stop = {});

  std::uint64_t requests() const;  // made so far, retries included

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// RFC 3986, section 5: a reference resolved against a base URL.
std::string resolve_url(std::string_view base, std::string_view reference);
std::string decode_percent(std::string_view text);
// Without user and password, for messages and evidence.
std::string without_credentials(std::string_view url);

}  // namespace assay
