// What is fetched of a service the second time, against servers on this machine.
#include <gtest/gtest.h>
#include <httplib.h>

#include <cstdlib>
#include <map>
#include <mutex>
#include <thread>

#include "advisories/nvd_api.h"
#include "advisories/osv_changes.h"
#include "base/text.h"
#include "io/archive.h"
#include "io/files.h"

namespace assay {
namespace {

class NoonOf2026 final : public Clock {
 public:
  Time now() const override { return parse_time("2026-11-25T12:00:00Z").value(); }
};

// Answers by a function of path and query, and remembers what was asked.
class Service {
 public:
  using Answer = std::function<std::optional<std::string>(const httplib::Request&)>;

  explicit Service(Answer answer) : answer_(std::move(answer)) {
    server_.Get(".*", [this](const httplib::Request& request, httplib::Response& response) {
      std::scoped_lock lock(mutex);
      asked.push_back(request.target);
      keys.push_back(request.get_header_value("apiKey"));
      const auto body = answer_(request);
      response.status = body ? 200 : 404;
      if (body) response.set_content(*body, "application/octet-stream");
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~Service() { stop(); }

  void stop() {
    if (!thread_.joinable()) return;
    server_.stop();
    thread_.join();
  }
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  std::vector<std::string> take_asked() {
    std::scoped_lock lock(mutex);
    return std::exchange(asked, {});
  }

  std::mutex mutex;
  std::vector<std::string> asked;
  std::vector<std::string> keys;

 private:
  Answer answer_;
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

class Updates : public testing::Test {
 protected:
  SourceAccess access(bool offline = false) {
    return {folder_.path(), offline, http_, store_, clock_};
  }

  // The texts of a content, by their files' names.
  std::map<std::string, std::string> texts(const SourceContent& content) {
    std::map<std::string, std::string> all;
    const auto done = content.read([&](std::string_view name, std::string_view text) -> Result<> {
      all[std::string(name)] = text;
      return {};
    });
    EXPECT_TRUE(done) << done.error().message;
    return all;
  }

  TemporaryDirectory folder_ = TemporaryDirectory::create(fs::temp_directory_path(), "updates").value();
  Store store_ = Store::open(folder_.path() / "store").value();
  HttpClient http_{HttpClient::Options{
      .user_agent = "test", .ca_file = {}, .attempts = 1, .connect_timeout_seconds = 5}};
  NoonOf2026 clock_;
};

using Asked = std::vector<std::string>;

// Records by id, each with the time of its last change.
class Osv : public Updates {
 protected:
  static std::string record(const std::string& id, const std::string& modified) {
    return R"({"id": ")" + id + R"(", "modified": ")" + modified + "\"}";
  }

  std::string archive() const {
    ZipWriter zip;
    for (const auto& [id, modified] : archived_) zip.add(id + ".json", record(id, modified), false);
    return zip.finish();
  }

  std::string list() const {
    std::string lines;
    for (const auto& [id, modified] : listed_) lines += modified + "," + id + "\n";
    return lines;
  }

  std::optional<std::string> answer(const std::string& path) const {
    if (path == "/PyPI/all.zip") return archive();
    if (path == "/PyPI/modified_id.csv") return has_list_ ? std::optional(list()) : std::nullopt;
    const auto id = path.substr(6, path.size() - 6 - 5);
    const auto found = listed_.find(id);
    if (found == listed_.end() || unreachable_ == id) return std::nullopt;
    return record(id, found->second);
  }

  std::map<std::string, std::string> ask(bool offline = false) {
    const auto content = content_of_osv_archive(service_.url("/PyPI/all.zip"), access(offline));
    EXPECT_TRUE(content) << content.error().message;
    if (!content) return {};
    if (content->keep && is_good_) {
      EXPECT_TRUE(content->keep());
    }
    digest_ = content->digest;
    kept_because_ = content->kept_because;
    return texts(*content);
  }

  std::map<std::string, std::string> archived_{{"A-1", "2026-01-01T00:00:00Z"},
                                               {"A-2", "2026-01-02T00:00:00Z"}};
  std::map<std::string, std::string> listed_ = archived_;
  bool has_list_ = true;
  std::string unreachable_;
  bool is_good_ = true;  // what was fetched, to whoever asks
  Digest digest_;
  std::string kept_because_;
  Service service_{[this](const httplib::Request& request) { return answer(request.path); }};
};

TEST_F(Osv, OnlyWhatChangedIsFetched) {
  EXPECT_EQ(ask().size(), 2U);
  EXPECT_EQ(service_.take_asked(), Asked{"/PyPI/all.zip"});
  EXPECT_EQ(ask().size(), 2U);
  EXPECT_EQ(service_.take_asked(), Asked{"/PyPI/modified_id.csv"});
  const Digest before = digest_;
  listed_["A-2"] = "2026-03-01T00:00:00.123Z";
  listed_["A-3"] = "2026-03-02T00:00:00Z";
  const auto now = ask();
  EXPECT_EQ(service_.take_asked(),
            (Asked{"/PyPI/modified_id.csv", "/PyPI/A-2.json", "/PyPI/A-3.json"}));
  ASSERT_EQ(now.size(), 3U);
  EXPECT_TRUE(now.at("A-2.json").contains("2026-03-01"));
  EXPECT_NE(digest_, before);
  const Digest after = digest_;
  EXPECT_EQ(ask(), now);
  EXPECT_EQ(digest_, after);
  EXPECT_EQ(service_.take_asked(), Asked{"/PyPI/modified_id.csv"});
  EXPECT_EQ(ask(true), now) << "offline";
  EXPECT_TRUE(service_.take_asked().empty());
}

TEST_F(Osv, WhatIsGoneOrTooMuchOrUnansweredIsFetchedWhole) {
  ask();
  service_.take_asked();
  listed_["A-3"] = archived_["A-3"] = "2026-03-02T00:00:00Z";
  unreachable_ = "A-3";
  EXPECT_EQ(ask().size(), 3U);
  EXPECT_EQ(service_.take_asked(),
            (Asked{"/PyPI/modified_id.csv", "/PyPI/A-3.json", "/PyPI/all.zip"}));
  listed_.erase("A-3");
  archived_.erase("A-3");
  EXPECT_EQ(ask().size(), 2U);
  for (int i = 100; i < 400; ++i) listed_["B-" + std::to_string(i)] = "2026-03-02T00:00:00Z";
  archived_ = listed_;
  service_.take_asked();
  EXPECT_EQ(ask().size(), 302U);
  EXPECT_EQ(service_.take_asked(), (Asked{"/PyPI/modified_id.csv", "/PyPI/all.zip"}));
  has_list_ = false;
  listed_["A-1"] = archived_["A-1"] = "2026-04-01T00:00:00Z";
  EXPECT_TRUE(ask().at("A-1.json").contains("2026-04-01"));
}

TEST_F(Osv, WhereThereIsNoAnswerWhatChangedBeforeStillCounts) {
  ask();
  listed_["A-1"] = "2026-03-01T00:00:00Z";
  const auto now = ask();
  EXPECT_EQ(kept_because_, "");
  service_.stop();
  EXPECT_EQ(ask(), now);
  EXPECT_NE(kept_because_, "");
}

TEST_F(Osv, WhatTurnsOutToBeNoGoodIsNotKept) {
  const auto good = ask();
  is_good_ = false;
  listed_["A-2"] = "2026-03-01T00:00:00Z";
  EXPECT_NE(ask(), good) << "it has changed";
  EXPECT_EQ(ask(true), good);
  listed_.erase("A-1");
  archived_ = listed_;
  EXPECT_EQ(ask().size(), 1U) << "the whole archive, which is another now";
  EXPECT_EQ(ask(true), good);
  is_good_ = true;
  EXPECT_EQ(ask().size(), 1U);
  EXPECT_EQ(ask(true).size(), 1U);
}

TEST_F(Osv, AListThatNamesWhatIsNoIdAsksForNothing) {
  ask();
  listed_["../../etc"] = "2026-03-01T00:00:00Z";
  service_.take_asked();
  ask();
  EXPECT_EQ(service_.take_asked(), (Asked{"/PyPI/modified_id.csv", "/PyPI/all.zip"}));
}

class Nvd : public Updates {
 protected:
  // CVEs from `startIndex`, two thousand a page, or those of `modified_` where a time is asked for.
  std::optional<std::string> answer(const httplib::Request& request) {
    const bool since = request.has_param("lastModStartDate");
    const auto& all = since ? modified_ : cves_;
    const std::size_t at = std::stoul(request.get_param_value("startIndex"));
    if (at >= broken_from_) return "{\"half\": ";
    std::string list;
    for (std::size_t i = at; i < std::min(all.size(), at + 2000); ++i) {
      list += (list.empty() ? "" : ",") + (R"({"cve": {"id": ")" + all[i].first) +
              R"(", "lastModified": ")" + all[i].second + R"(", "references": ["much"]}})";
    }
    return R"({"format": "NVD_CVE", "version": "2.0", "timestamp": "2026-11-25T11:00:00.000",
        "startIndex": )" + std::to_string(at) + R"(, "totalResults": )" + std::to_string(all.size()) +
        R"(, "vulnerabilities": [)" + list + "]}";
  }

