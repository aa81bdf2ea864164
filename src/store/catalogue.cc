#include "store/catalogue.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "io/files.h"
#include "io/sqlite.h"

namespace assay {

namespace {

constexpr std::int64_t schema_version = 2;

// An answer as a file, which is what the database is rebuilt from. A power cut may lose or empty
// it: then it is asked for again.
fs::path record_path(const fs::path& root, const char* folder, const Digest& key) {
  const std::string hex = key.hex();
  return root / folder / hex.substr(0, 2) / hex.substr(2);
}

Result<> write_record(const fs::path& path, std::string_view text) {
  ASSAY_CHECK(make_directories(path.parent_path()));
  return replace_file(path, text);
}

struct ActionRecord {
  std::string kind;
  Digest result;
};

std::string write_action(const ActionRecord& record) {
  return compact(Json{{"kind", record.kind}, {"result", record.result.hex()}});
}

Result<ActionRecord> read_action(const Json& json) {
  ActionRecord record;
  ASSAY_TRY(record.kind, string_member(json, "kind"));
  ASSAY_TRY(const auto result, string_member(json, "result"));
  ASSAY_TRY(record.result, Digest::parse(result));
  return record;
}

std::string write_page(std::string_view url, const CachedPage& page) {
  return compact(Json{{"key", url},
                      {"body", page.body.hex()},
                      {"etag", page.etag},
                      {"last-modified", page.last_modified},
                      {"content-type", page.content_type},
                      {"url", page.url},
                      {"fetched", format_time(page.fetched)},
                      {"absent", page.absent}});
}

Result<CachedPage> read_page(const Json& json) {
  CachedPage page;
  ASSAY_TRY(const auto body, string_member(json, "body"));
  ASSAY_TRY(page.body, Digest::parse(body));
  ASSAY_TRY(page.etag, string_member(json, "etag"));
  ASSAY_TRY(page.last_modified, string_member(json, "last-modified"));
  ASSAY_TRY(page.content_type, string_member(json, "content-type"));
  ASSAY_TRY(page.url, string_member(json, "url"));
  ASSAY_TRY(const auto fetched, string_member(json, "fetched"));
  ASSAY_TRY(page.fetched, parse_time(fetched));
  const auto absent = json.find("absent");  // not in records of before it was kept
  page.absent = absent != json.end() && absent->is_boolean() && absent->get<bool>();
  return page;
}

constexpr std::string_view insert_action =
    "INSERT OR REPLACE INTO action (key, kind, result) VALUES (?, ?, ?)";
constexpr std::string_view insert_page = "INSERT OR REPLACE INTO page (url, record) VALUES (?, ?)";

// Calls `each` for every record that can be read; what a crash left otherwise is passed over.
Result<> read_records(const fs::path& folder,
                      const std::function<Result<>(const Digest& key, const Json&)>& each) {
  std::error_code error;
  for (fs::recursive_directory_iterator found(folder, error), end; !error && found != end;
       found.increment(error)) {
    const fs::path& path = found->path();
    const auto key =
        Digest::parse(path.parent_path().filename().string() + path.filename().string());
    const auto text = key ? read_file(path) : Result<std::string>("");
    if (!text) continue;
    if (const auto json = parse_json(*text)) ASSAY_CHECK(each(*key, *json));
  }
  return {};
}

Result<> rebuild(Database& database, const fs::path& root) {
  for (const char* sql :
       {"DROP TABLE IF EXISTS action", "DROP TABLE IF EXISTS page",
        "CREATE TABLE action (key TEXT PRIMARY KEY, kind TEXT, result TEXT) WITHOUT ROWID",
        "CREATE TABLE page (url TEXT PRIMARY KEY, record TEXT) WITHOUT ROWID"}) {
    ASSAY_CHECK(database.run(sql));
  }
  ASSAY_CHECK(read_records(root / "actions", [&](const Digest& key, const Json& json) -> Result<> {
    const auto record = read_action(json);
    if (!record) return {};
    ASSAY_CHECK(database.run(insert_action, {key.hex(), record->kind, record->result.hex()}));
    return {};
  }));
  ASSAY_CHECK(read_records(root / "pages", [&](const Digest& key, const Json& json) -> Result<> {
    const auto url = string_member(json, "key");
    if (!url || sha256(*url) != key || !read_page(json)) return {};
    ASSAY_CHECK(database.run(insert_page, {*url, compact(json)}));
    return {};
  }));
  ASSAY_CHECK(database.run(fmt::format("PRAGMA user_version = {}", schema_version)));
  return {};
}

Result<bool> is_current(Database& database) {
  ASSAY_TRY(const auto rows, database.run("PRAGMA user_version"));
  return rows.at(0).at(0) == SqlValue(schema_version);
}

Result<Database> open_database(const fs::path& root) {
  ASSAY_TRY(auto database, Database::open(root / "catalogue.sqlite"));
  ASSAY_TRY(const bool current, is_current(database));
  if (current) return database;
  ASSAY_CHECK(database.transaction([&]() -> Result<> {
    // Another process may have been quicker.
    ASSAY_TRY(const bool meanwhile, is_current(database));
    return meanwhile ? Result<>() : rebuild(database, root);
  }));
  return database;
}

bool is_sound(Database& database) {
  const auto rows = database.run("PRAGMA quick_check(1)");
  return rows && rows->at(0).at(0) == SqlValue("ok");
}

// After damage was met. Of several processes that meet it, one makes the new database.
Result<Database> replace_database(const fs::path& root) {
  const fs::path lock_path = root / "catalogue.lock";
  const Descriptor lock(open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!lock || flock(lock.get(), LOCK_EX) != 0) return path_error("could not lock", lock_path);
  if (auto database = open_database(root); database && is_sound(*database)) return database;
  for (const char* suffix : {"", "-wal", "-shm"}) {
    ASSAY_CHECK(remove_tree(root / (std::string("catalogue.sqlite") + suffix)));
  }
  return open_database(root);
}

bool is_damage(const Error& error) { return error.kind == ErrorKind::invalid_input; }

}  // namespace

struct Catalogue::State {
  State(Database opened, fs::path at) : root(std::move(at)), database(std::move(opened)) {}

