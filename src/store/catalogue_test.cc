#include "store/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>
#include <vector>

#include "io/files.h"
#include "io/sqlite.h"
#include "store/store.h"

namespace assay {
namespace {

class Answers : public testing::Test {
 protected:
  Catalogue open() const {
    auto catalogue = Catalogue::open(blobs_);
    EXPECT_TRUE(catalogue) << catalogue.error().message;
    return *std::move(catalogue);
  }

  static CachedPage page(std::string_view body) {
    return {.body = sha256(body),
            .etag = "\"abc\"",
            .last_modified = "Wed, 25 Nov 2026 02:16:00 GMT",
            .content_type = "application/json",
            .url = "https://index.example/simple/flask/",
            .fetched = parse_time("2026-11-25T02:16:00Z").value()};
  }

  static void fill(Catalogue& catalogue) {
    for (int i = 0; i < 100; ++i) {
      const std::string name = std::to_string(i);
      ASSERT_TRUE(catalogue.set_action_result(sha256("key" + name), "build", sha256(name)));
      ASSERT_TRUE(catalogue.set_page("https://index.example/" + name, page(name)));
    }
  }

  static void expect_full(Catalogue& catalogue) {
    for (int i = 0; i < 100; ++i) {
      const std::string name = std::to_string(i);
      const auto result = catalogue.action_result(sha256("key" + name));
      ASSERT_TRUE(result) << result.error().message;
      EXPECT_EQ(*result, sha256(name));
      const auto found = catalogue.page("https://index.example/" + name);
      ASSERT_TRUE(found && *found);
      EXPECT_EQ((*found)->body, sha256(name));
    }
  }