  Result<SourceIndex> ask(bool offline = false) {
    ASSAY_TRY(const auto content, content_of_nvd_api(url(), access(offline)));
    ASSAY_TRY(auto bytes, write_source_index(AdvisorySource::Kind::nvd, content.read));
    if (content.keep) ASSAY_CHECK(content.keep());
    kept_because_ = content.kept_because;
    ASSAY_TRY(auto table, KeyedTable::of(std::move(bytes)));
    return SourceIndex::read(std::move(table));
  }

  void SetUp() override {
    for (int i = 10'000; i < 14'500; ++i) {
      cves_.emplace_back("CVE-2024-" + std::to_string(i), "2026-01-01T00:00:00.000");
    }
  }

  std::string url() const { return service_.url("/rest/json/cves/2.0"); }

  std::vector<std::pair<std::string, std::string>> cves_, modified_;
  std::size_t broken_from_ = 1'000'000;
  std::string kept_because_;
  Service service_{[this](const httplib::Request& request) { return answer(request); }};
};

TEST_F(Nvd, IsReadPageByPageAndThenOnlyWhatWasModified) {
  const auto first = ask();
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->census().records, 4500U);
  EXPECT_EQ(service_.take_asked().size(), 3U);
  modified_ = {{"CVE-2024-10001", "2026-11-25T11:30:00.000"}, {"CVE-2026-0001", "2026-11-25T11:30:00.000"}};
  const auto second = ask();
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->census().records, 4501U);
  EXPECT_EQ(format_time(*second->scores("CVE-2024-10001").value()->modified), "2026-11-25T11:30:00Z");
  const auto asked = service_.take_asked();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_TRUE(asked[0].contains("lastModStartDate=2026-11-25T11:00:00.000%2B00:00&"
                                "lastModEndDate=2026-11-25T12:00:00.000%2B00:00"))
      << asked[0];
  EXPECT_EQ(ask(true)->census().records, 4501U);
  EXPECT_TRUE(service_.take_asked().empty());
}

TEST_F(Nvd, AnUpdateThatBreaksOffLeavesWhatWas) {
  broken_from_ = 2000;
  EXPECT_FALSE(ask());
  EXPECT_FALSE(ask(true)) << "nothing was kept";
  broken_from_ = 1'000'000;
  ASSERT_TRUE(ask());
  for (int i = 0; i < 2100; ++i) modified_.emplace_back("CVE-2025-" + std::to_string(10'000 + i), "2026-11-25T11:30:00.000");
  broken_from_ = 2000;
  const auto kept = ask();
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_EQ(kept->census().records, 4500U);
  EXPECT_NE(kept_because_, "");
}

TEST_F(Nvd, TheKeyOfTheEnvironmentIsSent) {
  setenv("ASSAY_NVD_API_KEY", "not-a-real-key", 1);
  ASSERT_TRUE(ask());
  unsetenv("ASSAY_NVD_API_KEY");
  EXPECT_EQ(service_.keys.at(0), "not-a-real-key");
}

}  // namespace
}  // namespace assay
