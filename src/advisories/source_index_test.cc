#include "advisories/source_index.h"

#include <gtest/gtest.h>

#include "advisories/source_reader.h"

namespace assay {
namespace {

using Kind = AdvisorySource::Kind;
using Files = std::vector<std::pair<std::string, std::string>>;

Result<SourceIndex> index_of(const Files& files, Kind kind = Kind::guessed) {
  ASSAY_TRY(auto bytes, write_source_index(kind, [&](const auto& sink) -> Result<> {
              for (const auto& [name, text] : files) ASSAY_CHECK(sink(name, text));
              return {};
            }));
  ASSAY_TRY(auto table, KeyedTable::of(std::move(bytes)));
  return SourceIndex::read(std::move(table));
}

std::string why(const Files& files, Kind kind = Kind::guessed) {
  const auto index = index_of(files, kind);
  return index ? "" : index.error().message;
}

std::string osv(const std::string& id, const std::string& names, const std::string& more = "") {
  std::string affected;
  std::size_t at = 0;
  while (at < names.size()) {
    const auto end = std::min(names.find(' ', at), names.size());
    affected += (affected.empty() ? "" : ",") +
                (R"({"package": {"ecosystem": "PyPI", "name": ")" + names.substr(at, end - at)) +
                R"("}, "versions": ["1"]})";
    at = end + 1;
  }
  return R"({"id": ")" + id + R"(", "details": "text", "affected": [)" + affected + "]" + more +
         "}";
}

Time time(const char* text) { return parse_time(text).value(); }

