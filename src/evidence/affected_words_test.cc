#include "evidence/affected_words.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace assay {
namespace {

std::string words(std::string_view affected) {
  const auto record = Advisory::parse(fmt::format(
      R"({{"id": "X-1", "modified": "2024-01-01T00:00:00Z", "affected": [{{"package": {{"ecosystem": "PyPI", "name": "a"}}, {}}}]}})",
      affected));
  return affected_words(record.value(), Name::normalize("a"));
}

TEST(AffectedWords, RangesAreSpecifiers) {
  EXPECT_EQ(words(R"("ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2"}]}])"), "<1.2");
  EXPECT_EQ(words(R"("ranges": [{"type": "ECOSYSTEM", "events": [{"fixed": "2.1"}, {"introduced": "0"}, {"introduced": "2.0"},
                     {"last_affected": "1.2"}]}])"),
            "<=1.2 or >=2.0,<2.1");
  EXPECT_EQ(words(R"("ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "1.0"}]}])"), ">=1.0");
  EXPECT_EQ(words(R"("ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}])"), "every version");
}

TEST(AffectedWords, ALimitEndsWhatNothingElseEndsBefore) {
  const auto events = [](const char* more) {
    return words(fmt::format(R"("ranges": [{{"type": "ECOSYSTEM", "events": [{{"introduced": "1.0"}}, {}]}}])", more));
  };
  EXPECT_EQ(events(R"({"limit": "2.0"})"), ">=1.0,<2.0");
  EXPECT_EQ(events(R"({"limit": "2.0"}, {"limit": "3.0"})"), ">=1.0,<3.0");
  EXPECT_EQ(events(R"({"limit": "2.0"}, {"limit": "*"})"), ">=1.0");
  EXPECT_EQ(events(R"({"limit": "3.0"}, {"fixed": "2.0"})"), ">=1.0,<2.0");
  EXPECT_EQ(events(R"({"limit": "2.0"}, {"fixed": "3.0"})"), ">=1.0,<2.0");
  EXPECT_EQ(events(R"({"limit": "1.0"})"), "");
}

TEST(AffectedWords, ListsWhereThereIsNoRange) {
  EXPECT_EQ(words(R"("versions": ["1.0", "1.1"])"), "1.0, 1.1");
  EXPECT_EQ(words(R"("versions": ["1", "2", "3", "4", "5", "6"])"), "6 versions that it lists");
  EXPECT_EQ(words(R"("ranges": [{"type": "GIT", "repo": "x", "events": [{"introduced": "0"}]}])"), "");
}

}  // namespace
}  // namespace assay
