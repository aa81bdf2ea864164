#include "fetch/download.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "io/files.h"
#include "made_index.h"

namespace assay {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class DownloadTest : public testing::Test {
 protected:
  DownloadTest() {
    for (int i = 0; i < 50'000; ++i) bytes_ += static_cast<char>(i * 7 + i / 256);
    index_.set("/demo-1.0.tar.gz", {.body = bytes_});
  }

  IndexFile file() const {
    return {.file_name = "demo-1.0.tar.gz",
            .url = index_.url("/demo-1.0.tar.gz"),
            .sha256 = sha256(bytes_),
            .size = bytes_.size()};
  }
  Result<Blob> fetch(const IndexFile& file) { return download(file, http_, store_, {}); }
  fs::path partial() const { return store_.blobs.partial(sha256(bytes_)); }

  void expect_fetched(const Result<Blob>& blob) {
    ASSERT_TRUE(blob) << blob.error().message;
    EXPECT_EQ(*blob, (Blob{sha256(bytes_), bytes_.size()}));
    EXPECT_EQ(store_.blobs.get(blob->digest).value(), bytes_);
    EXPECT_FALSE(fs::exists(partial()));
  }

  TemporaryDirectory folder_ = TemporaryDirectory::create(testing::TempDir(), "download").value();
  Store store_ = Store::open(folder_.path()).value();
  std::string bytes_;
  MadeIndex index_;
  HttpClient http_{{.user_agent = "test"}};
};

TEST_F(DownloadTest, PutsAFileIntoTheStoreOnce) {
  expect_fetched(fetch(file()));
  expect_fetched(fetch(file()));
  EXPECT_EQ(index_.requests().size(), 1U);
}

TEST_F(DownloadTest, NeedsNoSize) {
  IndexFile unsized = file();
  unsized.size = 0;
  expect_fetched(fetch(unsized));
}

TEST_F(DownloadTest, RefusesAFileWithoutAHash) {
  IndexFile unhashed = file();
  unhashed.sha256.reset();
  const auto blob = fetch(unhashed);
  ASSERT_FALSE(blob);
  EXPECT_EQ(blob.error().kind, ErrorKind::invalid_input);
  EXPECT_TRUE(index_.requests().empty());
}

TEST_F(DownloadTest, RefusesAWrongHashAndKeepsNothing) {
  IndexFile wrong = file();
  wrong.sha256 = sha256("something else");
  const auto blob = fetch(wrong);
  ASSERT_FALSE(blob);
  EXPECT_EQ(blob.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(blob.error().message,
              AllOf(HasSubstr("demo-1.0.tar.gz"), HasSubstr(sha256(bytes_).hex()),
                    HasSubstr(sha256("something else").hex())));
  EXPECT_FALSE(fs::exists(store_.blobs.partial(*wrong.sha256)));
  EXPECT_FALSE(store_.blobs.has(sha256(bytes_)));
}

TEST_F(DownloadTest, RefusesMoreBytesThanTheIndexTells) {
  IndexFile shorter = file();
  shorter.size = 100;
  const auto blob = fetch(shorter);
  ASSERT_FALSE(blob);
  EXPECT_EQ(blob.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(blob.error().message, HasSubstr("more than the 100 bytes"));
  EXPECT_FALSE(fs::exists(partial()));
}

TEST_F(DownloadTest, GoesOnWhereItWasCutOff) {
  index_.set("/demo-1.0.tar.gz", {.body = bytes_, .etag = "\"one\"", .cut_after = 20'000});
  expect_fetched(fetch(file()));
  const auto requests = index_.requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(requests[1].header("range"), "bytes=20000-");
  EXPECT_EQ(requests[1].header("if-range"), "\"one\"");
  EXPECT_EQ(requests[2].header("range"), "bytes=40000-");
}

TEST_F(DownloadTest, KeepsWhatCameForTheNextRun) {
  index_.set("/demo-1.0.tar.gz", {.body = bytes_, .cut_after = 10'000});
  const auto cut_off = fetch(file());
  ASSERT_FALSE(cut_off);
  EXPECT_EQ(cut_off.error().kind, ErrorKind::network);
  EXPECT_THAT(cut_off.error().message, HasSubstr("demo-1.0.tar.gz"));
  EXPECT_EQ(fs::file_size(partial()), 30'000U);  // three attempts
  index_.set("/demo-1.0.tar.gz", {.body = bytes_});
  expect_fetched(fetch(file()));
  EXPECT_EQ(index_.requests().back().header("range"), "bytes=30000-");
}

TEST_F(DownloadTest, BeginsAnewWhereTheServerKnowsNoRanges) {
  ASSERT_TRUE(write_file(partial(), bytes_.substr(0, 1000)));
  index_.set("/demo-1.0.tar.gz", {.body = bytes_, .ranges = false});
  expect_fetched(fetch(file()));
  EXPECT_EQ(index_.requests().size(), 1U);
}

TEST_F(DownloadTest, BeginsAnewWhereWhatWasThereIsWrong) {
  ASSERT_TRUE(write_file(partial(), std::string(1000, '?')));
  expect_fetched(fetch(file()));
}

TEST_F(DownloadTest, BeginsAnewWhereMoreIsThereThanThereShouldBe) {
  ASSERT_TRUE(write_file(partial(), bytes_ + "more"));
  expect_fetched(fetch(file()));
}

TEST_F(DownloadTest, TakesWhatIsThereWhole) {
  ASSERT_TRUE(write_file(partial(), bytes_));
  expect_fetched(fetch(file()));
  EXPECT_TRUE(index_.requests().empty());
}

TEST_F(DownloadTest, RefusesAnotherRangeThanItAskedFor) {
  ASSERT_TRUE(write_file(partial(), bytes_.substr(0, 1000)));
  const RawServer server(
      "HTTP/1.1 206 X\r\nContent-Length: 4\r\nContent-Range: bytes 0-3/50000\r\n\r\nevil");
  IndexFile elsewhere = file();
  elsewhere.url = server.url("/demo-1.0.tar.gz");
  const auto blob = fetch(elsewhere);
  ASSERT_FALSE(blob);
  EXPECT_EQ(blob.error().kind, ErrorKind::network);
}

TEST_F(DownloadTest, TellsWhatTheServerAnswers) {
  index_.set("/demo-1.0.tar.gz", {.body = "no", .status = 403});
  const auto blob = fetch(file());
  ASSERT_FALSE(blob);
  EXPECT_EQ(blob.error().kind, ErrorKind::network);
  EXPECT_THAT(blob.error().message, AllOf(HasSubstr("demo-1.0.tar.gz"), HasSubstr("answers 403")));
}

TEST_F(DownloadTest, ManyMayWantTheSameFile) {
  std::vector<std::jthread> threads;
  std::atomic<int> fetched = 0;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      if (fetch(file())) ++fetched;
    });
  }
  threads.clear();
  EXPECT_EQ(fetched, 6);
  EXPECT_EQ(index_.requests().size(), 1U);
  EXPECT_FALSE(fs::exists(partial()));
}

TEST_F(DownloadTest, AStopKeepsWhatCame) {
  const RawServer server("HTTP/1.1 200 X\r\nContent-Length: 50000\r\n\r\n" + bytes_.substr(0, 5000),
                         true);
  IndexFile elsewhere = file();
  elsewhere.url = server.url("/demo-1.0.tar.gz");
  std::stop_source stop;
  HttpClient http({.user_agent = "test"});
  Result<Blob> blob;
  {
    const std::jthread caller([&] { blob = download(elsewhere, http, store_, stop.get_token()); });
    std::error_code none;
    while (!fs::exists(partial()) || fs::file_size(partial(), none) < 5000)
      std::this_thread::yield();
    stop.request_stop();
  }
  ASSERT_FALSE(blob);
  EXPECT_EQ(blob.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(fs::file_size(partial()), 5000U);
}

}  // namespace
}  // namespace assay
