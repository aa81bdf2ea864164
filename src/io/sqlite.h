#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace assay {

using SqlValue = std::variant<std::nullptr_t, std::int64_t, double, std::string>;
using SqlRow = std::vector<SqlValue>;

// One SQLite database (WAL, busy timeout), used by one thread at a time inside. Many processes may
// have it open. Errors: invalid_input if the file is damaged or no database at all, internal for a
// statement that can't be right, otherwise io.
class Database {
 public:
  static Result<Database> open(const std::filesystem::path& path);
  ~Database();
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;

  // A statement with its values bound in order; prepared statements are kept.
  Result<std::vector<SqlRow>> run(std::string_view sql, const std::vector<SqlValue>& values = {});
  // All of it or nothing. The body runs its statements here, and no transaction of its own.
  Result<> transaction(const std::function<Result<>()>& body);

 private:
  struct State;
  explicit Database(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace assay
