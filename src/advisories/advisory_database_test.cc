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
  explicit ArchiveServer(std::string served) : body(std::move(served)) {
    server_.Get("/all.zip", [this](const httplib::Request& request, httplib::Response& response) {
      ++requests;
      response.status = status;
      if (!etag.empty()) response.set_header("ETag", etag);
      if (status == 200 && !etag.empty() && request.get_header_value("If-None-Match") == etag) {
        ++unchanged;
        response.status = 304;
      } else {
        response.set_content(body, "application/zip");
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
  std::string etag = "\"one\"";  // "" for none
  std::string body;

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

class AdvisoryDatabaseTest : public testing::Test {
 protected:
  Result<AdvisoryDatabase> open(const std::vector<AdvisorySource>& sources, bool offline = false,
                                std::optional<std::uint32_t> max_age_days = std::nullopt) {
    const SourceAccess access{folder_.path(), offline, http_, store_, clock_};
    return AdvisoryDatabase::open(sources, max_age_days, access);
  }

  // One source with these locations.
  Result<AdvisoryDatabase> open_one(std::vector<std::string> locations, bool offline = false,
                                    std::optional<std::uint32_t> max_age_days = std::nullopt) {
    return open({{.name = "source", .locations = std::move(locations)}}, offline, max_age_days);
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
};

using Ids = std::vector<std::string>;

TEST_F(AdvisoryDatabaseTest, ReadsAFolderAndAZip) {
  write("advisories/A-1.json", osv("A-1"));
  write("advisories/deep/A-2.json", osv("A-2"));
  write("advisories/README.md", "no record");
  write("all.zip", archive_of({"A-1", "A-2"}));
  for (const char* location : {"advisories", "all.zip"}) {
    const auto database = open_one({location});
    ASSERT_TRUE(database) << database.error().message;
    EXPECT_EQ(ids(*database), (Ids{"A-1", "A-2"}));
    EXPECT_EQ(database->sources().at(0).records, 2U);
    EXPECT_EQ(database->sources().at(0).malformed, 0U);
    EXPECT_EQ(database->sources().at(0).location, location);
    EXPECT_EQ(format_time(database->sources().at(0).newest), "2026-11-20T00:00:00Z");
    EXPECT_EQ(database->sources().at(0).digest.size(), 64U);
    EXPECT_TRUE(
        database->findings(Name::normalize("other"), Version::parse("1.0").value()).empty());
  }
}

TEST_F(AdvisoryDatabaseTest, AChangedRecordIsSeen) {
  write("advisories/A-1.json", osv("A-1"));
  const auto before = open_one({"advisories"}).value();
  write("advisories/A-1.json", osv("B-1"));
  const auto after = open_one({"advisories"}).value();
  EXPECT_EQ(ids(after), Ids{"B-1"});
  EXPECT_NE(before.sources().at(0).digest, after.sources().at(0).digest);
}

TEST_F(AdvisoryDatabaseTest, PassesOverWhatCannotBeHadAndSaysWhy) {
  write("empty/README.md", "");
  write("broken.zip", archive_of({"A-1"}).substr(0, 60));
  write("page.zip", "<html>not here</html>");
  write("advisories/A-1.json", osv("A-1"));
  const auto database = open_one({"http://acme.example/all.zip", "ftp://acme.example/all.zip",
                              "missing", "empty", "broken.zip", "page.zip", "advisories"});
  ASSERT_TRUE(database) << database.error().message;
  EXPECT_EQ(ids(*database), Ids{"A-1"});
  const auto& passed_over = database->sources().at(0).passed_over;
  ASSERT_EQ(passed_over.size(), 6U);
  EXPECT_TRUE(passed_over[0].why.contains("neither an https URL nor a path")) << passed_over[0].why;
  EXPECT_TRUE(passed_over[2].why.contains("is not there")) << passed_over[2].why;
  EXPECT_TRUE(passed_over[3].why.contains("it holds no file that tells of advisories")) << passed_over[3].why;
}

TEST_F(AdvisoryDatabaseTest, NoSourceIsAnErrorThatNamesEach) {
  EXPECT_FALSE(open({}));
  EXPECT_FALSE(open_one({}));
  const auto database = open_one({"one", "two"});
  ASSERT_FALSE(database);
  EXPECT_TRUE(database.error().message.contains("one is not there") ||
              database.error().message.contains("/one is not there"));
  EXPECT_TRUE(database.error().message.contains("two"));
}

TEST_F(AdvisoryDatabaseTest, MalformedRecordsAreSurvivedAndTold) {
  write("advisories/A-1.json", osv("A-1"));
  write("advisories/A-2.json", "{\"id\": \"A-2\", \"affected\": {}}");
  write("advisories/A-3.json", "not JSON");
  const auto database = open_one({"advisories"}).value();
  EXPECT_EQ(ids(database), Ids{"A-1"});
  EXPECT_EQ(database.sources().at(0).records, 2U);
  EXPECT_EQ(database.sources().at(0).malformed, 2U);
  EXPECT_EQ(database.sources().at(0).problems.size(), 2U);
}

TEST_F(AdvisoryDatabaseTest, ASourceThatIsTooOldIsPassedOver) {
  write("advisories/A-1.json", osv("A-1"));
  EXPECT_TRUE(open_one({"advisories"}, false, 6));
  const auto database = open_one({"advisories"}, false, 5);
  ASSERT_FALSE(database);
  EXPECT_TRUE(database.error().message.contains("2026-11-20, 5 days ago"))
      << database.error().message;
}

TEST_F(AdvisoryDatabaseTest, ARecordOfTheFutureMakesASourceNoYounger) {
  write("advisories/A-1.json", osv("A-1"));
  write("advisories/A-2.json", osv("A-2", "2027-01-01T00:00:00Z"));
  EXPECT_FALSE(open_one({"advisories"}, false, 5));
  const auto database = open_one({"advisories"}).value();
  EXPECT_EQ(format_time(database.sources().at(0).newest), "2026-11-20T00:00:00Z");
  EXPECT_EQ(database.sources().at(0).problems.at(0), "1 records are dated in the future");
}

TEST_F(AdvisoryDatabaseTest, AnArchiveIsFetchedOnceAndThenRevalidated) {
  ArchiveServer server(archive_of({"A-1"}));
  for (int i = 0; i < 2; ++i) {
    const auto database = open_one({server.url()});
    ASSERT_TRUE(database) << database.error().message;
    EXPECT_EQ(ids(*database), Ids{"A-1"});
  }
  EXPECT_EQ(server.requests, 2);
  EXPECT_EQ(server.unchanged, 1);
  const auto offline = open_one({server.url()}, true);
  ASSERT_TRUE(offline) << offline.error().message;
  EXPECT_EQ(ids(*offline), Ids{"A-1"});
  EXPECT_EQ(server.requests, 2);
}

TEST_F(AdvisoryDatabaseTest, WhereThereIsNoAnswerTheKeptCopyServesAndThatIsSaid) {
  ArchiveServer server(archive_of({"A-1"}));
  ASSERT_TRUE(open_one({server.url()}));
  server.status = 503;
  ASSERT_TRUE(open_one({server.url()}));
  server.stop();
  const auto database = open_one({server.url(), "advisories"});
  ASSERT_TRUE(database) << database.error().message;
  EXPECT_EQ(ids(*database), Ids{"A-1"});
  const auto warnings = warnings_of(database->sources().at(0));
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_TRUE(warnings[0].ends_with("the copy of 2026-11-25T12:00:00Z is used")) << warnings[0];
}

TEST_F(AdvisoryDatabaseTest, AnAnswerThatIsNoGoodReplacesNothing) {
  ArchiveServer server(archive_of({"A-1"}));
  server.etag = "";
  const std::string other = "<html>busy</html>";
  server.body = other;
  EXPECT_FALSE(open_one({server.url()})) << "nothing was kept yet";
  EXPECT_FALSE(open_one({server.url()}, true));
  server.body = archive_of({"A-1"});
  ASSERT_TRUE(open_one({server.url()}));
  const std::string broken[] = {"", other, archive_of({}), archive_of({"A-2"}).substr(0, 60),
                                R"({"id": "A-2", "schema_version": "2.0.0"})"};
  for (const auto& body : broken) {
    server.body = body;
    for (const bool offline : {false, true}) {
      const auto database = open_one({server.url()}, offline);
      ASSERT_TRUE(database) << database.error().message;
      EXPECT_EQ(ids(*database), Ids{"A-1"}) << body;
      EXPECT_EQ(database->sources().at(0).kept_because.contains("no good"), !offline) << body;
    }
  }
  // How old the copy is counts, and a pin is of what is read.
  EXPECT_FALSE(open_one({server.url()}, false, 5));
  EXPECT_FALSE(open({{.name = "source", .locations = {server.url()}, .sha256 = std::string(64, '0')}}));
  server.body = archive_of({"A-2"});
  EXPECT_EQ(ids(open_one({server.url()}).value()), Ids{"A-2"});
  EXPECT_EQ(ids(open_one({server.url()}, true).value()), Ids{"A-2"});
}

TEST_F(AdvisoryDatabaseTest, WithoutACopyTheMirrorServes) {
  write("advisories/A-9.json", osv("A-9"));
  ArchiveServer server(archive_of({"A-1"}));
  server.status = 404;
  const auto missing = open_one({server.url(), "advisories"}).value();
  EXPECT_EQ(ids(missing), Ids{"A-9"});
  EXPECT_TRUE(missing.sources().at(0).passed_over.at(0).why.contains("404"));
  const auto offline = open_one({server.url(), "advisories"}, true).value();
  EXPECT_TRUE(offline.sources().at(0).passed_over.at(0).why.contains("offline, and no copy was kept"));
}

TEST_F(AdvisoryDatabaseTest, TheDefaultIsOsvsPublicArchiveAndWhatRaisesUrgency) {
  const auto sources = default_advisory_sources();
  ASSERT_EQ(sources.size(), 3U);
  EXPECT_EQ(sources[0].kind, AdvisorySource::Kind::osv);
  EXPECT_TRUE(sources[0].required);
  for (const auto& source : sources) {
    EXPECT_TRUE(may_carry_advisories(source.locations.at(0)));
    EXPECT_FALSE(source.licence.empty());
  }
}

// Two sources of records, one of scores, one of what is exploited, one of estimates.
class AllSources : public AdvisoryDatabaseTest {
 protected:
  void SetUp() override {
    write("first/A.json", R"({"id": "PYSEC-1", "aliases": ["CVE-2026-0001"],
        "modified": "2026-11-20T00:00:00Z", "summary": "It fails.", "affected":
        [{"package": {"ecosystem": "PyPI", "name": "acme"}, "versions": ["1.0"]}]})");
    write("second/B.json", R"({"id": "GHSA-1", "aliases": ["CVE-2026-0001"],
        "modified": "2026-11-21T00:00:00Z", "affected":
        [{"package": {"ecosystem": "PyPI", "name": "acme"}, "versions": ["2.0"]}]})");
    write("nvd.json", R"({"resultsPerPage": 1, "startIndex": 0, "totalResults": 1,
        "format": "NVD_CVE", "version": "2.0", "timestamp": "2026-11-24T00:00:00.000",
        "vulnerabilities": [{"cve": {"id": "CVE-2026-0001", "metrics": {"cvssMetricV31":
        [{"cvssData": {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N"}}]}}}]})");
    write("kev.json", R"({"catalogVersion": "2026.11.23", "dateReleased": "2026-11-23T10:00:00Z",
        "count": 1, "vulnerabilities": [{"cveID": "CVE-2026-0001", "dateAdded": "2026-11-01",
        "dueDate": "2026-11-22", "knownRansomwareCampaignUse": "Known"}]})");
    write("epss.csv", "#model_version:v1,score_date:2026-11-25T00:00:00Z\n"
                      "cve,epss,percentile\nCVE-2026-0001,0.94,0.97\n");
    sources_ = {{.name = "first", .locations = {"first"}, .licence = "CC-BY-4.0"},
                {.name = "second", .locations = {"second"}},
                {.name = "NVD", .locations = {"nvd.json"}},
                {.name = "KEV", .locations = {"kev.json"}},
                {.name = "EPSS", .locations = {"epss.csv"}}};
  }

  std::string why(std::vector<AdvisorySource> sources) {
    const auto database = open(sources);
    return database ? "" : database.error().message;
  }

  std::vector<AdvisorySource> sources_;
};

TEST_F(AllSources, CountTogether) {
  const auto database = open(sources_);
  ASSERT_TRUE(database) << database.error().message;
  ASSERT_EQ(database->sources().size(), 5U);
  EXPECT_EQ(database->sources()[0].licence, "CC-BY-4.0");
  EXPECT_EQ(format_time(database->sources()[3].newest), "2026-11-23T10:00:00Z");
  EXPECT_EQ(to_string(database->sources()[4].kind), "epss");
  EXPECT_EQ(format_time(database->newest()), "2026-11-21T00:00:00Z");
  for (const char* version : {"1.0", "2.0"}) {
    const auto findings = database->findings(acme, Version::parse(version).value());
    ASSERT_EQ(findings.size(), 1U) << version;
    const Finding& finding = findings[0];
    EXPECT_EQ(finding.rule, "PYSEC-1");
    EXPECT_DOUBLE_EQ(finding.score, 5.3) << "NVD's";
    EXPECT_EQ(finding.severity, Severity::high) << "since it is exploited";
    EXPECT_EQ(in_words(finding.urgency),
              "known to be exploited since 2026-11-01, also by ransomware, EPSS 94 % (97th "
              "percentile)");
  }
  EXPECT_TRUE(database->findings(acme, Version::parse("3.0").value()).empty());
}

TEST_F(AllSources, AVulnerabilityIsFoundByAnyOfItsIds) {
  const auto database = open(sources_).value();
  for (const char* id : {"PYSEC-1", "ghsa-1", "CVE-2026-0001"}) {
    const auto found = database.find(id).value();
    ASSERT_TRUE(found) << id;
    EXPECT_EQ(found->id(), "PYSEC-1");
    ASSERT_EQ(found->records.size(), 3U);
    EXPECT_TRUE(found->urgency.exploited);
  }
  EXPECT_FALSE(database.find("CVE-2026-9999").value());
  ASSERT_EQ(database.packages().size(), 1U);
  EXPECT_EQ(database.vulnerabilities(acme).value().size(), 1U);
}

TEST_F(AllSources, OfOneRecordTheNewerCounts) {
  write("second/B.json", R"({"id": "PYSEC-1", "modified": "2026-11-22T00:00:00Z",
      "withdrawn": "2026-11-22T00:00:00Z", "affected":
      [{"package": {"ecosystem": "PyPI", "name": "acme"}, "versions": ["1.0"]}]})");
  const auto database = open(sources_).value();
  EXPECT_TRUE(ids(database).empty());
  const auto found = database.find("PYSEC-1").value();
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->records.at(0).withdrawn);
  EXPECT_EQ(found->records.at(0).source, "first, second");
}

TEST_F(AllSources, WhateverCannotBeHadOrKnownIsNotClean) {
  const std::string whole = read_file(folder_.path() / "kev.json").value();
  const std::pair<const char*, std::string> broken[] = {
      {"kev.json", whole.substr(0, whole.size() / 2)},
      {"kev.json", R"({"vulnerabilities": [], "cveID": 0})"},
      {"kev.json", R"({"catalogVersion": "1", "dateReleased": "2026-11-23", "count": 2,
          "vulnerabilities": []})"},
      {"nvd.json", R"({"format": "NVD_CVE", "version": "3.0", "totalResults": 0,
          "vulnerabilities": []})"},
      {"nvd.json", R"({"format": "NVD_CVE", "version": "2.0", "totalResults": 9,
          "timestamp": "2026-11-24T00:00:00.000", "vulnerabilities": []})"},
      {"epss.csv", "#model_version:v1,score_date:2026-11-25T00:00:00Z\ncve,epss,percentile\nCVE-20"},
      {"first/A.json", R"({"id": "A-1", "schema_version": "2.0.0"})"}};
  for (const auto& [file, text] : broken) {
    SetUp();
    EXPECT_EQ(why(sources_), "") << file;
    write(file, text);
    EXPECT_NE(why(sources_), "") << file << ": " << text;
  }
}

TEST_F(AllSources, ThatAreOldOrNotTheOnesPinnedAreNotUsed) {
  sources_[3].max_age_days = 1;
  EXPECT_TRUE(why(sources_).contains("KEV: its newest record is of 2026-11-23, 2 days ago"))
      << why(sources_);
  sources_[3].max_age_days = 3;
  EXPECT_EQ(why(sources_), "");
  sources_[3].sha256 = std::string(64, '0');
  EXPECT_TRUE(why(sources_).contains("not the one that is pinned")) << why(sources_);
  sources_[3].sha256 = sha256(read_file(folder_.path() / "kev.json").value()).hex();
  EXPECT_EQ(why(sources_), "");
  sources_[0].sha256 = std::string(64, '0');
  EXPECT_TRUE(why(sources_).contains("sha256 pins a file")) << why(sources_);
}

TEST_F(AllSources, WhatIsNotRequiredIsSaidToBeUnknown) {
  sources_[3].locations = {"missing.json"};
  sources_[3].kind = AdvisorySource::Kind::kev;
  EXPECT_TRUE(why(sources_).starts_with("KEV: ")) << why(sources_);
  sources_[3].required = false;
  const auto database = open(sources_);
  ASSERT_TRUE(database) << database.error().message;
  EXPECT_EQ(database->not_known(), "") << "KEV tells of no versions";
  EXPECT_TRUE(database->sources()[3].not_known.contains("is not there"));
  const auto findings = database->findings(acme, Version::parse("1.0").value());
  EXPECT_EQ(findings.at(0).urgency.not_known, std::vector<std::string>{"KEV"});
  // What a source of records, or one of which nobody said that it is none, would have told may be a flaw.
  for (const auto kind : {AdvisorySource::Kind::guessed, AdvisorySource::Kind::osv}) {
    auto without = sources_;
    without[1] = {.name = "own", .locations = {"missing"}, .kind = kind, .required = false};
    EXPECT_TRUE(open(without).value().not_known().starts_with("own: ")) << to_string(kind);
  }
  for (auto& source : sources_) source.required = false;
  sources_[0].locations = sources_[1].locations = {"missing"};
  sources_[0].kind = sources_[1].kind = AdvisorySource::Kind::osv;
  EXPECT_TRUE(why(sources_).starts_with("no source of OSV records can be had: ")) << why(sources_);
}

}  // namespace
}  // namespace assay
