#include "advisories/nvd_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "base/json.h"
#include "base/text.h"

namespace assay {

namespace {

constexpr std::size_t page_size = 2000;  // CVEs; the most that NVD gives
constexpr auto oldest_start = std::chrono::days(120);
constexpr auto asked_at_most_every = std::chrono::hours(2);
constexpr auto pause_without_key = std::chrono::milliseconds(6000);
constexpr auto pause_with_key = std::chrono::milliseconds(600);
constexpr int refusals = 3;  // for asking too often, each with a longer pause

using Cves = std::map<std::string, Json>;

// What is kept: the CVEs, and until when they are known.
struct Kept {
  Cves cves;
  std::string timestamp;
};

std::string api_key() {
  const char* key = std::getenv("ASSAY_NVD_API_KEY");
  return key == nullptr ? "" : key;
}

// A server on this machine sets no such limit.
void pause(const std::string& url, int factor = 1) {
  if (!url.starts_with("https://")) return;
  std::this_thread::sleep_for((api_key().empty() ? pause_without_key : pause_with_key) * factor);
}

// Only what a reader of pages looks at: a tenth of what NVD sends.
Json reduced(const Json& cve) {
  Json kept = Json::object();
  for (const char* key : {"id", "published", "lastModified", "vulnStatus", "weaknesses"}) {
    if (cve.contains(key)) kept[key] = cve[key];
  }
  if (const auto texts = cve.find("descriptions"); texts != cve.end() && texts->is_array()) {
    for (const auto& text : *texts) {
      if (text.is_object() && text.value("lang", Json()) == "en") kept["descriptions"].push_back(text);
    }
  }
  const auto metrics = cve.find("metrics");
  if (metrics == cve.end() || !metrics->is_object()) return kept;
  for (const auto& [version, list] : metrics->items()) {
    if (!list.is_array()) continue;
    for (const auto& metric : list) {
      if (!metric.is_object() || !metric.contains("cvssData") || !metric["cvssData"].is_object()) continue;
      kept["metrics"][version].push_back(
          {{"cvssData", {{"vectorString", metric["cvssData"].value("vectorString", Json())}}}});
    }
  }
  return kept;
}

std::string to_page(const Kept& kept) {
  Json list = Json::array();
  for (const auto& [id, cve] : kept.cves) list.push_back({{"cve", cve}});
  return compact(Json{{"format", "NVD_CVE"},
                      {"version", "2.0"},
                      {"timestamp", kept.timestamp},
                      {"startIndex", 0},
                      {"resultsPerPage", kept.cves.size()},
                      {"totalResults", kept.cves.size()},
                      {"vulnerabilities", std::move(list)}});
}

// Adds the CVEs of a page; how many it has.
Result<std::size_t> add_page(const Json& page, Kept& kept) {
  const auto list = page.find("vulnerabilities");
  if (list == page.end() || !list->is_array()) {
    return fail(ErrorKind::network, "a page of NVD lacks vulnerabilities");
  }
  for (const auto& one : *list) {
    const auto cve = one.is_object() ? one.find("cve") : one.end();
    if (cve == one.end() || !cve->is_object()) continue;
    const auto id = string_member(*cve, "id", "");
    if (id && !id->empty()) kept.cves.insert_or_assign(*id, reduced(*cve));
  }
  return list->size();
}

Result<Kept> read_kept(const CachedPage& page, const Store& store) {
  ASSAY_TRY(const auto text, store.blobs.get(page.body));
  ASSAY_TRY(const Json json, parse_json(text));
  Kept kept;
  ASSAY_TRY(kept.timestamp, string_member(json, "timestamp"));
  ASSAY_CHECK(add_page(json, kept));
  return kept;
}

Result<Json> fetch_page(const std::string& url, const SourceAccess& access) {
  HttpRequest request{.url = url, .headers = {}};
  if (const auto key = api_key(); !key.empty()) request.headers["apiKey"] = key;
  for (int refused = 0;; ++refused) {
    ASSAY_TRY(const auto response, access.http.get(request));
    if (response.status == 403 && refused < refusals) {  // NVD's word for too many requests
      pause(url, 5 << refused);
      continue;
    }
    if (response.status != 200) {
      return fail(ErrorKind::network, fmt::format("the server answered {}", response.status));
    }
    auto page = parse_json(response.body);
    if (page && page->is_object() && page->value("version", Json()) == "2.0") return page;
    return fail(ErrorKind::network, "the server sent no page of version 2.0");
  }
}

std::string time_parameter(Time time) {
  auto text = format_time(time);
  text.replace(text.size() - 1, 1, ".000%2B00:00");  // instead of "Z"
  return text;
}

// "" for everything.
std::string since_parameter(const std::optional<Kept>& kept, Time now) {
  if (!kept) return "";
  const auto text = kept->timestamp + (kept->timestamp.ends_with('Z') ? "" : "Z");
  const auto from = parse_time(text);
  if (!from || now - *from > oldest_start || *from > now) return "";
  return fmt::format("&lastModStartDate={}&lastModEndDate={}", time_parameter(*from),
                     time_parameter(now));
}

Result<Kept> fetch_all(const std::string& url, std::optional<Kept> kept, const SourceAccess& access) {
  const auto since = since_parameter(kept, access.clock.now());
  Kept result = since.empty() ? Kept{} : *std::move(kept);
  std::size_t at = 0;
  for (std::size_t total = 1; at < total;) {
    if (at > 0) pause(url);
    ASSAY_TRY(const Json page, fetch_page(fmt::format("{}?resultsPerPage={}&startIndex={}{}", url,
                                                      page_size, at, since),
                                          access));
    const auto count = page.find("totalResults");
    if (count == page.end() || !count->is_number_unsigned()) {
      return fail(ErrorKind::network, "a page of NVD lacks totalResults");
    }
    total = count->get<std::size_t>();
    // What is modified after the first page was made is asked for next time.
    if (at == 0) {
      ASSAY_TRY(result.timestamp, string_member(page, "timestamp"));
    }
    ASSAY_TRY(const auto got, add_page(page, result));
    if (got == 0 && at < total) return fail(ErrorKind::network, "pages of NVD are missing");
    at += got;
  }
  return result;
}

Result<CachedPage> update(const std::string& url, const std::optional<CachedPage>& page,
                          const SourceAccess& access) {
  std::optional<Kept> kept;
  if (page) {
    if (auto read = read_kept(*page, access.store)) kept = *std::move(read);
  }
  ASSAY_TRY(const auto all, fetch_all(url, std::move(kept), access));
  ASSAY_TRY(const Blob blob, access.store.blobs.put(to_page(all)));
  return CachedPage{.body = blob.digest, .url = url, .fetched = access.clock.now()};
}

Result<SourceContent> content_of(const CachedPage& page, const Store& store) {
  ASSAY_TRY(auto content, content_of_blob(page.body, "nvd.json", store));
  content.fetched = page.fetched;
  return content;
}

}  // namespace

bool is_nvd_api(std::string_view url) { return is_url(url) && url.ends_with("/rest/json/cves/2.0"); }

Result<SourceContent> content_of_nvd_api(const std::string& url, const SourceAccess& access) {
  ASSAY_TRY(auto kept, kept_file(url, access));
  const bool fresh = kept && url.starts_with("https://") &&
                     access.clock.now() - kept->fetched < asked_at_most_every;
  if (fresh || (kept && access.offline)) return content_of(*kept, access.store);
  if (access.offline) return fail(ErrorKind::not_found, "offline, and no copy was kept");
  const auto page = update(url, kept, access);
  if (page) {
    ASSAY_TRY(auto content, content_of(*page, access.store));
    content.keep = [url, access, page = *page] { return keep_page(url, page, access); };
    return content;
  }
  if (!kept || page.error().kind != ErrorKind::network) return std::unexpected(page.error());
  ASSAY_TRY(auto content, content_of(*kept, access.store));
  content.kept_because = page.error().message;
  return content;
}

}  // namespace assay
