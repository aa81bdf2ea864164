#include "curation/dispositions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/files.h"

namespace assay {
namespace {

using testing::StartsWith;

class DispositionsFile : public testing::Test {
 protected:
  void SetUp() override {
    auto folder = TemporaryDirectory::create(fs::temp_directory_path(), "assay-dispositions-");
    ASSERT_TRUE(folder) << folder.error().message;
    folder_.emplace(*std::move(folder));
  }

  Result<std::vector<Disposition>> load(std::string_view text) {
    EXPECT_TRUE(write_file(folder_->path() / "dispositions.toml", text));
    return load_dispositions(folder_->path());
  }

  std::string error(std::string_view text) {
    const auto dispositions = load(text);
    if (dispositions) return "";
    EXPECT_EQ(dispositions.error().kind, ErrorKind::invalid_input);
    const auto folder = folder_->path().string() + "/";
    EXPECT_THAT(dispositions.error().message, StartsWith(folder));
    return dispositions.error().message.substr(folder.size());
  }

  std::optional<TemporaryDirectory> folder_;
};

constexpr std::string_view rest =
    "reason = \"It is a link in a comment.\"\nreviewer = \"R\"\ndate = 2026-01-01\n"
    "expires = 2026-07-01\n";

std::string entry(std::string_view first) { return std::string(first) + "\n" + std::string(rest); }

TEST_F(DispositionsFile, ThatIsMissingIsNone) {
  const auto dispositions = load_dispositions(folder_->path());
  ASSERT_TRUE(dispositions) << dispositions.error().message;
  EXPECT_TRUE(dispositions->empty());
}

TEST_F(DispositionsFile, IsReadWhole) {
  const auto dispositions = load(R"(
[[finding]]
package = "Flask"
rule = "weaknesses/insecure-url"
path = "src/flask/app.py"
versions = ">=3,<4"
reason = "  It is a link in a comment. "
reviewer = "A. Person"
date = 2026-01-01
expires = "2026-07-01"

[[finding]]
package = "flask"
fingerprint = "0123456789ABCDEF"
reason = "It is a link in a comment."
reviewer = "A. Person"
date = 2026-01-01
expires = 2026-07-01

[[test]]
package = "requests"
test = "tests/test_net.py::*"
reason = "They need the network."
reviewer = "A. Person"
date = 2026-01-01
expires = 2026-07-01

[[tests]]
package = "pyyaml"
reason = "It has a runner of its own."
reviewer = "A. Person"
date = 2026-01-01
expires = 2026-07-01

[[build]]
package = "numpy"
reason = "It does not support 3.8 any more."
reviewer = "A. Person"
date = 2026-01-01
expires = 2026-07-01
)");
  ASSERT_TRUE(dispositions) << dispositions.error().message;
  ASSERT_EQ(dispositions->size(), 5u);
  const auto& finding = dispositions->at(0);
  EXPECT_EQ(finding.subject, Disposition::Subject::finding);
  EXPECT_EQ(finding.package.str(), "flask");
  EXPECT_EQ(finding.rule, "weaknesses/insecure-url");
  EXPECT_EQ(finding.path, "src/flask/app.py");
  EXPECT_EQ(finding.versions, ">=3,<4");
  EXPECT_EQ(finding.reason, "It is a link in a comment.");
  EXPECT_EQ(finding.reviewer, "A. Person");
  EXPECT_EQ(format_date(finding.date), "2026-01-01");
  EXPECT_EQ(format_date(finding.expires), "2026-07-01");
  EXPECT_EQ(finding.file, (folder_->path() / "dispositions.toml").string());
  EXPECT_EQ(finding.line, 2u);
  EXPECT_EQ(dispositions->at(1).fingerprint, "0123456789abcdef");
  EXPECT_EQ(dispositions->at(1).line, 12u);
  EXPECT_EQ(dispositions->at(2).subject, Disposition::Subject::test);
  EXPECT_EQ(dispositions->at(2).test, "tests/test_net.py::*");
  EXPECT_EQ(dispositions->at(3).subject, Disposition::Subject::tests);
  EXPECT_EQ(dispositions->at(4).subject, Disposition::Subject::build);
}

TEST_F(DispositionsFile, TellsThePlaceAndTheCauseOfAFault) {
  EXPECT_EQ(error(entry("[[findings]]\npackage = \"a\"\nrule = \"r\"")),
            "dispositions.toml:1:3: unknown key \"findings\" in the dispositions file; did you "
            "mean \"finding\"?");
  EXPECT_EQ(error(entry("[finding]\npackage = \"a\"\nrule = \"r\"")),
            "dispositions.toml:1:2: \"finding\" must be tables, each under [[finding]]");
  EXPECT_EQ(error("finding = [1]\n"),
            "dispositions.toml:1:12: [[finding]] must be a table, not a whole number");
  EXPECT_EQ(error(entry("[[finding]]\npackage = \"a\"\nrul = \"r\"\nrule = \"r\"")),
            "dispositions.toml:3:1: unknown key \"rul\" in [[finding]]; did you mean \"rule\"?");
  EXPECT_EQ(error(entry("[[test]]\npackage = \"a\"\ntest = \"t\"\nrule = \"r\"")),
            "dispositions.toml:4:1: unknown key \"rule\" in [[test]]");
  EXPECT_EQ(error(entry("[[finding]]\nrule = \"r\"")),
            "dispositions.toml:1:1: [[finding]] needs \"package\"");
  EXPECT_EQ(error(entry("[[finding]]\npackage = \"a b\"\nrule = \"r\"")),
            "dispositions.toml:2:11: \"a b\" is no package's name");
  EXPECT_EQ(error(entry("[[finding]]\npackage = \"a\"\npath = \"x.py\"")),
            "dispositions.toml:1:1: [[finding]] needs a \"fingerprint\" or a \"rule\"");
  EXPECT_EQ(error(entry("[[finding]]\npackage = \"a\"\nfingerprint = \"12\"")),
            "dispositions.toml:3:15: \"fingerprint\" must be 16 hexadecimal digits, as the report "
            "shows them");
  EXPECT_EQ(error(entry("[[test]]\npackage = \"a\"")),
            "dispositions.toml:1:1: [[test]] needs \"test\"");
  EXPECT_EQ(error(entry("[[test]]\npackage = \"a\"\ntest = \"*\"")),
            "dispositions.toml:3:8: \"*\" alone would accept every failure; name a file at least");
  EXPECT_EQ(error(entry("[[tests]]\npackage = \"a\"\nversions = \"1.2\"")),
            "dispositions.toml:3:12: \"1.2\" is no version specifier; write it like \"==1.2.*\"");
}

TEST_F(DispositionsFile, WantsAReasonAPersonAndDates) {
  const std::string start = "[[tests]]\npackage = \"a\"\n";
  const std::string dates = "date = 2026-01-01\nexpires = 2026-07-01\n";
  EXPECT_EQ(error(start + "reviewer = \"R\"\n" + dates),
            "dispositions.toml:1:1: [[tests]] needs \"reason\"");
  for (const std::string_view reason : {"ok", "          ", "reviewedit"}) {
    EXPECT_THAT(
        error(start + "reason = \"" + std::string(reason) + "\"\nreviewer = \"R\"\n" + dates),
        StartsWith("dispositions.toml:3:10: \"reason\" must "));
  }
  const std::string reason = "reason = \"It has a runner of its own.\"\n";
  EXPECT_EQ(error(start + reason + dates), "dispositions.toml:1:1: [[tests]] needs \"reviewer\"");
  EXPECT_EQ(error(start + reason + "reviewer = \" \"\n" + dates),
            "dispositions.toml:4:12: \"reviewer\" must not be empty");
  const std::string known = start + reason + "reviewer = \"R\"\n";
  EXPECT_EQ(error(known + "date = 2026-01-01\n"),
            "dispositions.toml:1:1: [[tests]] needs \"expires\"");
  EXPECT_EQ(error(known + "date = 2026-01-01\nexpires = 2026-01-01\n"),
            "dispositions.toml:6:11: \"expires\" must be after \"date\" (2026-01-01)");
  EXPECT_EQ(error(known + "date = \"2026-13-01\"\nexpires = 2027-01-01\n"),
            "dispositions.toml:5:8: \"date\" must be a date (YYYY-MM-DD), not \"2026-13-01\"");
  EXPECT_EQ(error(known + "date = 2026\nexpires = 2027-01-01\n"),
            "dispositions.toml:5:8: \"date\" must be a date (YYYY-MM-DD), not a whole number");
}

TEST_F(DispositionsFile, IsOneForEachPackageInTheirFolder) {
  ASSERT_TRUE(make_directories(folder_->path() / "dispositions"));
  ASSERT_TRUE(write_file(folder_->path() / "dispositions/flask.toml",
                         "[[plan]]\nrule = \"CVE-2026-1\"\nowner = \"B\"\nreviewer = \"R\"\n"
                         "decision = \"upgrade\"\nevidence = \">=3.1\"\nscore = 5.3\n"
                         "reason = \"The next release has it.\"\ndate = 2026-01-01\n"
                         "due = 2026-03-01\n"));
  const auto dispositions = load_dispositions(folder_->path());
  ASSERT_TRUE(dispositions) << dispositions.error().message;
  ASSERT_EQ(dispositions->size(), 1U);
  EXPECT_EQ(dispositions->front().package.str(), "flask");
  EXPECT_EQ(dispositions->front().subject, Disposition::Subject::plan);
  const auto& plan = dispositions->front().plan;
  EXPECT_EQ(plan.owner, "B");
  EXPECT_EQ(plan.remediation, Remediation::upgrade);
  EXPECT_EQ(plan.evidence, std::vector<std::string>{">=3.1"});
  EXPECT_EQ(plan.score, 5.3);
  EXPECT_EQ(format_date(dispositions->front().expires), "2026-03-01");
}

TEST_F(DispositionsFile, OfAPackageSpeaksOfNoOther) {
  ASSERT_TRUE(make_directories(folder_->path() / "dispositions"));
  ASSERT_TRUE(write_file(folder_->path() / "dispositions/flask.toml",
                         entry("[[finding]]\npackage = \"click\"\nrule = \"a/b\"")));
  const auto dispositions = load_dispositions(folder_->path());
  ASSERT_FALSE(dispositions);
  EXPECT_THAT(dispositions.error().message,
              testing::HasSubstr("flask.toml:2:11: this is the file of flask, not of click"));
}

TEST_F(DispositionsFile, TakesWhatIsAddedToIt) {
  Disposition first;
  first.package = Name::normalize("flask");
  first.fingerprint = "0123456789abcdef";
  first.reason = "A \"quoted\" reason with a \\ and\na line end.";
  first.reviewer = "R";
  first.date = parse_date("2026-01-01").value();
  first.expires = parse_date("2026-07-01").value();
  Disposition second = first;
  second.subject = Disposition::Subject::not_affected;
  second.justification = "vulnerable_code_not_present";
  ASSERT_TRUE(add_disposition(folder_->path(), first));
  ASSERT_TRUE(add_disposition(folder_->path(), second));
  const auto dispositions = load_dispositions(folder_->path());
  ASSERT_TRUE(dispositions) << dispositions.error().message;
  ASSERT_EQ(dispositions->size(), 2U);
  EXPECT_EQ(dispositions->at(0).reason, "A \"quoted\" reason with a \\ and a line end.");
  EXPECT_EQ(dispositions->at(1).justification, "vulnerable_code_not_present");
}

TEST_F(DispositionsFile, WantsAPlanWithOwnerAndDay) {
  EXPECT_THAT(error(entry("[[plan]]\npackage = \"a\"\nrule = \"CVE-2026-1\"")),
              testing::HasSubstr("decision"));
  EXPECT_THAT(error(entry("[[not-affected]]\npackage = \"a\"\nrule = \"CVE-2026-1\"\n"
                          "justification = \"component_not_presnt\"")),
              testing::HasSubstr("did you mean \"component_not_present\"?"));
}

TEST_F(DispositionsFile, WantsWhatShowsThatAPlanIsCarriedOut) {
  const auto plan = [&](std::string_view keys) {
    return error("[[plan]]\npackage = \"a\"\nrule = \"CVE-2026-1\"\nowner = \"B\"\n" + std::string(keys) +
                 "\nreason = \"It is done so.\"\nreviewer = \"R\"\ndate = 2026-01-01\ndue = 2026-07-01\n");
  };
  EXPECT_THAT(plan("evidence = \"x\""), testing::HasSubstr("[[plan]] needs \"decision\""));
  EXPECT_THAT(plan("decision = \"upgrad\""), testing::HasSubstr("did you mean \"upgrade\"?"));
  EXPECT_THAT(plan("decision = \"upgrade\"\nevidence = \"soon\""), testing::HasSubstr("specifier like"));
  EXPECT_THAT(plan("decision = \"upgrade\""), testing::HasSubstr("needs \"evidence\": the versions"));
  EXPECT_THAT(plan("decision = \"patch\"\nevidence = [\"tests/test_it.py::test_safe\"]"),
              testing::HasSubstr("needs \"evidence\": the patch's file"));
  EXPECT_THAT(plan("decision = \"patch\"\nevidence = [\"a/1.patch\"]"), testing::HasSubstr("by its file alone"));
  EXPECT_THAT(plan("decision = \"strip\"\nevidence = \"/etc/x\""), testing::HasSubstr("as it would be installed"));
  EXPECT_THAT(plan("decision = \"mitigate\"\nevidence = []"), testing::HasSubstr("needs \"evidence\""));
  EXPECT_THAT(plan("decision = \"accept\"\nscore = 11"), testing::HasSubstr("between 0 and 10"));
  EXPECT_EQ(plan("decision = \"accept\"\nscore = \"none\""), "");
}

TEST_F(DispositionsFile, TakesAPlanThatIsAddedToIt) {
  Disposition plan;
  plan.subject = Disposition::Subject::plan;
  plan.package = Name::normalize("flask");
  plan.rule = "CVE-2026-1";
  plan.reason = "It is mended by a patch.";
  plan.reviewer = "R";
  plan.plan = {Remediation::patch, "B", {"0001-x.patch", "tests/test_it.py::test_\"x\""}, -1};
  plan.date = parse_date("2026-01-01").value();
  plan.expires = parse_date("2026-07-01").value();
  ASSERT_TRUE(add_disposition(folder_->path(), plan));
  const auto dispositions = load_dispositions(folder_->path());
  ASSERT_TRUE(dispositions) << dispositions.error().message;
  const auto& read = dispositions->at(0).plan;
  EXPECT_EQ(read.remediation, Remediation::patch);
  EXPECT_EQ(read.evidence, plan.plan.evidence);
  EXPECT_EQ(read.score, -1);
  EXPECT_EQ(read.owner, "B");
}

TEST_F(DispositionsFile, MayBeReasonedForSomePlatforms) {
  const std::string first = "[[not-affected]]\npackage = \"a\"\nrule = \"CVE-2026-1\"\n"
                            "justification = \"component_not_present\"\n";
  const auto read = load(entry(first + "targets = [\"linux-s390x\"]"));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->at(0).targets, std::vector<std::string>{"linux-s390x"});
  EXPECT_THAT(error(entry(first + "targets = [\"host\"]")), testing::HasSubstr("is no platform"));
  EXPECT_THAT(error(entry(first + "targets = []")), testing::HasSubstr("must name at least one"));
}

TEST_F(DispositionsFile, WantsABanToNameItsVersions) {
  EXPECT_THAT(error(entry("[[ban]]\npackage = \"a\"")), testing::HasSubstr("[[ban]] needs \"versions\""));
  EXPECT_EQ(error(entry("[[ban]]\npackage = \"a\"\nversions = \"<2\"")), "");
}

}  // namespace
}  // namespace assay
