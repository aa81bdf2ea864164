#include "fetch/index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "fetch/index_account.h"
#include "io/archive.h"
#include "io/files.h"
#include "made_index.h"
#include "made_tar.h"

namespace assay {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

const Name demo = Name::normalize("demo");
const Version one = Version::parse("1.0").value();
const std::string page_path = "/simple/demo/";
const std::string wheel_name = "demo-1.0-py3-none-any.whl";
const std::string wheel_path = "/files/" + wheel_name;

std::string page_json(const std::string& files) {
  return R"({"meta": {"api-version": "1.1"}, "name": "demo", "files": [)" + files + "]}";
}
const std::string one_file =
    R"({"filename": "demo-1.0.tar.gz", "url": "../../files/demo-1.0.tar.gz", "hashes": {}})";

std::string metadata_text(const std::string& name = "demo", const std::string& version = "1.0") {
  return "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version +
         "\nRequires-Dist: other\n";
}

// Larger than the end of it that is asked for first.
std::string wheel(const std::string& metadata) {
  std::string noise;
  for (unsigned i = 0, state = 1; i < 200'000; ++i) {
    noise += static_cast<char>((state = state * 1103515245 + 12345) >> 16);
  }
  ZipWriter zip;
  zip.add("demo-1.0.dist-info/METADATA", metadata, false);
  zip.add("demo/data", noise, false);
  return zip.finish();
}

class IndexTest : public testing::Test {
 protected:
  std::unique_ptr<Index> index(bool offline = false, const std::string& url = "") {
    return std::make_unique<Index>(
        Index::Options{.url = url.empty() ? server_.url("/simple") : url, .offline = offline},
        http_, store_, std::stop_token());
  }

  std::string refusal(ErrorKind kind) {
    const auto page = index()->page(demo);
    if (page) return "it was read";
    EXPECT_EQ(page.error().kind, kind);
    return page.error().message;
  }

  IndexFile wheel_file(const std::string& bytes) {
    server_.set(wheel_path, {.body = bytes});
    return {.file_name = wheel_name,
            .url = server_.url(wheel_path),
            .sha256 = sha256(bytes),
            .size = bytes.size()};
  }

  IndexFile sdist_file(const std::string& bytes) {
    server_.set("/files/demo-1.0.tar.gz", {.body = bytes});
    return {.file_name = "demo-1.0.tar.gz",
            .url = server_.url("/files/demo-1.0.tar.gz"),
            .sha256 = sha256(bytes),
            .size = bytes.size()};
  }

