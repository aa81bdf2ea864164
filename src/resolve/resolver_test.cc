#include "resolve/resolver.h"

#include <gmock/gmock.h>

#include "resolve/table_source.h"

namespace assay {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Release = TableSource::Release;

std::string resolved(TableSource& source, const std::vector<std::string>& requirements) {
  return summary(resolve(request_for(requirements), source));
}

TEST(Resolve, TakesTheNewestOfEverything) {
  TableSource source;
  source.add("a", "1.0", {"b>=1"});
  source.add("a", "1.10", {"b>=1", "c"});
  source.add("a", "1.9", {"b>=1"});
  source.add("b", "2.0");
  source.add("b", "1.0");
  source.add("c", "0.1");
  const auto resolution = resolve(request_for({"A"}), source);
  ASSERT_EQ(summary(resolution), "a 1.10, b 2.0, c 0.1");
  const auto& packages = resolution->packages;
  EXPECT_EQ(packages[0].file.file_name, "a-1.10.tar.gz");
  EXPECT_EQ(packages[0].metadata.requires_dist.size(), 2U);
  EXPECT_THAT(packages[0].required_by, IsEmpty());
  EXPECT_THAT(packages[0].dependencies,
              ElementsAre(Name::normalize("b"), Name::normalize("c")));
  EXPECT_THAT(packages[1].required_by, ElementsAre(Name::normalize("a")));
}

TEST(Resolve, OfNothingIsNothing) {
  TableSource source;
  EXPECT_EQ(resolved(source, {}), "");
}

TEST(Resolve, GoesBackToAnOlderVersionWhereTheNewestDisagrees) {
  TableSource source;
  source.add("app", "2", {"lib>=2"});
  source.add("app", "1", {"lib"});
  source.add("lib", "2");
  source.add("lib", "1");
  EXPECT_EQ(resolved(source, {"app", "lib<2"}), "app 1, lib 1");
}

TEST(Resolve, FindsTheDecisionThatIsToBlame) {
  TableSource source;
  for (int i = 1; i <= 40; ++i) {
    const auto version = std::to_string(i);
    source.add("culprit", version, {"deep>=" + version});
    for (const char* bystander : {"m", "n", "o", "p"}) source.add(bystander, version);
    source.add("deep", version);
  }
  source.add("limit", "1", {"deep<=3"});
  EXPECT_EQ(resolved(source, {"culprit", "m", "n", "o", "p", "limit"}),
            "culprit 3, deep 3, limit 1, m 40, n 40, o 40, p 40");
  EXPECT_LT(source.asked_metadata.size(), 100U);
}

TEST(Resolve, SkipsVersionsThatNobodyWouldTake) {
  TableSource source;
  for (int i = 1; i <= 300; ++i) source.add("big", std::to_string(i));
  source.add("picky", "1", {"big<=7"});
  source.add("asks", "1", {"picky"});
  EXPECT_EQ(resolved(source, {"big", "asks"}), "asks 1, big 7, picky 1");
  EXPECT_LT(source.asked_metadata.size(), 10U);
}

TEST(Resolve, NamesWhatClashesAndWhoAsks) {
  TableSource source;
  source.add("app", "1.0", {"lib>=2"});
  source.add("tool", "3.0", {"lib<2"});
  source.add("lib", "2");
  source.add("lib", "1");
  const auto resolution = resolve(request_for({"app", "tool"}), source);
  ASSERT_FALSE(resolution);
  EXPECT_EQ(resolution.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(resolution.error().message,
              AllOf(HasSubstr("app 1.0 needs lib>=2"), HasSubstr("tool 3.0 needs lib<2")));
}

TEST(Resolve, NamesARootRequirementThatClashes) {
  TableSource source;
  source.add("lib", "2");
  source.add("lib", "1");
  EXPECT_THAT(resolved(source, {"lib>=2", "lib<2"}),
              AllOf(HasSubstr("lib>=2 is asked for"), HasSubstr("lib<2 is asked for")));
  EXPECT_THAT(resolved(source, {"lib>=3"}),
              AllOf(HasSubstr("no version of lib satisfies lib>=3"), HasSubstr("there are 2, 1")));
}

TEST(Resolve, LeavesOutOfTheMessageWhoDoesNotClash) {
  TableSource source;
  source.add("fine", "1", {"lib"});
  source.add("app", "1", {"lib>=2"});
  source.add("lib", "2");
  source.add("lib", "1");
  EXPECT_THAT(resolved(source, {"fine", "app", "lib<2"}),
              AllOf(HasSubstr("app 1 needs lib>=2"), Not(HasSubstr("fine"))));
}

TEST(Resolve, SaysWhoAsksForAnUnknownProject) {
  TableSource source;
  source.add("app", "1", {"nowhere>=1"});
  const auto resolution = resolve(request_for({"app"}), source);
  ASSERT_FALSE(resolution);
  EXPECT_EQ(resolution.error().kind, ErrorKind::not_found);
  EXPECT_THAT(resolution.error().message,
              HasSubstr("app 1 needs nowhere>=1 (the index has no project nowhere)"));
  EXPECT_EQ(resolve(request_for({"none"}), source).error().kind, ErrorKind::not_found);
}

TEST(Resolve, FollowsCycles) {
  TableSource source;
  source.add("a", "1", {"b"});
  source.add("b", "2", {"a>=2"});
  source.add("b", "1", {"a"});
  const auto resolution = resolve(request_for({"a"}), source);
  EXPECT_EQ(summary(resolution), "a 1, b 1");
  EXPECT_THAT(resolution->packages[0].required_by, ElementsAre(Name::normalize("b")));
}

TEST(Resolve, BringsInWhatAnExtraNeeds) {
  TableSource source;
  source.add("a", "1", {"b; extra == 'Fast_IO'", "c; extra == 'slow'"});
  source.add("b", "1");
  source.add("c", "1");
  EXPECT_EQ(resolved(source, {"a"}), "a 1");
  const auto resolution = resolve(request_for({"a[fast-io]"}), source);
  EXPECT_EQ(summary(resolution), "a 1, b 1");
  EXPECT_THAT(resolution->packages[0].extras, ElementsAre("fast-io"));
}

TEST(Resolve, BringsInAnExtraOfAPackageThatIsDecidedAlready) {
  TableSource source;
  source.add("a", "1", {"b<2; extra == 'x'"});
  source.add("late", "1", {"a[x]"});
  source.add("b", "2");
  source.add("b", "1");
  EXPECT_EQ(resolved(source, {"a", "b", "late"}), "a 1, b 1, late 1");
}

TEST(Resolve, FollowsExtrasThatNameOtherExtrasOfTheirOwnPackage) {
  TableSource source;
  source.add("a", "1", {"a[x,y]; extra == 'all'", "b; extra == 'x'", "c; extra == 'y'"});
  source.add("b", "1");
  source.add("c", "1");
  EXPECT_EQ(resolved(source, {"a[all]"}), "a 1, b 1, c 1");
}

TEST(Resolve, TakesBackAnExtraWithTheVersionThatAskedForIt) {
  TableSource source;
  source.add("a", "1", {"b==2; extra == 'x'"});
  source.add("user", "2", {"a[x]"});
  source.add("user", "1", {"a"});
  source.add("b", "2");
  source.add("b", "1");
  EXPECT_EQ(resolved(source, {"a", "b<2", "user"}), "a 1, b 1, user 1");
}

TEST(Resolve, HeedsMarkers) {
  TableSource source;
  source.add("a", "1", {"b; python_version < '3.8'", "c; sys_platform == 'linux'",
                        "d; sys_platform == 'win32' and extra == 'x'"});
  source.add("c", "1");
  EXPECT_EQ(resolved(source, {"a[x]", "gone; python_version < '3'"}), "a 1, c 1");
}

TEST(Resolve, TakesPreReleasesOnlyIfAskedOrAlone) {
  TableSource source;
  source.add("a", "2.0rc1");
  source.add("a", "1.0");
  source.add("only", "0.1b2");
  source.add("only", "0.1b1");
  EXPECT_EQ(resolved(source, {"a"}), "a 1.0");
  EXPECT_EQ(resolved(source, {"a>=1.5"}), "a 2.0rc1");
  EXPECT_EQ(resolved(source, {"a>=1.0rc1"}), "a 2.0rc1");
  EXPECT_EQ(resolved(source, {"a<=2.0rc1"}), "a 2.0rc1");
  EXPECT_EQ(resolved(source, {"only"}), "only 0.1b2");
}

TEST(Resolve, TakesYankedFilesForPinsOnly) {
  TableSource source;
  source.add("a", "2", Release{.yanked = "broken"});
  source.add("a", "1");
  source.add("gone", "1", Release{.yanked = "yanked"});
  EXPECT_EQ(resolved(source, {"a"}), "a 1");
  EXPECT_EQ(resolved(source, {"a==2"}), "a 2");
  EXPECT_EQ(resolved(source, {"a===2"}), "a 2");
  EXPECT_THAT(resolved(source, {"a==2.*"}), HasSubstr("a 2 was yanked"));
  EXPECT_THAT(resolved(source, {"gone>=1"}), AllOf(HasSubstr("gone"), HasSubstr("yanked")));
}

TEST(Resolve, YankedFilesArePinnedByTheRequestAlone) {
  TableSource source;
  source.add("a", "2", Release{.yanked = "broken"});
  source.add("a", "1");
  source.add("pins", "2", {"a==2"});
  source.add("pins", "1", {"a"});
  EXPECT_EQ(resolved(source, {"pins"}), "a 1, pins 1");
  EXPECT_THAT(resolved(source, {"pins==2"}), HasSubstr("a 2 was yanked"));
  EXPECT_EQ(resolved(source, {"pins", "a==2"}), "a 2, pins 2");
  EXPECT_EQ(resolved(source, {"a", "a==2; python_version < '3'"}), "a 1");
  auto request = request_for({"pins"});
  request.constraints.emplace(Name::normalize("a"), *SpecifierSet::parse("==2"));
  EXPECT_EQ(summary(resolve(request, source)), "a 2, pins 2");
  request.constraints.clear();
  request.overrides.emplace(Name::normalize("a"), *Requirement::parse("a==2"));
  EXPECT_EQ(summary(resolve(request, source)), "a 2, pins 2");
}

TEST(Resolve, SaysWhatHasNoSourceDistribution) {
  TableSource source;
  source.add("closed", "2.0", Release{.sdist = false});
  source.add("closed", "1.0", Release{.sdist = false});
  source.add("older", "2.0", Release{.sdist = false});
  source.add("older", "1.0");
  source.add("app", "1", {"closed>=1"});
  EXPECT_EQ(resolved(source, {"older"}), "older 1.0");
  EXPECT_THAT(resolved(source, {"app"}),
              AllOf(HasSubstr("closed has no source distribution"), HasSubstr("2.0, 1.0"),
                    HasSubstr("app 1 needs closed>=1")));
  EXPECT_THAT(resolved(source, {"older>1"}), HasSubstr("older has no source distribution"));
}

TEST(Resolve, PrefersTheCustomaryArchive) {
  TableSource source;
  source.add("a", "1");
  source.add_file("a", {.file_name = "A-1.zip", .url = "https://index.test/zip"});
  EXPECT_EQ(resolve(request_for({"a"}), source)->packages[0].file.file_name, "a-1.tar.gz");
}

TEST(Resolve, ChoosesTheBestWheel) {
  TableSource source;
  source.add("a", "2", Release{.wheel_tags = {"cp312-cp312-any", "cp311-cp311-win_amd64"}});
  source.add("a", "1",
             Release{.sdist = false,
                     .wheel_tags = {"py3-none-any", "cp311-cp311-manylinux_2_17_x86_64",
                                    "cp39-abi3-manylinux_2_17_x86_64", "cp311-cp311-win_amd64"}});
  source.add("builds", "1", Release{.wheel_tags = {"9-py3-none-any", "10-py3-none-any",
                                                   "py3-none-any"}});
  auto request = request_for({"a", "builds"});
  request.need = ResolutionRequest::Need::wheel;
  const auto resolution = resolve(request, source);
  ASSERT_EQ(summary(resolution), "a 1, builds 1");
  EXPECT_EQ(resolution->packages[0].file.file_name, "a-1-cp311-cp311-manylinux_2_17_x86_64.whl");
  EXPECT_EQ(resolution->packages[1].file.file_name, "builds-1-10-py3-none-any.whl");
  request.requirements = {*Requirement::parse("a>=2")};
  EXPECT_THAT(summary(resolve(request, source)), HasSubstr("a has no wheel that fits"));
}

TEST(Resolve, HeedsRequiresPython) {
  TableSource source;
  source.add("a", "3", Release{.index_requires_python = ">=3.12"});
  source.add("a", "2", Release{.requires_python = "<3.11"});
  source.add("a", "1", Release{.requires_python = ">=3.11.2", .index_requires_python = ">=3.8"});
  source.add("odd", "1", Release{.index_requires_python = "three"});
  EXPECT_EQ(resolved(source, {"a"}), "a 1");
  EXPECT_THAT(resolved(source, {"a>2"}), HasSubstr("3: needs Python >=3.12 (this is 3.11.2)"));
  EXPECT_THAT(resolved(source, {"a==2"}), HasSubstr("a 2: needs Python <3.11"));
  EXPECT_THAT(resolved(source, {"odd"}), HasSubstr("three"));
}

TEST(Resolve, LooksOnlyAtWhatWasUploadedBefore) {
  const Time cut = *parse_time("2024-01-02T00:00:00Z");
  TableSource source;
  source.add("a", "3", Release{.upload_time = cut});
  source.add("a", "2", Release{.upload_time = cut - std::chrono::seconds(1)});
  source.add("timeless", "1");
  auto request = request_for({"a"});
  request.uploaded_before = cut;
  EXPECT_EQ(summary(resolve(request, source)), "a 2");
  request.requirements = {*Requirement::parse("a>2")};
  EXPECT_THAT(summary(resolve(request, source)),
              HasSubstr("3: uploaded at 2024-01-02T00:00:00Z, not before 2024-01-02T00:00:00Z"));
  request.requirements = {*Requirement::parse("timeless")};
  EXPECT_THAT(summary(resolve(request, source)), HasSubstr("tells no upload time"));
}

TEST(Resolve, RefusesDirectReferences) {
  TableSource source;
  source.add("a", "2", {"b @ https://elsewhere.test/b.zip"});
  source.add("a", "1", {"c"});
  source.add("c", "1");
  EXPECT_EQ(resolved(source, {"a"}), "a 1, c 1");
  EXPECT_THAT(resolved(source, {"a==2"}), AllOf(HasSubstr("direct references are refused"),
                                                HasSubstr("a 2 needs b @")));
  EXPECT_THAT(resolved(source, {"b @ https://elsewhere.test/b.zip"}),
              AllOf(HasSubstr("direct references are refused"), HasSubstr("asked for directly")));
}

TEST(Resolve, PassesOverMetadataThatCannotBeRead) {
  TableSource source;
  source.add("a", "2", Release{.metadata_problem = "it needs setup.py"});
  source.add("a", "1");
  source.add("b", "1", {"c >> 3"});
  EXPECT_EQ(resolved(source, {"a"}), "a 1");
  EXPECT_THAT(resolved(source, {"a>1"}),
              HasSubstr("a 2: its metadata can't be used (it needs setup.py)"));
  EXPECT_THAT(resolved(source, {"b"}), AllOf(HasSubstr("b 1"), HasSubstr("Requires-Dist")));
}

TEST(Resolve, RefusesMetadataOfAnotherPackage) {
  struct Impostor final : CandidateSource {
    Result<FileList> files(const Name&) override {
      return std::make_shared<const std::vector<IndexFile>>(1, IndexFile{.file_name = "a-1.tar.gz"});
    }
    Result<Metadata> metadata(const Name&, const Version&,
                              const std::vector<IndexFile>&) override {
      return Metadata::parse("Name: b\nVersion: 1\n");
    }
  } source;
  EXPECT_THAT(summary(resolve(request_for({"a"}), source)),
              HasSubstr("the metadata is that of b 1"));
}

TEST(Resolve, EndsWhenTheNetworkFails) {
  TableSource source;
  source.add("a", "2", {"b"});
  source.add("a", "1");
  source.add("b", "1");
  source.break_network("b");
  const auto resolution = resolve(request_for({"a"}), source);
  ASSERT_FALSE(resolution);
  EXPECT_EQ(resolution.error().kind, ErrorKind::network);
}

TEST(Resolve, HeedsConstraintsWithoutAskingForThem) {
  TableSource source;
  source.add("a", "2");
  source.add("a", "1");
  auto request = request_for({"a"});
  request.constraints = {{Name::normalize("a"), *SpecifierSet::parse("<2")},
                         {Name::normalize("unused"), *SpecifierSet::parse("==1")}};
  EXPECT_EQ(summary(resolve(request, source)), "a 1");
  request.requirements = {*Requirement::parse("a>1")};
  EXPECT_THAT(summary(resolve(request, source)),
              AllOf(HasSubstr("a<2 is a constraint"), HasSubstr("a>1 is asked for")));
}

TEST(Resolve, SaysSoIfAnIndexListsNothingThatCanBeRead) {
  TableSource source;
  source.add_file("a", {.file_name = "a-1.win32.exe"});
  source.add_file("a", {.file_name = "b-1.tar.gz"});
  source.add_file("a", {.file_name = "a-x.tar.gz"});
  EXPECT_THAT(resolved(source, {"a"}), HasSubstr("none of its 3 files"));
}

TEST(Resolve, TellsTheSourceWhatComesNext) {
  TableSource source;
  source.add("a", "1", {"b", "c"});
  source.add("b", "1", {"c"});
  source.add("c", "1");
  ASSERT_EQ(resolved(source, {"a"}), "a 1, b 1, c 1");
  EXPECT_THAT(source.prefetched, ElementsAre("a", "b", "c"));
  EXPECT_THAT(source.asked_files, ElementsAre("a", "b", "c"));
}

TEST(Resolve, StopsWhenAsked) {
  TableSource source;
  source.add("a", "1");
  std::stop_source stop;
  stop.request_stop();
  const auto resolution = resolve(request_for({"a"}), source, stop.get_token());
  ASSERT_FALSE(resolution);
  EXPECT_EQ(resolution.error().kind, ErrorKind::cancelled);
}

TEST(Resolve, RefusesToFollowExtrasWithoutEnd) {
  std::vector<std::string> requirements;
  std::string all = "a[";
  for (int i = 0; i < 1'000; ++i) {
    const auto extra = "x" + std::to_string(i);
    requirements.push_back("b; extra == '" + extra + "'");
    all += extra + ",";
  }
  all.back() = ']';
  requirements.push_back(all);
  TableSource source;
  source.add("a", "1", requirements);
  source.add("b", "1");
  EXPECT_THAT(resolved(source, {"a"}), HasSubstr("more dependencies than can be followed"));
}

}  // namespace
}  // namespace assay
