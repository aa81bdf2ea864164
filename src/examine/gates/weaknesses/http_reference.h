#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

// A URL of http or of another scheme without TLS, as it stands in a file.
struct HttpReference {
  std::size_t begin = 0;  // offset of its scheme
  std::string scheme;     // "http", lower case
  std::string url;        // without user and password, at most 200 bytes, safe to print
  std::string host;       // lower case; a placeholder such as {name} or %s is one "*"
  std::string path;       // from the first "/", as written, cut where the URL is
};

// The URL whose "http://" or "ftp://" (or, in JSON and JavaScript, "http:\/\/") ends at `end`. Nothing if it
// names no host: a bare scheme, a pattern, a template whose domain is filled in at run time.
std::optional<HttpReference> http_reference(std::string_view text, std::size_t end);

// Does the host mean this machine or a private network (RFC 1918, 3927, 4193, 6890), or has it no
// public name at all: a single label, a last label that can be no top-level domain?
bool is_local_host(std::string_view host);

// Is `host` the name or below it: "www.w3.org" is within "w3.org".
bool is_within(std::string_view host, std::string_view name);

}  // namespace assay
