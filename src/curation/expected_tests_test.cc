#include "curation/expected_tests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "io/files.h"

namespace assay {
namespace {

using testing::HasSubstr;

class ExpectedTestsFiles : public testing::Test {
 protected:
  void SetUp() override {
    temporary_.emplace(TemporaryDirectory::create(fs::temp_directory_path(), "assay-expected-").value());
    folder_ = temporary_->path();
  }
  std::optional<TemporaryDirectory> temporary_;
  fs::path folder_;
  const Name name_ = Name::normalize("some-package");
  const ExpectedTests results_{"1.0", "", {}, {{"t.py::a[x y]", TestStatus::passed},
                                               {"t.py::b", TestStatus::failed}}};
};

TEST_F(ExpectedTestsFiles, AProposalIsAdoptedAndReadBack) {
  ASSERT_TRUE(load_expected_tests(folder_).value().empty());
  ASSERT_TRUE(propose_expected_tests(folder_, name_, "3.11", results_, {}));
  const auto today = parse_date("2026-11-25").value();
  EXPECT_TRUE(adopt_expected_tests(folder_, "other", "R", today).value().empty());
  ASSERT_EQ(adopt_expected_tests(folder_, "Some_Package", "A. Person", today).value().size(), 1U);
  const auto adopted = load_expected_tests(folder_).value();
  const auto& read = adopted.at({name_, "3.11"});
  EXPECT_EQ(read.outcomes, results_.outcomes);
  EXPECT_EQ(read.version, "1.0");
  EXPECT_EQ(read.adopted_by, "A. Person");
  EXPECT_EQ(format_date(read.date), "2026-11-25");
  // What is adopted needs no proposal.
  ASSERT_TRUE(propose_expected_tests(folder_, name_, "3.11", results_, adopted));
  EXPECT_FALSE(fs::exists(folder_ / "releases/.proposed-tests/some-package-3.11.txt"));
}

TEST_F(ExpectedTestsFiles, AreOfOnePlatform) {
  const auto today = parse_date("2026-11-25").value();
  ASSERT_TRUE(propose_expected_tests(folder_, name_, "3.11-linux-s390x", results_, {}));
  ASSERT_TRUE(adopt_expected_tests(folder_, "some-package", "A. Person", today));
  const auto adopted = load_expected_tests(folder_).value();
  ASSERT_EQ(adopted.size(), 1U);
  EXPECT_EQ(adopted.begin()->first.first, name_);
  EXPECT_EQ(adopted.begin()->first.second, "3.11-linux-s390x");
}

TEST_F(ExpectedTestsFiles, TellWhereAFaultStands) {
  const auto error = [&](const std::string& file, std::string_view text) {
    EXPECT_TRUE(make_directories(folder_ / "expected-tests"));
    EXPECT_TRUE(write_file(folder_ / "expected-tests" / file, text));
    const auto loaded = load_expected_tests(folder_);
    EXPECT_TRUE(fs::remove(folder_ / "expected-tests" / file));
    return loaded ? "" : loaded.error().message;
  };
  EXPECT_THAT(error("a-3.11.txt", "# heading\npassd t.py::a\n"), HasSubstr("a-3.11.txt:2:1: "));
  EXPECT_THAT(error("a-3.11.txt", "passed\n"), HasSubstr("an outcome without a test"));
  EXPECT_THAT(error("flask.txt", ""), HasSubstr("<package>-<interpreter>.txt"));
}

}  // namespace
}  // namespace assay
