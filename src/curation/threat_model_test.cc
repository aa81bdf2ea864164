#include "curation/threat_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/files.h"

namespace assay {
namespace {

using testing::HasSubstr;

class ThreatModelFile : public testing::Test {
 protected:
  void SetUp() override {
    folder_.emplace(TemporaryDirectory::create(fs::temp_directory_path(), "assay-threats-").value());
  }
  std::string error(std::string_view text) {
    EXPECT_TRUE(write_file(folder_->path() / "threat-model.toml", text));
    const auto model = load_threat_model(folder_->path());
    return model ? "" : model.error().message;
  }
  std::optional<TemporaryDirectory> folder_;
};

TEST_F(ThreatModelFile, TheTemplateNamesEverySurfaceAndOnlyStepsThatArePerformed) {
  ASSERT_EQ(error(threat_model_template()), "");
  const auto model = load_threat_model(folder_->path()).value();
  std::set<SurfaceKind> surfaces;
  std::string letters;
  for (const auto& threat : model->threats) {
    surfaces.insert(threat.surfaces.begin(), threat.surfaces.end());
    letters += threat.slsa;
  }
  EXPECT_EQ(surfaces.size(), surface_kinds().size());
  EXPECT_EQ(std::set<char>(letters.begin(), letters.end()).size(), 9U) << "SLSA's A to I";
  EXPECT_FALSE(model->assets.empty() || model->boundaries.empty() || model->flows.empty());
}

TEST_F(ThreatModelFile, ThatIsMissingIsNone) {
  EXPECT_FALSE(load_threat_model(folder_->path()).value());
  EXPECT_FALSE(load_threat_review(folder_->path()).value());
}

TEST_F(ThreatModelFile, TellsWhereAFaultStands) {
  EXPECT_THAT(error("[[threat]]\nid = \"a\"\ntitle = \"b\"\nsteps = [\"advisorys\"]\n"),
              HasSubstr("threat-model.toml:4:10: \"advisorys\" is no vetting step that answers threats; "
                        "did you mean \"advisories\"?"));
  EXPECT_THAT(error("[[threat]]\nid = \"a\"\ntitle = \"b\"\nsteps = [\"penetration-test\"]\n"),
              HasSubstr("no vetting step that answers threats"));
  EXPECT_THAT(error("[[threat]]\nid = \"a\"\ntitle = \"b\"\nsteps = [\"threat-model\"]\n"),
              HasSubstr("no vetting step that answers threats")) << "finding is no answer";
  EXPECT_THAT(error("[[threat]]\nid = \"a\"\ntitle = \"b\"\nsurfaces = [\"netwrk\"]\n"),
              HasSubstr("did you mean \"network\"?"));
  EXPECT_THAT(error("[[threat]]\nid = \"a\"\ntitle = \"b\"\nslsa = \"Z\"\n"), HasSubstr("\"A\" to \"I\""));
  EXPECT_THAT(error("[[thread]]\nid = \"a\"\n"), HasSubstr("did you mean \"threat\"?"));
}

TEST_F(ThreatModelFile, AnAcceptedRiskNamesAKnownThreatOrASurfaceOfAPackage) {
  const std::string threat = "[[threat]]\nid = \"a\"\ntitle = \"b\"\n[[accepted]]\n";
  const std::string rest = "reason = \"r\"\nreviewer = \"A\"\ndate = 2026-01-01\nexpires = 2026-02-01\n";
  EXPECT_EQ(error(threat + "threat = \"a\"\n" + rest), "");
  EXPECT_EQ(error(threat + "package = \"p\"\nsurface = \"network\"\n" + rest), "");
  EXPECT_THAT(error(threat + "threat = \"c\"\n" + rest), HasSubstr("no threat is called \"c\""));
  EXPECT_THAT(error(threat + "package = \"p\"\n" + rest), HasSubstr("neither a \"threat\" nor a"));
  EXPECT_THAT(error(threat + "surface = \"network\"\n" + rest), HasSubstr("is not named"));
}

TEST_F(ThreatModelFile, AReviewIsReadAsItWasWritten) {
  ThreatReview review{.reviewer = "A \"B\"", .date = parse_date("2026-11-25").value(), .model = "00",
                      .packages = {{Name::normalize("a-b"), {SurfaceKind::network}},
                                   {Name::normalize("c"), {}}}};
  ASSERT_TRUE(save_threat_review(folder_->path(), review));
  const auto read = load_threat_review(folder_->path());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ((*read)->reviewer, review.reviewer);
  EXPECT_EQ((*read)->packages, review.packages);
}

}  // namespace
}  // namespace assay
