#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

// Serves DIR/releases/latest: the simple API under /simple/ (JSON or HTML by the Accept header, PEP
// 691), files, .metadata, and the evidence; a person sees an overview at "/". All has an ETag and
// Cache-Control: no-cache, so that clients come back with If-None-Match: even a wheel of the same
// name may be another one in a later release. A new release is served from the next request on.
// Nothing but the files of the release's manifest is reachable.
class Server {
 public:
  struct Options {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;  // 0: any free one
    // "GET /simple/flask/ 200 1234", with the bytes of the body; one call at a time.
    std::function<void(std::string_view line)> access_log;
  };
  // invalid_input if the folder has no release; io if the address is not to be had.
  static Result<std::unique_ptr<Server>> start(const std::filesystem::path& set_folder,
                                               Options options);
  virtual ~Server() = default;
  virtual std::uint16_t port() const = 0;
  // Until the stop; then it waits for what is being sent, and up to 2 s for idle connections. Once.
  virtual void run(std::stop_token stop) = 0;
};

}  // namespace assay
