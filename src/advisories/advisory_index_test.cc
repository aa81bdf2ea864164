#include "advisories/advisory_index.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

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

TEST(AdvisoryIndex, GivesAPackagesRecordsBack) {
  AdvisoryIndexWriter writer;
  writer.add("a.json", osv("A-1", "acme other", R"(, "modified": "2024-05-06T07:08:09Z")"));
  writer.add("b.json", osv("A-2", "acme", R"(, "modified": "2023-01-01T00:00:00Z")"));
  writer.add("c.json", osv("A-3", "acme", R"(, "withdrawn": "2023-01-01T00:00:00Z")"));
  const auto index = AdvisoryIndex::read(writer.finish());
  ASSERT_TRUE(index) << index.error().message;
  EXPECT_EQ(index->census().records, 3U);
  EXPECT_EQ(index->census().malformed, 0U);
  ASSERT_EQ(index->census().modified.size(), 2U);
  EXPECT_EQ(format_time(index->census().modified[1]), "2024-05-06T07:08:09Z");
  const auto acme = index->records(Name::normalize("Acme")).value();
  ASSERT_EQ(acme.size(), 2U);
  EXPECT_EQ(acme[0].id, "A-1");
  EXPECT_EQ(acme[0].summary, "text");
  EXPECT_EQ(acme[0].affected.size(), 1U);
  EXPECT_EQ(index->records(Name::normalize("other")).value().size(), 1U);
  EXPECT_TRUE(index->records(Name::normalize("unknown")).value().empty());
}

TEST(AdvisoryIndex, CountsAndTellsWhatIsMalformed) {
  AdvisoryIndexWriter writer;
  writer.add("good.json", osv("A-1", "acme"));
  writer.add("bad.json", "{");
  writer.add("worse.json", "\x1b[2J");
  writer.add("part.json", osv("A-2", "acme", R"(, "aliases": 7)"));
  for (int i = 0; i < 1000; ++i) writer.add("more.json", "");
  const auto index = AdvisoryIndex::read(writer.finish()).value();
  EXPECT_EQ(index.census().records, 2U);
  EXPECT_EQ(index.census().malformed, 1003U);
  EXPECT_EQ(index.census().problems.size(), 200U);
  EXPECT_TRUE(index.census().problems[0].starts_with("bad.json: not an OSV record"));
  EXPECT_EQ(index.census().problems[2], "A-2: \"aliases\" is not a list");
}

TEST(AdvisoryIndex, RefusesWhatItDidNotWrite) {
  AdvisoryIndexWriter writer;
  writer.add("a.json", osv("A-1", "acme"));
  const std::string whole = writer.finish();
  for (const std::string& text :
       {std::string(), std::string("{}\n"), std::string("[]\n"), std::string("x\n"),
        whole.substr(0, whole.size() - 5), whole.substr(0, 20)}) {
    const auto index = AdvisoryIndex::read(text);
    ASSERT_FALSE(index);
  }
}

}  // namespace
}  // namespace assay