  TemporaryDirectory folder_ = TemporaryDirectory::create(testing::TempDir(), "index").value();
  Store store_ = Store::open(folder_.path()).value();
  MadeIndex server_;
  HttpClient http_{{.user_agent = "test", .attempts = 1}};
};

TEST_F(IndexTest, ReadsAPageOnceARun) {
  server_.set_json(page_path, page_json(one_file));
  const auto run = index();
  const auto page = run->page(demo);
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_THAT(*page->files, SizeIs(1));
  EXPECT_EQ(page->files->front().url, server_.url("/files/demo-1.0.tar.gz"));
  EXPECT_EQ(page->digest, sha256(page_json(one_file)));
  EXPECT_EQ(run->page_digest(demo).value(), page->digest);
  EXPECT_EQ(run->page(demo).value().files, page->files);
  EXPECT_EQ(server_.requests().size(), 1U);
  EXPECT_THAT(server_.requests()[0].header("accept"),
              AllOf(HasSubstr("application/vnd.pypi.simple.v1+json"), HasSubstr("text/html;q=")));
}

TEST_F(IndexTest, ReadsHtml) {
  server_.set(page_path,
              {.body = "<html><a href='../../files/demo-1.0.tar.gz'>x</a>", .type = "text/html"});
  EXPECT_THAT(*index()->page(demo).value().files, SizeIs(1));
}

TEST_F(IndexTest, RevalidatesAPageInTheNextRun) {
  server_.set_json(page_path, page_json(one_file), "\"first\"");
  const auto before = index()->page(demo).value();
  const auto same = index()->page(demo).value();
  EXPECT_EQ(same.digest, before.digest);
  EXPECT_THAT(*same.files, SizeIs(1));
  EXPECT_EQ(server_.requests().back().header("if-none-match"), "\"first\"");

  server_.set_json(page_path, page_json(""), "\"second\"");
  const auto changed = index()->page(demo).value();
  EXPECT_NE(changed.digest, before.digest);
  EXPECT_THAT(*changed.files, SizeIs(0));
}

TEST_F(IndexTest, RevalidatesByTimeWhereThereIsNoEtag) {
  const std::string time = "Wed, 25 Nov 2026 02:16:00 GMT";
  server_.set(page_path,
              {.body = page_json(one_file), .type = "application/json", .last_modified = time});
  static_cast<void>(index()->page(demo));
  EXPECT_THAT(*index()->page(demo).value().files, SizeIs(1));
  EXPECT_EQ(server_.requests().back().header("if-modified-since"), time);
}

TEST_F(IndexTest, FetchesAPageWithoutValidatorsAgain) {
  server_.set_json(page_path, page_json(one_file));
  const auto before = index()->page_digest(demo).value();
  EXPECT_EQ(index()->page_digest(demo).value(), before);
  server_.set_json(page_path, page_json(""));
  EXPECT_NE(index()->page_digest(demo).value(), before);
  EXPECT_EQ(server_.requests().size(), 3U);
}

TEST_F(IndexTest, AsksNotAgainWhereOnlyEarlierUploadsMatter) {
  server_.set_json(page_path, page_json(one_file));
  const auto before = index()->page_digest(demo).value();
  const Time long_ago = parse_time("2020-01-01").value();
  EXPECT_EQ(index()->page_digest(demo, long_ago).value(), before);
  EXPECT_EQ(server_.requests().size(), 1U);
  const Time to_come = SystemClock().now() + std::chrono::hours(1);
  EXPECT_EQ(index()->page_digest(demo, to_come).value(), before);
  EXPECT_EQ(server_.requests().size(), 2U);
}

TEST_F(IndexTest, OfflineItTakesWhatIsKept) {
  server_.set_json(page_path, page_json(one_file), "\"first\"");
  static_cast<void>(index()->page(demo));
  EXPECT_THAT(*index(true)->page(demo).value().files, SizeIs(1));
  EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(IndexTest, OfflineAPageThatWasNeverSeenIsAnError) {
  const auto page = index(true)->page(demo);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::network);
  EXPECT_THAT(page.error().message, AllOf(HasSubstr("demo"), HasSubstr("offline")));
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(IndexTest, OfflineItKnowsWhatTheIndexDidNotHave) {
  static_cast<void>(refusal(ErrorKind::not_found));
  const auto asked = server_.requests().size();
  const auto page = index(true)->page(demo);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::not_found);
  EXPECT_EQ(server_.requests().size(), asked);
  server_.set_json(page_path, page_json(one_file));
  EXPECT_THAT(*index()->page(demo).value().files, SizeIs(1)) << "it may have come since";
  EXPECT_THAT(*index(true)->page(demo).value().files, SizeIs(1));
}

TEST_F(IndexTest, AProjectThatIsNotThereIsNotFound) {
  EXPECT_THAT(refusal(ErrorKind::not_found),
              AllOf(HasSubstr("demo"), HasSubstr(server_.url(page_path))));
}

TEST_F(IndexTest, EveryOtherAnswerNamesProjectAndUrl) {
  const auto named = AllOf(HasSubstr("demo"), HasSubstr(server_.url(page_path)));
  server_.set(page_path, {.body = "down", .status = 500});
  EXPECT_THAT(refusal(ErrorKind::network), AllOf(named, HasSubstr("answers 500")));
  server_.set_json(page_path, "garbage \x01\xff");
  EXPECT_THAT(refusal(ErrorKind::network), AllOf(named, HasSubstr("no JSON")));
  server_.set_json(page_path, "");
  EXPECT_THAT(refusal(ErrorKind::network), AllOf(named, HasSubstr("no JSON")));
  server_.set(page_path, {.body = "garbage", .type = "text/html"});
  EXPECT_THAT(refusal(ErrorKind::network), AllOf(named, HasSubstr("no HTML")));
  server_.set(page_path, {.body = "", .type = ""});
  EXPECT_THAT(refusal(ErrorKind::network), named);
  server_.set(page_path,
              {.body = page_json(one_file), .type = "application/json", .cut_after = 20});
  EXPECT_THAT(refusal(ErrorKind::network), named);
}

TEST_F(IndexTest, ABadAnswerDoesNotReplaceAGoodPage) {
  server_.set_json(page_path, page_json(one_file));
  static_cast<void>(index()->page(demo));
  server_.set_json(page_path, "garbage");
  EXPECT_FALSE(index()->page(demo));
  EXPECT_THAT(*index(true)->page(demo).value().files, SizeIs(1));
}

TEST_F(IndexTest, ManyThreadsAskForAPageOnce) {
  server_.set_json(page_path, page_json(one_file));
  const auto run = index();
  run->prefetch({demo, demo});
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] { EXPECT_THAT(*run->page(demo).value().files, SizeIs(1)); });
    }
  }
  EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(IndexTest, CredentialsAreUsedAndNeitherKeptNorShown) {
  server_.set_json(page_path, page_json(one_file));
  server_.set("/files/demo-1.0.tar.gz", {.body = "bytes"});
  std::string url = server_.url("/simple");
  url.insert(url.find("://") + 3, "somebody:made-up@");
  const auto run = index(false, url);
  IndexFile file = run->page(demo).value().files->front();
  EXPECT_EQ(server_.requests().back().header("authorization"),
            "Basic " + base64("somebody:made-up"));
  EXPECT_EQ(file.url, server_.url("/files/demo-1.0.tar.gz"));
  EXPECT_EQ(store_.catalogue.page(server_.url(page_path)).value().value().url,
            server_.url(page_path));

  file.sha256 = sha256("bytes");
  EXPECT_TRUE(run->fetch(file));
  EXPECT_EQ(server_.requests().back().header("authorization"),
            "Basic " + base64("somebody:made-up"));
  const auto missing = run->page(Name::normalize("missing"));
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, Not(HasSubstr("made-up")));
}

