#include "io/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <chrono>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace assay {

namespace {

constexpr std::chrono::seconds patience(30);  // for what another process has locked

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

void bind(sqlite3_stmt* statement, int place, const SqlValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    sqlite3_bind_int64(statement, place, *number);
  } else if (const auto* real = std::get_if<double>(&value)) {
    sqlite3_bind_double(statement, place, *real);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    sqlite3_bind_text64(statement, place, text->data(), text->size(), SQLITE_TRANSIENT,
                        SQLITE_UTF8);
  } else {
    sqlite3_bind_null(statement, place);
  }
}

SqlValue column(sqlite3_stmt* statement, int place) {
  switch (sqlite3_column_type(statement, place)) {
    case SQLITE_INTEGER: return static_cast<std::int64_t>(sqlite3_column_int64(statement, place));
    case SQLITE_FLOAT: return sqlite3_column_double(statement, place);
    case SQLITE_NULL: return nullptr;
    default: {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, place));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, place));
      return size == 0 ? std::string() : std::string(bytes, size);
    }
  }
}

}  // namespace

struct Database::State {
  ~State() {
    statements.clear();
    sqlite3_close(handle);
  }

  std::unexpected<Error> error(std::string_view doing) const {
    return fail(kind_of(sqlite3_errcode(handle)),
                fmt::format("{}: {}: {}", path, doing, sqlite3_errmsg(handle)));
  }

  static ErrorKind kind_of(int code) {
    switch (code) {
      case SQLITE_CORRUPT:
      case SQLITE_NOTADB: return ErrorKind::invalid_input;
      case SQLITE_ERROR:
      case SQLITE_RANGE:
      case SQLITE_MISUSE: return ErrorKind::internal;
      default: return ErrorKind::io;
    }
  }

  // Going over to WAL needs the file for itself for a moment, and SQLite does not wait for that.
  Result<> use_wal() {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
      const int outcome =
          sqlite3_exec(handle, "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
      if (outcome == SQLITE_OK) return {};
      if (outcome != SQLITE_BUSY || std::chrono::steady_clock::now() > deadline) {
        return error("could not open");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

  Result<sqlite3_stmt*> statement_for(std::string_view sql) {
    auto& statement = statements[std::string(sql)];
    if (!statement) {
      sqlite3_stmt* made = nullptr;
      if (sqlite3_prepare_v2(handle, sql.data(), static_cast<int>(sql.size()), &made, nullptr) !=
          SQLITE_OK) {
        return error(sql);
      }
      statement.reset(made);
    }
    return statement.get();
  }

  sqlite3* handle = nullptr;
  std::string path;
  std::recursive_mutex mutex;  // a transaction's body runs statements
  std::unordered_map<std::string, Statement> statements;
};

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::~Database() = default;
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;

Result<Database> Database::open(const std::filesystem::path& path) {
  auto state = std::make_unique<State>();
  state->path = path.string();
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path.c_str(), &state->handle, flags, nullptr) != SQLITE_OK) {
    return state->error("could not open");
  }
  sqlite3_busy_timeout(state->handle,
                       static_cast<int>(std::chrono::milliseconds(patience).count()));
  ASSAY_CHECK(state->use_wal());
  Database database(std::move(state));
  // A power cut may take the last answers back, which are then asked for again; it does no damage.
  ASSAY_CHECK(database.run("PRAGMA synchronous = NORMAL"));
  return database;
}

Result<std::vector<SqlRow>> Database::run(std::string_view sql,
                                          const std::vector<SqlValue>& values) {
  std::scoped_lock lock(state_->mutex);
  ASSAY_TRY(sqlite3_stmt* const statement, state_->statement_for(sql));
  if (sqlite3_bind_parameter_count(statement) != static_cast<int>(values.size())) {
    return fail(ErrorKind::internal, fmt::format("{}: {} values given", sql, values.size()));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    bind(statement, static_cast<int>(i) + 1, values[i]);
  }
  std::vector<SqlRow> rows;
  int step = SQLITE_ROW;
  while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
    SqlRow row;
    for (int i = 0; i < sqlite3_column_count(statement); ++i) row.push_back(column(statement, i));
    rows.push_back(std::move(row));
  }
  auto outcome = step == SQLITE_DONE ? Result<>() : Result<>(state_->error(sql));
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  if (!outcome) return std::unexpected(std::move(outcome).error());
  return rows;
}

Result<> Database::transaction(const std::function<Result<>()>& body) {
  std::scoped_lock lock(state_->mutex);
  ASSAY_CHECK(run("BEGIN IMMEDIATE"));
  Result<> outcome = body();
  if (outcome) {
    if (auto committed = run("COMMIT"); !committed) {
      outcome = std::unexpected(std::move(committed).error());
    }
  }
  if (!outcome) static_cast<void>(run("ROLLBACK"));
  return outcome;
}

}  // namespace assay
