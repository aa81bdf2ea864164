#include "advisories/advisory_database.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>
#include <thread>

#include "base/text.h"
#include "io/archive.h"
#include "io/files.h"

namespace assay {
namespace {

const Name acme = Name::normalize("acme");

class NoonOf2026 final : public Clock {
 public:
  Time now() const override { return parse_time("2026-11-25T12:00:00Z").value(); }
};

class NoteRecorder final : public Progress {
 public:
  void stage(std::string_view, std::size_t) override {}
  void begin(std::string_view) override {}
  void end(std::string_view, std::string_view) override {}
  void note(NoteLevel, std::string_view text) override { notes.emplace_back(text); }
  std::vector<std::string> notes;
};

std::string osv(const std::string& id, const std::string& modified = "2026-11-20T00:00:00Z") {
  return R"({"id": ")" + id + R"(", "modified": ")" + modified + R"(", "affected":
    [{"package": {"ecosystem": "PyPI", "name": "acme"}, "versions": ["1.0"]}]})";
}

std::string archive_of(std::initializer_list<std::string> ids) {
  ZipWriter zip;
  for (const auto& id : ids) zip.add(id + ".json", osv(id), false);
  return zip.finish();
}

// Serves one archive with a validator on a loopback port.
class ArchiveServer {
 public:
  explicit ArchiveServer(std::string body) : body_(std::move(body)) {
    server_.Get("/all.zip", [this](const httplib::Request& request, httplib::Response& response) {
      ++requests;
      response.status = status;
      response.set_header("ETag", etag);
      if (status == 200 && request.get_header_value("If-None-Match") == etag) {
        ++unchanged;
        response.status = 304;
      } else {
        response.set_content(body_, "application/zip");
      }
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~ArchiveServer() { stop(); }

  void stop() {
    if (!thread_.joinable()) return;
    server_.stop();
    thread_.join();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/all.zip"; }

  std::atomic<int> requests = 0;
  std::atomic<int> unchanged = 0;
  std::atomic<int> status = 200;
  std::string etag = "\"one\"";

 private:
  std::string body_;
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

class AdvisoryDatabaseTest : public testing::Test {
 protected:
  Result<AdvisoryDatabase> open(const std::vector<std::string>& locations, bool offline = false,
                                std::optional<std::uint32_t> max_age_days = std::nullopt) {
    std::vector<AdvisorySource> sources;
    for (const auto& location : locations) sources.push_back({"source", location});
    return AdvisoryDatabase::open(sources, folder_.path(), max_age_days, offline, http_, store_,
                                  clock_, progress_);
  }

  std::vector<std::string> ids(const AdvisoryDatabase& database) {
    std::vector<std::string> rules;
    for (const auto& finding : database.findings(acme, Version::parse("1.0").value())) {
      rules.push_back(finding.rule);
    }
    return rules;
  }

  void write(const std::string& path, std::string_view bytes) {
    ASSERT_TRUE(make_directories((folder_.path() / path).parent_path()));
    ASSERT_TRUE(write_file(folder_.path() / path, bytes));
  }

  TemporaryDirectory folder_ =
      TemporaryDirectory::create(fs::temp_directory_path(), "advisories").value();
  Store store_ = Store::open(folder_.path() / "store").value();
  HttpClient http_{HttpClient::Options{
      .user_agent = "test", .ca_file = {}, .attempts = 1, .connect_timeout_seconds = 5}};
  NoonOf2026 clock_;
  NoteRecorder progress_;
};

using Ids = std::vector<std::string>;

TEST_F(AdvisoryDatabaseTest, ReadsAFolderAndAZip) {
  write("advisories/A-1.json", osv("A-1"));
  write("advisories/deep/A-2.json", osv("A-2"));
  write("advisories/README.md", "no record");
  write("all.zip", archive_of({"A-1", "A-2"}));
  for (const char* location : {"advisories", "all.zip"}) {
    const auto database = open({location});
    ASSERT_TRUE(database) << database.error().message;
    EXPECT_EQ(ids(*database), (Ids{"A-1", "A-2"}));
    EXPECT_EQ(database->provenance().records, 2U);
    EXPECT_EQ(database->provenance().malformed, 0U);
    EXPECT_EQ(database->provenance().location, location);
    EXPECT_EQ(format_time(database->provenance().newest), "2026-11-20T00:00:00Z");
    EXPECT_EQ(database->provenance().digest.size(), 64U);
    EXPECT_TRUE(
        database->findings(Name::normalize("other"), Version::parse("1.0").value()).empty());
  }
}

TEST_F(AdvisoryDatabaseTest, AChangedRecordIsSeen) {
  write("advisories/A-1.json", osv("A-1"));
  const auto before = open({"advisories"}).value();
  write("advisories/A-1.json", osv("B-1"));
  const auto after = open({"advisories"}).value();
  EXPECT_EQ(ids(after), Ids{"B-1"});
  EXPECT_NE(before.provenance().digest, after.provenance().digest);
}

TEST_F(AdvisoryDatabaseTest, PassesOverWhatCannotBeHadAndSaysWhy) {
  write("empty/README.md", "");
  write("broken.zip", archive_of({"A-1"}).substr(0, 60));
  write("page.zip", "<html>not here</html>");
  write("advisories/A-1.json", osv("A-1"));
  const auto database = open({"http://acme.example/all.zip", "ftp://acme.example/all.zip",
                              "missing", "empty", "broken.zip", "page.zip", "advisories"});
  ASSERT_TRUE(database) << database.error().message;
  EXPECT_EQ(ids(*database), Ids{"A-1"});
  const auto& passed_over = database->provenance().passed_over;
  ASSERT_EQ(passed_over.size(), 6U);
  EXPECT_TRUE(passed_over[0].why.contains("neither an https URL nor a path")) << passed_over[0].why;
  EXPECT_TRUE(passed_over[2].why.contains("is not there")) << passed_over[2].why;
  EXPECT_TRUE(passed_over[3].why.contains("it holds no OSV record")) << passed_over[3].why;
}

TEST_F(AdvisoryDatabaseTest, NoSourceIsAnErrorThatNamesEach) {
  EXPECT_FALSE(open({}));
  const auto database = open({"one", "two"});
  ASSERT_FALSE(database);
  EXPECT_TRUE(database.error().message.contains("one is not there") ||
              database.error().message.contains("/one is not there"));
  EXPECT_TRUE(database.error().message.contains("two"));
}

TEST_F(AdvisoryDatabaseTest, MalformedRecordsAreSurvivedAndTold) {
  write("advisories/A-1.json", osv("A-1"));
  write("advisories/A-2.json", "{\"id\": \"A-2\", \"affected\": {}}");
  write("advisories/A-3.json", "not JSON");
  const auto database = open({"advisories"}).value();
  EXPECT_EQ(ids(database), Ids{"A-1"});
  EXPECT_EQ(database.provenance().records, 2U);
  EXPECT_EQ(database.provenance().malformed, 2U);
  EXPECT_EQ(database.provenance().problems.size(), 2U);
}

TEST_F(AdvisoryDatabaseTest, ASourceThatIsTooOldIsPassedOver) {
  write("advisories/A-1.json", osv("A-1"));
  EXPECT_TRUE(open({"advisories"}, false, 6));
  const auto database = open({"advisories"}, false, 5);
  ASSERT_FALSE(database);
  EXPECT_TRUE(database.error().message.contains("2026-11-20, 5 days ago"))
      << database.error().message;
}

TEST_F(AdvisoryDatabaseTest, ARecordOfTheFutureMakesASourceNoYounger) {
  write("advisories/A-1.json", osv("A-1"));
  write("advisories/A-2.json", osv("A-2", "2027-01-01T00:00:00Z"));
  EXPECT_FALSE(open({"advisories"}, false, 5));
  const auto database = open({"advisories"}).value();
  EXPECT_EQ(format_time(database.provenance().newest), "2026-11-20T00:00:00Z");
  EXPECT_EQ(database.provenance().problems.at(0), "1 records are dated in the future");
}

TEST_F(AdvisoryDatabaseTest, AnArchiveIsFetchedOnceAndThenRevalidated) {
  ArchiveServer server(archive_of({"A-1"}));
  for (int i = 0; i < 2; ++i) {
    const auto database = open({server.url()});
    ASSERT_TRUE(database) << database.error().message;
    EXPECT_EQ(ids(*database), Ids{"A-1"});
  }
  EXPECT_EQ(server.requests, 2);
  EXPECT_EQ(server.unchanged, 1);
  const auto offline = open({server.url()}, true);
  ASSERT_TRUE(offline) << offline.error().message;
  EXPECT_EQ(ids(*offline), Ids{"A-1"});
  EXPECT_EQ(server.requests, 2);
}

TEST_F(AdvisoryDatabaseTest, WhereThereIsNoAnswerTheKeptCopyServesAndThatIsSaid) {
  ArchiveServer server(archive_of({"A-1"}));
  ASSERT_TRUE(open({server.url()}));
  server.status = 503;
  ASSERT_TRUE(open({server.url()}));
  server.stop();
  const auto database = open({server.url(), "advisories"});
  ASSERT_TRUE(database) << database.error().message;
  EXPECT_EQ(ids(*database), Ids{"A-1"});
  ASSERT_EQ(progress_.notes.size(), 2U);
  EXPECT_TRUE(progress_.notes[1].contains("the copy of 2026-11-25T12:00:00Z is used"));
}

TEST_F(AdvisoryDatabaseTest, WithoutACopyTheNextSourceServes) {
  write("advisories/A-9.json", osv("A-9"));
  ArchiveServer server(archive_of({"A-1"}));
  server.status = 404;
  const auto missing = open({server.url(), "advisories"}).value();
  EXPECT_EQ(ids(missing), Ids{"A-9"});
  EXPECT_TRUE(missing.provenance().passed_over.at(0).why.contains("404"));
  const auto offline = open({server.url(), "advisories"}, true).value();
  EXPECT_TRUE(offline.provenance().passed_over.at(0).why.contains("offline, and no copy was kept"));
}

TEST_F(AdvisoryDatabaseTest, TheDefaultIsOsvsPublicArchive) {
  EXPECT_EQ(default_advisory_source().location,
            "https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip");
}

}  // namespace
}  // namespace assay
