#include "resolve/changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "resolve/table_source.h"

namespace assay {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// `front` in many versions, each of which needs the same one of `core`.
TableSource locked_together(int versions) {
  TableSource source;
  for (int i = 1; i <= versions; ++i) {
    const auto version = std::to_string(i);
    source.add("front", version, {"core==" + version});
    source.add("core", version);
  }
  return source;
}

std::vector<ResolutionRequest> asked(std::vector<std::string> requirements) { return {request_for(requirements)}; }

TEST(Changes, OfLimitsThatAreFewVersionsApartAreFound) {
  auto source = locked_together(20);
  const auto changes = changes_that_help(asked({"front==10", "core<8"}), source, {});
  ASSERT_TRUE(changes);
  EXPECT_THAT(changes->help, ElementsAre("front without its limit ==10: front 7 would be taken",
                                         "core without its limit <8: core 10 would be taken"));
  EXPECT_THAT(changes->untried, IsEmpty());
}

TEST(Changes, AreNotLookedForWithoutBounds) {
  auto source = locked_together(500);
  const auto changes = changes_that_help(asked({"front==100", "core<80"}), source, {});
  ASSERT_TRUE(changes);
  EXPECT_LT(source.asked_metadata.size(), 200U);
  EXPECT_THAT(changes->help, ElementsAre("front<100 instead of ==100: front 79 would be taken",
                                         "core without its limit <80: core 100 would be taken"));
  EXPECT_THAT(changes->untried, ElementsAre(HasSubstr("front without its limit ==100 (more would have to be read")));
  EXPECT_THAT(in_words(*changes), AllOf(HasSubstr(" Would help: core without its limit <80"),
                                        HasSubstr(" Might help, but is not known: front without")));
}

TEST(Changes, QuoteALongReasonInBrief) {
  TableSource source;
  source.add("front", "1");
  auto requests = asked({"front==1"});
  const std::string story = "CVSS 7.5: EXAMPLE-1, fixed in 2: " + std::string(300, 'x') + " end";
  requests.front().left_out[Name::normalize("front")][Version::parse("1").value()] = story;
  const auto changes = changes_that_help(requests, source, {});
  ASSERT_TRUE(changes);
  const std::string brief = "CVSS 7.5: EXAMPLE-1, fixed in 2: " + std::string(127, 'x') + "…";
  EXPECT_THAT(changes->help, ElementsAre("front in spite of what stands against it (1: " + brief + "): front 1 would be taken"));
  const auto none = resolve(requests.front(), source);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, AllOf(HasSubstr("1: " + brief), Not(HasSubstr(" end"))));
}

TEST(Changes, ThatTheIndexGivesNoAnswerForAreNamed) {
  TableSource source;
  source.add("app", "1", {"tool<2"});
  source.add("app", "2", {"far"});
  source.add("tool", "1");
  source.add("tool", "2");
  source.break_network("far");
  const auto changes = changes_that_help(asked({"app<2", "tool>=2"}), source, {});
  ASSERT_TRUE(changes);
  EXPECT_THAT(changes->help, ElementsAre("tool without its limit >=2: tool 1 would be taken"));
  EXPECT_THAT(changes->untried, ElementsAre("app without its limit <2 (no answer from the index)"));
}

TEST(Derivation, OfManyStepsIsToldByWhatItRestsOn) {
  TableSource source;
  for (int i = 1; i <= 40; ++i) {
    const auto version = std::to_string(i);
    source.add("front", version, {"middle==" + version, "tool"});
    source.add("middle", version, {"base==" + version});
  }
  for (int i = 101; i <= 110; ++i) source.add("base", std::to_string(i));
  source.add("tool", "1");
  const auto resolution = resolve(request_for({"front"}), source);
  ASSERT_FALSE(resolution);
  const auto& words = resolution.error().message;
  EXPECT_THAT(words, AllOf(HasSubstr("front is asked for."),
                           HasSubstr("every version of front needs middle, not every version the same, such as middle=="),
                           HasSubstr("every version of middle needs base"),
                           HasSubstr("No choice of versions satisfies all of that")));
  EXPECT_LE(words.size(), 1'000U) << words;
}

}  // namespace
}  // namespace assay