TEST(IndexAccount, SignsInOnItsOwnServerOnly) {
  const IndexAccount account("https://user:made-up@index.example:8443/simple");
  EXPECT_EQ(account.index_url(), "https://index.example:8443/simple");
  EXPECT_EQ(account.sign_in("https://index.example:8443/x"),
            "https://user:made-up@index.example:8443/x");
  for (const char* url :
       {"https://index.example/x", "http://index.example:8443/x", "https://index.example:84430/x",
        "https://index.example:8443.evil.example/x"}) {
    EXPECT_EQ(account.sign_in(url), url);
  }
  EXPECT_EQ(IndexAccount("https://index.example/").sign_in("https://index.example/x"),
            "https://index.example/x");
}

TEST_F(IndexTest, MetadataIsTheFileThatIsOffered) {
  IndexFile file = wheel_file(wheel("unused"));
  file.has_metadata = true;
  file.metadata_sha256 = sha256(metadata_text());
  server_.set(wheel_path + ".metadata", {.body = metadata_text()});
  const auto metadata = index()->metadata(demo, one, {file});
  ASSERT_TRUE(metadata) << metadata.error().message;
  EXPECT_EQ(metadata->requires_dist.at(0).str(), "other");
  EXPECT_EQ(server_.count(wheel_path), 0U);
  EXPECT_TRUE(index()->metadata(demo, one, {file}));
  EXPECT_EQ(server_.requests().size(), 1U);  // the second time it is known
}