TEST(OsvIndex, GivesAPackagesRecordsBack) {
  const auto index =
      index_of({{"a.json", osv("A-1", "acme other", R"(, "modified": "2024-05-06T07:08:09Z",
                    "references": [{"type": "WEB", "url": "https://acme.example/"}])")},
                {"b.json", osv("A-2", "acme", R"(, "modified": "2023-01-01T00:00:00Z")")},
                {"c.json", osv("A-3", "acme", R"(, "withdrawn": "2023-01-01T00:00:00Z",
                    "aliases": ["CVE-2023-1000"])")}});
  ASSERT_TRUE(index) << index.error().message;
  EXPECT_EQ(index->census().kind, Kind::osv);
  EXPECT_EQ(index->census().records, 3U);
  EXPECT_EQ(index->census().malformed, 0U);
  EXPECT_EQ(index->newest(time("2026-01-01")), time("2024-05-06T07:08:09Z"));
  EXPECT_EQ(index->newest(time("2024-01-01")), time("2023-01-01"));
  EXPECT_EQ(index->dated_after(time("2024-01-01")), 1U);
  EXPECT_EQ(index->newest(time("2020-01-01")), Time{});
  const auto acme = index->records(Name::normalize("Acme")).value();
  ASSERT_EQ(acme.size(), 3U);
  EXPECT_EQ(acme[0].id, "A-1");
  EXPECT_EQ(acme[0].summary, "text");
  EXPECT_EQ(acme[0].affected.size(), 1U);
  EXPECT_EQ(acme[0].references, std::vector<std::string>{"https://acme.example/"});
  EXPECT_TRUE(acme[2].withdrawn);
  EXPECT_EQ(index->records(Name::normalize("other")).value().size(), 1U);
  EXPECT_TRUE(index->records(Name::normalize("unknown")).value().empty());
  EXPECT_EQ(index->packages_of("a-1").size(), 2U);
  EXPECT_EQ(index->packages_of("CVE-2023-1000").size(), 1U);
  EXPECT_TRUE(index->packages_of("CVE-2023-1001").empty());
  EXPECT_EQ(index->packages().size(), 2U);
}

TEST(OsvIndex, CountsAndTellsWhatIsMalformed) {
  Files files{{"good.json", osv("A-1", "acme")},
              {"bad.json", "{"},
              {"worse.json", "\x1b[2J"},
              {"part.json", osv("A-2", "acme", R"(, "aliases": 7)")}};
  for (int i = 0; i < 1000; ++i) files.emplace_back("more.json", "");
  const auto index = index_of(files).value();
  EXPECT_EQ(index.census().records, 2U);
  EXPECT_EQ(index.census().malformed, 1003U);
  EXPECT_EQ(index.census().problems.size(), 200U);
  EXPECT_TRUE(index.census().problems[0].starts_with("bad.json: not an OSV record"));
  EXPECT_EQ(index.census().problems[2], "A-2: \"aliases\" is not a list");
}

TEST(OsvIndex, OfAnUnknownSchemaIsNotRead) {
  EXPECT_EQ(why({{"a", osv("A-1", "acme", R"(, "schema_version": "1.9.1")")}}), "");
  EXPECT_EQ(why({{"a", osv("A-1", "acme")}, {"b", osv("A-2", "acme", R"(, "schema_version": "2.0.0")")}}),
            "A-2 is of version 2.0.0 of the OSV schema, which is not known");
}

TEST(SourceIndex, RefusesWhatIsNone) {
  EXPECT_FALSE(index_of({}));
  EXPECT_FALSE(SourceIndex::read(KeyedTable::of(write_keyed_table({})).value()));
  for (const char* census : {"", "[]", R"({"kind": "osv"})", R"({"kind": "other", "records": 1})"}) {
    auto table = KeyedTable::of(write_keyed_table({{"census", census}})).value();
    EXPECT_FALSE(SourceIndex::read(std::move(table))) << census;
  }
}

std::string nvd_page(const std::string& head, const std::string& entries) {
  return R"({"format": "NVD_CVE", "version": "2.0", "timestamp": "2026-11-24T01:02:03.004", )" + head +
         R"(, "vulnerabilities": [)" + entries + "]}";
}

std::string nvd_entry(const std::string& id, const std::string& more) {
  return R"({"cve": {"id": ")" + id + "\"" + more + "}}";
}

TEST(NvdIndex, HasScoresAndWeaknesses) {
  const auto index = index_of({{"page", nvd_page(R"("totalResults": 2)", nvd_entry("CVE-2024-0001", R"(,
      "lastModified": "2026-01-02T03:04:05.678", "vulnStatus": "Analyzed",
      "descriptions": [{"lang": "es", "value": "Falla."}, {"lang": "en", "value": "It  fails."}],
      "metrics": {
        "cvssMetricV40": [{"cvssData": {"vectorString": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N"}}],
        "cvssMetricV31": [{"cvssData": {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}},
                          {"cvssData": {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}}],
        "cvssMetricV2": [{"cvssData": {"vectorString": "AV:N/AC:L/Au:N/C:P/I:N/A:N"}}]},
      "weaknesses": [{"description": [{"lang": "en", "value": "CWE-79"}]},
                     {"description": [{"lang": "en", "value": "NVD-CWE-noinfo"}]}])") + "," +
      nvd_entry("CVE-2024-0002", R"(, "vulnStatus": "Rejected", "metrics": {"cvssMetricV31":
          [{"cvssData": {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}}]})"))}});
  ASSERT_TRUE(index) << index.error().message;
  EXPECT_EQ(index->census().kind, Kind::nvd);
  EXPECT_EQ(index->census().records, 2U);
  EXPECT_EQ(index->newest(time("2026-12-01")), time("2026-11-24T01:02:03Z"));
  const auto scores = index->scores("CVE-2024-0001").value();
  ASSERT_TRUE(scores);
  EXPECT_EQ(scores->severity.size(), 3U);
  EXPECT_EQ(scores->cwe, std::vector<std::string>{"CWE-79"});
  EXPECT_EQ(scores->summary, "It fails.");
  EXPECT_TRUE(scores->affected.empty());
  const auto rejected = index->scores("CVE-2024-0002").value();
  ASSERT_TRUE(rejected);
  EXPECT_TRUE(rejected->withdrawn);
  EXPECT_TRUE(rejected->severity.empty());
  EXPECT_FALSE(index->scores("CVE-2024-0003").value());
}

TEST(NvdIndex, IsOfAllPagesOrNone) {
  const auto page = [](const char* id) {
    return nvd_page(R"("resultsPerPage": 1, "totalResults": 2)", nvd_entry(id, ""));
  };
  EXPECT_EQ(why({{"1", page("CVE-2024-0001")}, {"2", page("CVE-2024-0002")}}), "");
  EXPECT_EQ(why({{"1", page("CVE-2024-0001")}}), "it has 1 of 2 CVEs: pages are missing");
  EXPECT_NE(why({{"1", "{\"format\": \"NVD_CVE\", "}}), "");
  EXPECT_NE(why({{"1", "[]"}}, Kind::nvd), "");
  EXPECT_NE(why({{"1", R"({"version": "2.0"})"}}, Kind::nvd), "");
  EXPECT_NE(why({{"1", R"({"version": "2.0", "totalResults": 0, "vulnerabilities": []})"}}, Kind::nvd), "");
  EXPECT_TRUE(why({{"1", R"({"version": "1.1"})"}}, Kind::nvd).contains("version \"1.1\""));
}

TEST(NvdIndex, OfTwoStatesOfACveTheLaterStands) {
  const auto page = [](const char* modified, const char* text) {
    return nvd_page(R"("totalResults": 1)",
                    nvd_entry("CVE-2024-0001", std::string(R"(, "lastModified": ")") + modified +
                        R"(", "descriptions": [{"lang": "en", "value": ")" + text + "\"}]"));
  };
  const auto later = page("2026-02-01T00:00:00.000", "later");
  const auto earlier = page("2026-01-01T00:00:00.000", "earlier");
  for (const Files& files : {Files{{"1", later}, {"2", earlier}}, Files{{"1", earlier}, {"2", later}}}) {
    EXPECT_EQ(index_of(files)->scores("CVE-2024-0001").value()->summary, "later");
  }
}

TEST(KevIndex, TellsWhatIsExploited) {
  const auto index = index_of({{"kev.json", R"({"title": "CISA", "catalogVersion": "2026.11.23",
      "dateReleased": "2026-11-23T10:00:00.123Z", "count": 3, "vulnerabilities": [
      {"cveID": "CVE-2024-0001", "dateAdded": "2024-05-01", "dueDate": "2024-05-22",
       "knownRansomwareCampaignUse": "Known"},
      {"cveID": "CVE-2024-0002", "dateAdded": "May", "knownRansomwareCampaignUse": "Unknown"},
      {"cveID": "none"}]})"}});
  ASSERT_TRUE(index) << index.error().message;
  EXPECT_EQ(index->census().kind, Kind::kev);
  EXPECT_EQ(index->census().records, 2U);
  EXPECT_EQ(index->census().malformed, 2U);
  EXPECT_EQ(in_words(index->urgency("CVE-2024-0001").value()),
            "known to be exploited since 2024-05-01, also by ransomware");
  EXPECT_EQ(format_date(index->urgency("CVE-2024-0001")->exploited->due.value()), "2024-05-22");
  EXPECT_EQ(in_words(index->urgency("CVE-2024-0002").value()),
            "known to be exploited since 2026-11-23")
      << "an entry without a date is not dropped";
  EXPECT_TRUE(index->urgency("CVE-2024-0003").value().empty());
}

TEST(KevIndex, IsWholeAndOfAKnownForm) {
  for (const char* text :
       {"{\"catalogVersion\": \"1\"", "[]", "{}",
        R"({"dateReleased": "2026-11-23T10:00:00Z", "vulnerabilities": []})",
        R"({"catalogVersion": "1", "dateReleased": "soon", "vulnerabilities": []})",
        R"({"catalogVersion": "1", "dateReleased": "2026-11-23", "vulnerabilities": {}})",
        R"({"catalogVersion": 1, "dateReleased": "2026-11-23", "vulnerabilities": []})",
        R"({"catalogVersion": "1", "dateReleased": "2026-11-23", "count": 1, "vulnerabilities": []})"}) {
    EXPECT_NE(why({{"kev.json", text}}, Kind::kev), "") << text;
  }
}

const std::string epss_head = "#model_version:v2025.03.14,score_date:2026-11-25T12:55:00Z\n";
const std::string epss_columns = "cve,epss,percentile\n";

TEST(EpssIndex, HasEstimates) {
  const auto index = index_of({{"epss.csv", epss_head + epss_columns +
      "CVE-2024-0001,0.94310,0.97120\nCVE-2024-0002,2,0\nCVE-2024-0003,x,0.1\nCVE-2024-4,0.1,0.1\n"
      "CVE-2024-0005,0.1\nCVE-2024-0006,-0.1,0.1\nCVE-2024-0007,nan,0.1\n"}});
  ASSERT_TRUE(index) << index.error().message;
  EXPECT_EQ(index->census().kind, Kind::epss);
  EXPECT_EQ(index->census().records, 1U);
  EXPECT_EQ(index->census().malformed, 6U);
  const auto predicted = index->urgency("CVE-2024-0001").value().predicted;
  ASSERT_TRUE(predicted);
  EXPECT_EQ(predicted->probability, 0.9431);
  EXPECT_EQ(predicted->percentile, 0.9712);
  EXPECT_EQ(format_date(predicted->date), "2026-11-25");
  EXPECT_TRUE(index->urgency("CVE-2024-0002").value().empty());
}

TEST(EpssIndex, IsWholeAndOfAKnownForm) {
  const std::string row = "CVE-2024-0001,0.9,0.9\n";
  EXPECT_EQ(why({{"x", epss_head + epss_columns + row}}, Kind::epss), "");
  EXPECT_EQ(why({{"x", "#model_version:v1,score_date:2024-11-25T00:00:00+0000\n" + epss_columns + row}}), "");
  for (const std::string& text :
       {std::string(), epss_columns + row, epss_head + row + row, epss_head + epss_columns,
        epss_head + epss_columns + "CVE-2024-0001,0.9", "#model_version:v1\n" + epss_columns + row,
        epss_head + "cve,epss,percentile,lev\nCVE-2024-0001,0.9,0.9,0.9\n"}) {
    EXPECT_NE(why({{"x", text}}, Kind::epss), "") << text;
  }
}

TEST(Cve, IsKnownByItsForm) {
  for (const char* id : {"CVE-1999-0001", "CVE-2024-1234567"}) EXPECT_TRUE(is_cve(id)) << id;
  for (const char* id : {"", "CVE-2024-1", "cve-2024-0001", "CVE-20240-001", "CVE-2024-00x1",
                         "GHSA-2024-0001", "CVE-2024-0001234567890123456"}) {
    EXPECT_FALSE(is_cve(id)) << id;
  }
}

}  // namespace
}  // namespace assay