  // Writes over a part of the database, as a failing disk would.
  void damage(std::streamoff at, std::size_t size) const {
    std::fstream file(database_, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(at);
    file << std::string(size, '\xa5');
  }

  TemporaryDirectory folder_ =
      TemporaryDirectory::create(fs::temp_directory_path(), "assay-catalogue-").value();
  BlobStore blobs_ = BlobStore::open(folder_.path() / "store").value();
  fs::path database_ = blobs_.root() / "catalogue.sqlite";
};

TEST_F(Answers, AreKept) {
  const auto key = sha256("key");
  const std::string url = "https://index.example/simple/flask/?a='b'";
  {
    auto catalogue = open();
    EXPECT_EQ(catalogue.action_result(key), std::nullopt);
    EXPECT_TRUE(catalogue.page(url).value() == std::nullopt);
    ASSERT_TRUE(catalogue.set_action_result(key, "build", sha256("result")));
    ASSERT_TRUE(catalogue.set_page(url, page("body")));
    EXPECT_EQ(catalogue.action_result(key), sha256("result"));
  }
  auto catalogue = open();
  EXPECT_EQ(catalogue.action_result(key), sha256("result"));
  const auto found = catalogue.page(url).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->body, sha256("body"));
  EXPECT_EQ(found->etag, "\"abc\"");
  EXPECT_EQ(found->last_modified, "Wed, 25 Nov 2026 02:16:00 GMT");
  EXPECT_EQ(found->content_type, "application/json");
  EXPECT_EQ(found->url, "https://index.example/simple/flask/");
  EXPECT_EQ(format_time(found->fetched), "2026-11-25T02:16:00Z");
}

TEST_F(Answers, GiveWayToNewerOnes) {
  auto catalogue = open();
  const auto key = sha256("key");
  ASSERT_TRUE(catalogue.set_action_result(key, "build", sha256("old")));
  ASSERT_TRUE(catalogue.set_action_result(key, "build", sha256("new")));
  EXPECT_EQ(catalogue.action_result(key), sha256("new"));
  ASSERT_TRUE(catalogue.set_page("u", page("old")));
  ASSERT_TRUE(catalogue.set_page("u", page("new")));
  EXPECT_EQ(catalogue.page("u").value()->body, sha256("new"));
}

TEST_F(Answers, AreFilesToo) {
  auto catalogue = open();
  const auto hex = sha256("key").hex();
  ASSERT_TRUE(catalogue.set_action_result(sha256("key"), "build", sha256("result")));
  EXPECT_EQ(read_file(blobs_.root() / "actions" / hex.substr(0, 2) / hex.substr(2)),
            "{\"kind\":\"build\",\"result\":\"" + sha256("result").hex() + "\"}");
}

TEST_F(Answers, SurviveTheLossOfTheDatabase) {
  {
    auto catalogue = open();
    fill(catalogue);
  }
  for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(database_.string() + suffix);
  auto catalogue = open();
  expect_full(catalogue);
}

TEST_F(Answers, SurviveADatabaseThatIsNone) {
  {
    auto catalogue = open();
    fill(catalogue);
  }
  ASSERT_TRUE(write_file(database_, std::string(50'000, 'x')));
  {
    auto catalogue = open();
    expect_full(catalogue);
  }
  ASSERT_TRUE(write_file(database_, ""));
  auto catalogue = open();
  expect_full(catalogue);
}

TEST_F(Answers, SurviveDamageInTheMiddle) {
  {
    auto catalogue = open();
    fill(catalogue);
  }
  const auto size = fs::file_size(database_);
  ASSERT_GT(size, 20'000U);
  damage(4096, size - 8192);  // all but the schema at the beginning and the last page
  auto catalogue = open();
  expect_full(catalogue);
  EXPECT_TRUE(catalogue.set_action_result(sha256("more"), "build", sha256("result")));
}

TEST_F(Answers, SurviveADatabaseOfAnotherTime) {
  {
    auto catalogue = open();
    fill(catalogue);
  }
  {
    auto database = Database::open(database_).value();
    ASSERT_TRUE(database.run("DROP TABLE page"));
    ASSERT_TRUE(database.run("PRAGMA user_version = 1"));
  }
  auto catalogue = open();
  expect_full(catalogue);
}

TEST_F(Answers, ThatACrashTurnedToRubbishAreAskedForAgain) {
  {
    auto catalogue = open();
    fill(catalogue);
    const auto hex = sha256("key7").hex();
    const auto actions = blobs_.root() / "actions";
    ASSERT_TRUE(write_file(actions / hex.substr(0, 2) / hex.substr(2), ""));
    ASSERT_TRUE(
        write_file(actions / hex.substr(0, 2) / (hex.substr(2) + ".a1b2c3"), "{\"kind\":\"b"));
    ASSERT_TRUE(write_file(actions / "stray", "[]"));
    const auto page_hex = sha256("https://index.example/8").hex();
    ASSERT_TRUE(write_file(blobs_.root() / "pages" / page_hex.substr(0, 2) / page_hex.substr(2),
                           "{\"key\":\"https://index.example/8\",\"body\":7}"));
  }
  fs::remove(database_);
  auto catalogue = open();
  EXPECT_EQ(catalogue.action_result(sha256("key7")), std::nullopt);
  EXPECT_EQ(catalogue.action_result(sha256("key8")), sha256("8"));
  EXPECT_TRUE(catalogue.page("https://index.example/8").value() == std::nullopt);
  EXPECT_TRUE(catalogue.page("https://index.example/7").value() != std::nullopt);
}

TEST_F(Answers, AreNotBelievedForTheUrlOfAnother) {
  {
    auto catalogue = open();
    ASSERT_TRUE(catalogue.set_page("https://index.example/a", page("a")));
  }
  const auto from = sha256("https://index.example/a").hex();
  const auto to = sha256("https://index.example/b").hex();
  const auto pages = blobs_.root() / "pages";
  ASSERT_TRUE(make_directories(pages / to.substr(0, 2)));
  fs::rename(pages / from.substr(0, 2) / from.substr(2), pages / to.substr(0, 2) / to.substr(2));
  fs::remove(database_);
  auto catalogue = open();
  EXPECT_TRUE(catalogue.page("https://index.example/a").value() == std::nullopt);
}

TEST_F(Answers, AreSharedByThreads) {
  auto catalogue = open();
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&catalogue, t] {
        for (int i = 0; i < 50; ++i) {
          const auto key = sha256(std::to_string(t * 1000 + i));
          EXPECT_TRUE(catalogue.set_action_result(key, "build", key));
          EXPECT_EQ(catalogue.action_result(key), key);
        }
      });
    }
  }
  EXPECT_EQ(catalogue.action_result(sha256("3049")), sha256("3049"));
}

TEST_F(Answers, AreSharedByProcesses) {
  const auto in_processes = [&](const auto& body) {
    std::vector<pid_t> children;
    for (int p = 0; p < 5; ++p) {
      const pid_t child = fork();
      if (child == 0) _exit(body(p) ? 0 : 1);
      children.push_back(child);
    }
    for (const pid_t child : children) {
      int status = 0;
      ASSERT_EQ(waitpid(child, &status, 0), child);
      EXPECT_EQ(status, 0);
    }
  };
  const auto write = [&](int p) {
    auto store = Store::open(blobs_.root());
    bool good = store.has_value();
    for (int i = 0; good && i < 40; ++i) {
      const auto key = sha256(std::to_string(p * 100 + i));
      good = store->catalogue.set_action_result(key, "build", key) &&
             store->catalogue.action_result(key) == key;
    }
    return good;
  };
  const auto read = [&](int) {
    auto store = Store::open(blobs_.root());
    return store && store->catalogue.action_result(sha256("439")) == sha256("439");
  };
  in_processes(write);
  in_processes(read);
  ASSERT_TRUE(write_file(database_, std::string(10'000, 'x')));  // all of them meet it
  in_processes(read);
}

TEST_F(Answers, ThatCanNotBeKeptAreAnError) {
  auto catalogue = open();
  ASSERT_TRUE(write_file(blobs_.root() / "actions", "a file where the folder should be"));
  const auto outcome = catalogue.set_action_result(sha256("key"), "build", sha256("result"));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::io);
  EXPECT_THAT(outcome.error().message, testing::HasSubstr("actions"));
}

TEST(DefaultStorePath, IsTheEnvironments) {
  const auto set = [](const char* name, const char* value) {
    if (value == nullptr) {
      unsetenv(name);
    } else {
      setenv(name, value, 1);
    }
  };
  const auto path = [&](const char* store, const char* cache, const char* home) {
    set("ASSAY_STORE", store);
    set("XDG_CACHE_HOME", cache);
    set("HOME", home);
    return default_store_path().string();
  };
  const char* home_before = std::getenv("HOME");
  const std::string home = home_before == nullptr ? "" : home_before;
  EXPECT_EQ(path("/store", "/cache", "/home/me"), "/store");
  EXPECT_EQ(path(nullptr, "/cache", "/home/me"), "/cache/assay");
  EXPECT_EQ(path("", "", "/home/me"), "/home/me/.cache/assay");
  unsetenv("ASSAY_STORE");
  unsetenv("XDG_CACHE_HOME");
  set("HOME", home.c_str());
}

}  // namespace
}  // namespace assay
