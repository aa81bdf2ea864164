#pragma once
#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "loopback_server.h"

namespace assay {

// An index on loopback that serves what a test gives it, well or badly, and notes what was asked.
class MadeIndex {
 public:
  struct Page {
    std::string body;
    std::string type = "application/octet-stream";
    int status = 200;
    std::string etag{};           // "" for none
    std::string last_modified{};  // "" for none
    bool ranges = true;           // serves parts
    std::size_t cut_after =
        std::string::npos;  // bytes of the body that are sent before it hangs up
  };
  struct Request {
    std::string path;
    std::map<std::string, std::string> headers;  // names in lower case

    std::string header(const std::string& name) const {
      const auto found = headers.find(name);
      return found == headers.end() ? "" : found->second;
    }
  };

  MadeIndex() : server_([this](const std::string& text) { return answer(parse(text)); }) {}

  void set(const std::string& path, Page page) {
    const std::scoped_lock lock(mutex_);
    pages_[path] = std::move(page);
  }
  void set_json(const std::string& path, const std::string& body, const std::string& etag = "") {
    set(path, {.body = body, .type = "application/vnd.pypi.simple.v1+json", .etag = etag});
  }

  std::string url(const std::string& path) const { return server_.url(path); }
  std::vector<Request> requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }
  std::size_t count(const std::string& path) const {
    return static_cast<std::size_t>(std::ranges::count(requests(), path, &Request::path));
  }

 private:
  static Request parse(const std::string& text) {
    Request request;
    const auto all = lines(text);
    const auto words = split(all.empty() ? std::string_view() : all.front(), ' ');
    if (words.size() > 1) request.path = words[1];
    for (const auto line : all) {
      const auto colon = line.find(": ");
      if (colon != line.npos)
        request.headers[lower(line.substr(0, colon))] = line.substr(colon + 2);
    }
    return request;
  }

  std::string answer(const Request& request) {
    const std::scoped_lock lock(mutex_);
    requests_.push_back(request);
    const auto found = pages_.find(request.path);
    if (found == pages_.end()) return write(404, {}, "no such page");
    const Page& page = found->second;
    std::map<std::string, std::string> headers{{"Content-Type", page.type}};
    if (page.type.empty()) headers.clear();
    if (!page.etag.empty()) headers["ETag"] = page.etag;
    if (!page.last_modified.empty()) headers["Last-Modified"] = page.last_modified;
    const bool unchanged =
        (!page.etag.empty() && request.header("if-none-match") == page.etag) ||
        (!page.last_modified.empty() && request.header("if-modified-since") == page.last_modified);
    if (unchanged) return write(304, headers, "");
    const std::string range = request.header("range");
    const std::string condition = request.header("if-range");
    const bool same = condition.empty() || condition == page.etag;
    if (page.ranges && page.status == 200 && range.starts_with("bytes=") && same) {
      return write_range(page, headers, range.substr(6));
    }
    return write(page.status, headers, page.body, page.cut_after);
  }

  static std::string write_range(const Page& page, std::map<std::string, std::string> headers,
                                 const std::string& range) {
    const auto ends = split(range, '-');
    const std::size_t size = page.body.size();
    const std::size_t first = std::stoull(std::string(ends[0]));
    const std::size_t last = ends[1].empty() ? size - 1 : std::stoull(std::string(ends[1]));
    if (first >= size) return write(416, headers, "");
    headers["Content-Range"] = fmt::format("bytes {}-{}/{}", first, last, size);
    return write(206, headers, page.body.substr(first, last + 1 - first), page.cut_after);
  }

  static std::string write(int status, const std::map<std::string, std::string>& headers,
                           const std::string& body, std::size_t cut_after = std::string::npos) {
    std::string text = fmt::format("HTTP/1.1 {} X\r\nContent-Length: {}\r\nConnection: close\r\n",
                                   status, body.size());
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    return text + "\r\n" + body.substr(0, cut_after);
  }

  mutable std::mutex mutex_;
  std::map<std::string, Page> pages_;
  std::vector<Request> requests_;
  RawServer server_;  // last, so that its thread ends before what it uses
};

}  // namespace assay
