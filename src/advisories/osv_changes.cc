#include "advisories/osv_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/json.h"
#include "base/text.h"
#include "evidence/advisory.h"

namespace assay {

namespace {

constexpr std::string_view archive_name = "all.zip";
constexpr std::string_view list_name = "modified_id.csv";
constexpr std::size_t fetched_one_by_one = 200;  // records; a request each

using Modified = std::map<std::string, std::string>;  // times by id

// What is known beside the archive: it belongs to that archive only, so that nothing is mixed up
// however an update ends.
struct Changes {
  std::string archive;                          // digest
  std::string list;                             // digest of the list that this is as new as; "" for none
  Modified modified;                            // when each record was changed last, by id
  std::map<std::string, std::string> records;   // changed since the archive, by id
};

std::string base_of(const std::string& url) {
  return url.substr(0, url.size() - archive_name.size());
}

std::string changes_key(const std::string& url) { return url + "#changes"; }

std::optional<Changes> kept_changes(const std::string& url, const CachedPage& archive, Store& store) {
  const auto page = store.catalogue.page(changes_key(url));
  if (!page || !*page) return std::nullopt;
  const auto text = store.blobs.get((*page)->body);
  if (!text) return std::nullopt;
  const auto json = parse_json(*text);
  if (!json || !json->is_object()) return std::nullopt;
  Changes changes;
  try {
    json->at("archive").get_to(changes.archive);
    json->at("list").get_to(changes.list);
    json->at("modified").get_to(changes.modified);
    json->at("records").get_to(changes.records);
  } catch (const Json::exception&) {
    return std::nullopt;  // it is made again
  }
  return changes.archive == archive.body.hex() ? std::optional(std::move(changes)) : std::nullopt;
}

Result<> keep(const std::string& url, const Changes& changes, const SourceAccess& access) {
  const Json json{{"archive", changes.archive},
                  {"list", changes.list},
                  {"modified", changes.modified},
                  {"records", changes.records}};
  ASSAY_TRY(const Blob blob, access.store.blobs.put(compact(json)));
  return keep_page(changes_key(url),
                   CachedPage{.body = blob.digest, .url = url, .fetched = access.clock.now()}, access);
}

// What the archive itself says: it may be older than a list that was fetched with it.
Result<Changes> changes_of(const CachedPage& archive, const SourceAccess& access) {
  Changes changes{.archive = archive.body.hex(), .list = {}, .modified = {}, .records = {}};
  ASSAY_TRY(const auto content, content_of_blob(archive.body, archive.url, access.store));
  ASSAY_CHECK(content.read([&](std::string_view, std::string_view text) -> Result<> {
    const auto record = Advisory::parse(text);
    if (record && record->modified) changes.modified[record->id] = format_time(*record->modified);
    return {};
  }));
  return changes;
}

// An id becomes part of a URL.
bool is_record_id(std::string_view id) {
  return !id.empty() && id.size() <= 100 && id.front() != '.' &&
         std::ranges::all_of(id, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

// When each record was changed last, by id. Nothing if it is no such list.
std::optional<Modified> read_list(std::string_view text) {
  Modified modified;
  if (text.empty() || text.back() != '\n') return std::nullopt;  // cut off
  for (const auto line : lines(text)) {
    const auto comma = line.find(',');
    const auto time = parse_time(line.substr(0, comma));
    if (comma == line.npos || !time || !is_record_id(line.substr(comma + 1))) return std::nullopt;
    modified.emplace(line.substr(comma + 1), format_time(*time));
  }
  return modified;
}

// The records that are new or other in the list. Nothing where some are gone or too many changed.
std::optional<std::vector<std::string>> changed_ids(const Modified& before, const Modified& after) {
  std::vector<std::string> ids;
  std::size_t still_there = 0;
  for (const auto& [id, modified] : after) {
    const auto known = before.find(id);
    still_there += known != before.end() ? 1 : 0;
    if (known == before.end() || known->second != modified) ids.push_back(id);
  }
  if (still_there != before.size() || ids.size() > fetched_one_by_one) return std::nullopt;
  return ids;
}

Result<std::string> fetch_record(const std::string& url, const std::string& id,
                                 const SourceAccess& access) {
  ASSAY_TRY(auto response, access.http.get({.url = base_of(url) + id + ".json"}));
  if (response.status != 200) {
    return fail(ErrorKind::network, fmt::format("{}: the server answered {}", id, response.status));
  }
  ASSAY_TRY(const auto record, Advisory::parse(response.body));
  if (record.id != id) return fail(ErrorKind::network, id + ": another record was sent");
  return std::move(response.body);
}

// What changed, added to what changed before; nothing where the whole archive is to be fetched.
std::optional<Changes> fetch_changes(const std::string& url, Changes changes,
                                     const SourceAccess& access) {
  const auto list_url = base_of(url) + std::string(list_name);
  const auto list = fetch_file(list_url, access);
  if (!list) return std::nullopt;
  if (list->body.hex() == changes.list) return changes;
  const auto text = access.store.blobs.get(list->body);
  const auto after = text ? read_list(*text) : std::nullopt;
  // Asked for with its validator next time; that it is newer than what is kept of the records harms nothing.
  if (after && !keep_page(list_url, *list, access)) return std::nullopt;
  const auto ids = after ? changed_ids(changes.modified, *after) : std::nullopt;
  if (!ids) return std::nullopt;
  for (const auto& id : *ids) {
    auto record = fetch_record(url, id, access);
    if (!record) return std::nullopt;
    changes.records.insert_or_assign(id, *std::move(record));
  }
  if (changes.records.size() > 10 * fetched_one_by_one) return std::nullopt;  // time for a new archive
  changes.modified = *after;
  changes.list = list->body.hex();
  return changes;
}

Result<SourceContent> content_of(const CachedPage& archive, const Changes& changes,
                                 const SourceAccess& access) {
  ASSAY_TRY(auto whole, content_of_blob(archive.body, archive.url, access.store));
  whole.fetched = archive.fetched;
  if (changes.records.empty()) return whole;
  Sha256 hash;
  hash.update(changes.archive);
  for (const auto& [id, record] : changes.records) {
    hash.update(fmt::format("\n{} {}\n", id, record.size()));
    hash.update(record);
  }
  const auto read = [read_whole = whole.read, records = changes.records](const auto& sink) -> Result<> {
    ASSAY_CHECK(read_whole([&](std::string_view name, std::string_view text) -> Result<> {
      const auto id = name.substr(0, name.size() - std::min(name.size(), std::string_view(".json").size()));
      return records.contains(std::string(id)) ? Result<>() : sink(name, text);
    }));
    for (const auto& [id, record] : records) ASSAY_CHECK(sink(id + ".json", record));
    return {};
  };
  return SourceContent{.digest = hash.finish(), .fetched = archive.fetched, .read = read};
}

}  // namespace

bool is_osv_archive(std::string_view url) {
  return url.ends_with(archive_name) && is_url(url);
}

Result<SourceContent> content_of_osv_archive(const std::string& url, const SourceAccess& access) {
  ASSAY_TRY(auto kept, kept_file(url, access));
  if (!kept) return find_file(url, access);
  auto changes = kept_changes(url, *kept, access.store);
  if (access.offline) return content_of(*kept, changes.value_or(Changes{}), access);
  if (!changes) {
    ASSAY_TRY(changes, changes_of(*kept, access));
    ASSAY_CHECK(keep(url, *changes, access));
  }
  if (auto now = fetch_changes(url, *changes, access)) {
    kept->fetched = access.clock.now();
    ASSAY_TRY(auto content, content_of(*kept, *now, access));
    content.keep = [url, access, now = *std::move(now)] { return keep(url, now, access); };
    return content;
  }
  ASSAY_TRY(auto whole, find_file(url, access));
  if (whole.digest != kept->body) return whole;
  // Where it is as it was, or there was no answer, what changed since still counts.
  ASSAY_TRY(auto content, content_of(*kept, *changes, access));
  content.fetched = whole.fetched;
  content.kept_because = whole.kept_because;
  return content;
}

}  // namespace assay
