#include "io/sqlite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <limits>
#include <thread>

#include "io/files.h"

namespace assay {
namespace {

using testing::HasSubstr;

class Sqlite : public testing::Test {
 protected:
  Database open() const { return Database::open(path_).value(); }

  static std::int64_t count(Database& database) {
    return std::get<std::int64_t>(database.run("SELECT count(*) FROM t").value().at(0).at(0));
  }

  TemporaryDirectory folder_ =
      TemporaryDirectory::create(fs::temp_directory_path(), "assay-sqlite-").value();
  fs::path path_ = folder_.path() / "test.sqlite";
};

TEST_F(Sqlite, GivesValuesBackAsTheyWere) {
  auto database = open();
  ASSERT_TRUE(database.run("CREATE TABLE t (a, b, c, d, e)"));
  const std::vector<SqlValue> values{std::numeric_limits<std::int64_t>::min(), 0.1, nullptr,
                                     std::string(), std::string("a\0'b\xff", 5)};
  ASSERT_TRUE(database.run("INSERT INTO t VALUES (?, ?, ?, ?, ?)", values));
  const auto rows = database.run("SELECT * FROM t");
  ASSERT_TRUE(rows);
  EXPECT_THAT(*rows, testing::ElementsAre(values));
}

TEST_F(Sqlite, KeepsThemForTheNextTime) {
  {
    auto database = open();
    ASSERT_TRUE(database.run("CREATE TABLE t (a)"));
    ASSERT_TRUE(database.run("INSERT INTO t VALUES (?)", {std::int64_t{7}}));
  }
  auto database = open();
  EXPECT_EQ(database.run("SELECT a FROM t"), (std::vector<SqlRow>{{std::int64_t{7}}}));
}

TEST_F(Sqlite, UsesAStatementAgainWithOtherValues) {
  auto database = open();
  ASSERT_TRUE(database.run("CREATE TABLE t (a UNIQUE)"));
  EXPECT_TRUE(database.run("INSERT INTO t VALUES (?)", {std::string("x")}));
  EXPECT_FALSE(database.run("INSERT INTO t VALUES (?)", {std::string("x")}));
  EXPECT_TRUE(database.run("INSERT INTO t VALUES (?)", {std::string("y")}));
  EXPECT_EQ(count(database), 2);
}

TEST_F(Sqlite, ATransactionIsAllOrNothing) {
  auto database = open();
  ASSERT_TRUE(database.run("CREATE TABLE t (a)"));
  const auto insert = [&] { return database.run("INSERT INTO t VALUES (1)").has_value(); };
  const auto failed = database.transaction([&]() -> Result<> {
    EXPECT_TRUE(insert());
    return fail(ErrorKind::network, "no answer");
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "no answer");
  EXPECT_EQ(count(database), 0);
  EXPECT_TRUE(database.transaction([&]() -> Result<> {
    EXPECT_TRUE(insert() && insert());
    return {};
  }));
  EXPECT_EQ(count(database), 2);
}

TEST_F(Sqlite, TellsAWrongStatementFromADamagedFile) {
  auto database = open();
  const auto wrong = database.run("SELEKT 1");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::internal);
  EXPECT_THAT(wrong.error().message, HasSubstr("SELEKT"));
  EXPECT_EQ(database.run("SELECT ?").error().kind, ErrorKind::internal);
  EXPECT_EQ(database.run("SELECT 1", {nullptr}).error().kind, ErrorKind::internal);

  const auto other = folder_.path() / "other";
  ASSERT_TRUE(write_file(other, std::string(10'000, 'x')));
  const auto damaged = Database::open(other);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(damaged.error().message, HasSubstr(other.string()));
}

TEST_F(Sqlite, ThatCanNotBeOpenedNamesThePath) {
  const auto path = folder_.path() / "none" / "test.sqlite";
  const auto outcome = Database::open(path);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::io);
  EXPECT_THAT(outcome.error().message, HasSubstr(path.string()));
}

TEST_F(Sqlite, IsSharedByThreads) {
  auto database = open();
  ASSERT_TRUE(database.run("CREATE TABLE t (a)"));
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 50; ++i) {
          EXPECT_TRUE(database.transaction([&]() -> Result<> {
            EXPECT_TRUE(database.run("INSERT INTO t VALUES (?)", {std::int64_t{i}}));
            return {};
          }));
        }
      });
    }
  }
  EXPECT_EQ(count(database), 200);
}

TEST_F(Sqlite, IsSharedByProcessesFromTheFirstMoment) {
  std::vector<pid_t> children;
  for (int p = 0; p < 6; ++p) {
    const pid_t child = fork();
    if (child == 0) {
      auto database = Database::open(path_);
      bool good = database && database->run("CREATE TABLE IF NOT EXISTS t (a)");
      for (int i = 0; good && i < 30; ++i) {
        good = database->run("INSERT INTO t VALUES (1)").has_value();
      }
      _exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  auto database = open();
  EXPECT_EQ(count(database), 180);
}

}  // namespace
}  // namespace assay