TEST_F(IndexTest, MetadataWithAWrongHashIsRefused) {
  IndexFile file = wheel_file(wheel(metadata_text()));
  file.has_metadata = true;
  file.metadata_sha256 = sha256("something else");
  server_.set(wheel_path + ".metadata", {.body = metadata_text()});
  const auto metadata = index()->metadata(demo, one, {file});
  ASSERT_FALSE(metadata);
  EXPECT_EQ(metadata.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(metadata.error().message, AllOf(HasSubstr("demo 1.0"), HasSubstr("SHA-256")));
  EXPECT_EQ(server_.count(wheel_path), 0U);
}

TEST_F(IndexTest, MetadataThatIsOfferedAndMissingIsTheWheels) {
  IndexFile file = wheel_file(wheel(metadata_text()));
  file.has_metadata = true;
  EXPECT_TRUE(index()->metadata(demo, one, {file}));
}

TEST_F(IndexTest, MetadataComesByRanges) {
  const IndexFile file = wheel_file(wheel(metadata_text()));
  ASSERT_TRUE(index()->metadata(demo, one, {file}));
  EXPECT_EQ(server_.count(wheel_path), 2U);
  EXPECT_FALSE(store_.blobs.has(*file.sha256));
}

TEST_F(IndexTest, MetadataComesByRangesWhereTheSizeIsNotTold) {
  IndexFile file = wheel_file(wheel(metadata_text()));
  file.size = 0;
  ASSERT_TRUE(index()->metadata(demo, one, {file}));
  EXPECT_EQ(server_.requests().front().header("range"), "bytes=0-0");
  EXPECT_FALSE(store_.blobs.has(*file.sha256));
}

TEST_F(IndexTest, MetadataIsTheWholeWheelsWhereThereAreNoRanges) {
  const std::string bytes = wheel(metadata_text());
  const IndexFile file = wheel_file(bytes);
  server_.set(wheel_path, {.body = bytes, .ranges = false});
  ASSERT_TRUE(index()->metadata(demo, one, {file}));
  EXPECT_TRUE(store_.blobs.has(*file.sha256));
}

TEST_F(IndexTest, MetadataOfAnotherPackageIsRefused) {
  for (const auto& text : {metadata_text("evil"), metadata_text("demo", "2.0")}) {
    const auto metadata = index()->metadata(demo, one, {wheel_file(wheel(text))});
    ASSERT_FALSE(metadata);
    EXPECT_EQ(metadata.error().kind, ErrorKind::invalid_input);
    EXPECT_THAT(metadata.error().message, AllOf(HasSubstr("demo 1.0"), HasSubstr("is that of")));
  }
}

TEST_F(IndexTest, MetadataOfWhatIsNoWheelIsRefused) {
  const auto metadata = index()->metadata(demo, one, {wheel_file(std::string(100'000, 'x'))});
  ASSERT_FALSE(metadata);
  EXPECT_EQ(metadata.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(metadata.error().message, AllOf(HasSubstr("demo 1.0"), HasSubstr(wheel_name)));
}

TEST_F(IndexTest, MetadataComesFromASourceDistribution) {
  const std::string info =
      "Metadata-Version: 2.2\nName: demo\nVersion: 1.0\nRequires-Dist: other\n";
  const IndexFile file = sdist_file(MadeTar().file("demo-1.0/PKG-INFO", info).gz());
  const auto metadata = index()->metadata(demo, one, {file});
  ASSERT_TRUE(metadata) << metadata.error().message;
  EXPECT_THAT(metadata->requires_dist, SizeIs(1));
  EXPECT_TRUE(store_.blobs.has(*file.sha256));
}

TEST_F(IndexTest, MetadataThatOnlyCodeKnowsIsRefused) {
  const auto metadata =
      index()->metadata(demo, one, {sdist_file(MadeTar().file("demo-1.0/setup.py").gz())});
  ASSERT_FALSE(metadata);
  EXPECT_EQ(metadata.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(metadata.error().message,
              AllOf(HasSubstr("demo 1.0"), HasSubstr("without running its code")));
  EXPECT_FALSE(index()->metadata(demo, one, {}));
}

TEST_F(IndexTest, OfflineMetadataIsWhatIsKept) {
  const IndexFile file = wheel_file(wheel(metadata_text()));
  const auto unseen = index(true)->metadata(demo, one, {file});
  ASSERT_FALSE(unseen);
  EXPECT_EQ(unseen.error().kind, ErrorKind::network);
  EXPECT_TRUE(server_.requests().empty());

  ASSERT_TRUE(index()->fetch(file));
  const auto before = server_.requests().size();
  EXPECT_TRUE(index(true)->metadata(demo, one, {file}));
  EXPECT_EQ(server_.requests().size(), before);
}

TEST_F(IndexTest, OfflineAFileIsWhatIsKept) {
  const IndexFile file = sdist_file("bytes");
  const auto unseen = index(true)->fetch(file);
  ASSERT_FALSE(unseen);
  EXPECT_EQ(unseen.error().kind, ErrorKind::network);
  EXPECT_THAT(unseen.error().message, AllOf(HasSubstr("demo-1.0.tar.gz"), HasSubstr("offline")));
  ASSERT_TRUE(index()->fetch(file));
  EXPECT_TRUE(index(true)->fetch(file));
}

}  // namespace
}  // namespace assay
