#include "action/action.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <set>
#include <stdexcept>
#include <thread>

#include "io/files.h"

namespace assay {
namespace {

TEST(ActionKey, IsTheSameForTheSameWork) {
  const ActionKey key{"build", "1", {"a", "b"}, {"x"}};
  EXPECT_EQ(key.digest(), (ActionKey{"build", "1", {"a", "b"}, {"x"}}).digest());
}

TEST(ActionKey, DiffersWhereverTheWorkDoes) {
  const std::string zero("\0", 1);
  const std::vector<ActionKey> keys{
      {"build", "1", {}, {}},         {"build1", "", {}, {}},
      {"", "build1", {}, {}},         {"buil", "d1", {}, {}},
      {"build", "2", {}, {}},         {"build", "1", {""}, {}},
      {"build", "1", {}, {""}},       {"build", "1", {"", ""}, {}},
      {"build", "1", {"a"}, {}},      {"build", "1", {}, {"a"}},
      {"build", "1", {"a", "b"}, {}}, {"build", "1", {"b", "a"}, {}},
      {"build", "1", {"ab"}, {}},     {"build", "1", {"a"}, {"b"}},
      {"build", "1", {}, {"a", "b"}}, {"build", "1", {"1:a1:b"}, {}},
      {"build", "1", {"a1:b"}, {}},   {"build", "1", {"a" + zero + "b"}, {}},
      {"build", "1", {"1:a0;"}, {}},
  };
  std::set<Digest> digests;
  for (const auto& key : keys) digests.insert(key.digest());
  EXPECT_EQ(digests.size(), keys.size());
}

class Actions : public testing::Test {
 protected:
  Store open() const { return Store::open(folder_.path() / "store").value(); }

  Result<std::string> run(ActionRunner& runner, const std::string& result) {
    return runner.run(
        key_,
        [&]() -> Result<std::string> {
          ++runs_;
          return result;
        },
        &from_cache_);
  }

  fs::path blob_of(const std::string& bytes) { return store_.blobs.path_of(sha256(bytes)); }

  TemporaryDirectory folder_ =
      TemporaryDirectory::create(fs::temp_directory_path(), "assay-action-").value();
  Store store_ = open();
  ActionRunner runner_{store_};
  const ActionKey key_{"build", "1", {sha256("source").hex()}, {"cp311"}};
  std::atomic<int> runs_ = 0;
  bool from_cache_ = false;
};

TEST_F(Actions, AreRunOnce) {
  EXPECT_EQ(run(runner_, "wheel"), "wheel");
  EXPECT_FALSE(from_cache_);
  EXPECT_EQ(run(runner_, "never made"), "wheel");
  EXPECT_TRUE(from_cache_);
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(runner_.run(key_, []() -> Result<std::string> { return "never made"; }), "wheel");
}

TEST_F(Actions, AreRunOnceForAllRunsOfTheProgram) {
  EXPECT_EQ(run(runner_, "wheel"), "wheel");
  Store store = open();
  ActionRunner runner(store);
  EXPECT_EQ(run(runner, "never made"), "wheel");
  EXPECT_TRUE(from_cache_);
}

TEST_F(Actions, OfAnotherKeyAreRunForThemselves) {
  EXPECT_EQ(run(runner_, "wheel"), "wheel");
  ActionKey other = key_;
  other.version = "2";
  EXPECT_EQ(runner_.run(other, []() -> Result<std::string> { return "better"; }), "better");
  EXPECT_EQ(run(runner_, "never made"), "wheel");
}

TEST_F(Actions, MayHaveAnEmptyResult) {
  EXPECT_EQ(run(runner_, ""), "");
  EXPECT_EQ(run(runner_, "never made"), "");
  EXPECT_TRUE(from_cache_);
}

TEST_F(Actions, ThatFailAreTriedAgain) {
  const auto failed = runner_.run(
      key_, []() -> Result<std::string> { return fail(ErrorKind::network, "no answer"); },
      &from_cache_);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::network);
  EXPECT_EQ(failed.error().message, "no answer");
  EXPECT_EQ(run(runner_, "wheel"), "wheel");
  EXPECT_FALSE(from_cache_);
}

TEST_F(Actions, ThatThrowAreNotUnderWayForEver) {
  EXPECT_THROW(static_cast<void>(runner_.run(
                   key_, []() -> Result<std::string> { throw std::runtime_error("a defect"); })),
               std::runtime_error);
  EXPECT_EQ(run(runner_, "wheel"), "wheel");
}

TEST_F(Actions, WhoseResultIsLostAreRunAgain) {
  EXPECT_EQ(run(runner_, "wheel"), "wheel");
  fs::remove(blob_of("wheel"));
  EXPECT_EQ(run(runner_, "new wheel"), "new wheel");
  EXPECT_FALSE(from_cache_);
  EXPECT_EQ(run(runner_, "never made"), "new wheel");
}

TEST_F(Actions, WhoseResultIsDamagedAreRunAgain) {
  EXPECT_EQ(run(runner_, "wheel"), "wheel");
  ASSERT_TRUE(write_file(blob_of("wheel"), "wheex"));
  EXPECT_EQ(run(runner_, "wheel"), "wheel");
  EXPECT_FALSE(from_cache_);
  EXPECT_EQ(read_file(blob_of("wheel")), "wheel");
}

TEST_F(Actions, WhoseResultCanNotBeKeptAreAnError) {
  ASSERT_TRUE(write_file(store_.blobs.root() / "actions", "a file where the folder should be"));
  EXPECT_FALSE(run(runner_, "wheel"));
}

TEST_F(Actions, AskedForByManyThreadsAreRunOnce) {
  constexpr int count = 8;
  std::latch together(count);
  std::atomic<int> from_cache = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < count; ++i) {
      threads.emplace_back([&] {
        bool cached = false;
        together.arrive_and_wait();
        const auto result = runner_.run(
            key_,
            [&]() -> Result<std::string> {
              ++runs_;
              std::this_thread::sleep_for(
                  std::chrono::milliseconds(50));  // the others come meanwhile
              return "wheel";
            },
            &cached);
        EXPECT_EQ(result, "wheel");
        from_cache += cached ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(from_cache, count - 1);
}

TEST_F(Actions, ThatFailForOneThreadAreRunByTheNext) {
  constexpr int count = 4;
  std::latch together(count);
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < count; ++i) {
      threads.emplace_back([&] {
        together.arrive_and_wait();
        const auto result = runner_.run(key_, [&]() -> Result<std::string> {
          const bool first = runs_++ == 0;
          std::this_thread::sleep_for(std::chrono::milliseconds(50));
          if (first) return fail(ErrorKind::cancelled, "stopped");
          return "wheel";
        });
        failures += result ? 0 : 1;
        EXPECT_EQ(result.value_or("wheel"), "wheel");
      });
    }
  }
  EXPECT_EQ(runs_, 2);
  EXPECT_EQ(failures, 1);
}

TEST_F(Actions, OfDifferentKeysRunAtTheSameTime) {
  std::latch both(2);
  std::vector<std::jthread> threads;
  for (const char* input : {"a", "b"}) {
    threads.emplace_back([&, input] {
      EXPECT_TRUE(runner_.run({"build", "1", {input}, {}}, [&]() -> Result<std::string> {
        both.arrive_and_wait();
        return "wheel";
      }));
    });
  }
}

}  // namespace
}  // namespace assay