  Result<std::vector<SqlRow>> run(std::string_view sql, const std::vector<SqlValue>& values) {
    std::scoped_lock lock(mutex);
    auto rows = database.run(sql, values);
    if (rows || !is_damage(rows.error())) return rows;
    ASSAY_TRY(database, replace_database(root));
    return database.run(sql, values);
  }

  const fs::path root;
  std::mutex mutex;
  Database database;
};

Catalogue::Catalogue(std::unique_ptr<State> state) : state_(std::move(state)) {}
Catalogue::~Catalogue() = default;
Catalogue::Catalogue(Catalogue&&) noexcept = default;
Catalogue& Catalogue::operator=(Catalogue&&) noexcept = default;

Result<Catalogue> Catalogue::open(const BlobStore& store) {
  auto database = open_database(store.root());
  if (!database && is_damage(database.error())) database = replace_database(store.root());
  if (!database) return std::unexpected(std::move(database).error());
  return Catalogue(std::make_unique<State>(*std::move(database), store.root()));
}

Result<std::optional<Digest>> Catalogue::action_result(const Digest& key) {
  ASSAY_TRY(const auto rows, state_->run("SELECT result FROM action WHERE key = ?", {key.hex()}));
  if (rows.empty()) return std::nullopt;
  const auto* text = std::get_if<std::string>(&rows[0].at(0));
  const auto digest = Digest::parse(text == nullptr ? "" : *text);
  return digest ? std::optional(*digest) : std::nullopt;
}

Result<> Catalogue::set_action_result(const Digest& key, std::string_view kind,
                                      const Digest& result) {
  const ActionRecord record{std::string(kind), result};
  ASSAY_CHECK(write_record(record_path(state_->root, "actions", key), write_action(record)));
  ASSAY_CHECK(state_->run(insert_action, {key.hex(), record.kind, result.hex()}));
  return {};
}

Result<std::optional<CachedPage>> Catalogue::page(std::string_view url) {
  ASSAY_TRY(const auto rows,
            state_->run("SELECT record FROM page WHERE url = ?", {std::string(url)}));
  if (rows.empty()) return std::nullopt;
  const auto* text = std::get_if<std::string>(&rows[0].at(0));
  const auto json = parse_json(text == nullptr ? "" : *text);
  auto page = json ? read_page(*json) : std::unexpected(json.error());
  return page ? std::optional(*std::move(page)) : std::nullopt;
}

Result<> Catalogue::set_page(std::string_view url, const CachedPage& page) {
  const std::string record = write_page(url, page);
  ASSAY_CHECK(write_record(record_path(state_->root, "pages", sha256(url)), record));
  ASSAY_CHECK(state_->run(insert_page, {std::string(url), record}));
  return {};
}

}  // namespace assay
