#include "fetch/index_location.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>

#include "base/text.h"
#include "io/files.h"
#include "io/subprocess.h"

namespace assay {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// An environment variable for the length of a test.
class Variable {
 public:
  explicit Variable(const char* name) : name_(name) {
    if (const char* value = std::getenv(name)) before_ = value;
    unsetenv(name);
  }
  ~Variable() {
    if (before_) {
      setenv(name_, before_->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }
  void set(const std::string& value) { setenv(name_, value.c_str(), 1); }
  std::string before() const { return before_.value_or(""); }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

// The machine's own Python and pip, called through a script that counts the calls.
class IndexLocationTest : public testing::Test {
 protected:
  IndexLocationTest() {
    path_.set(path_.before());
    python_ = find_program("python3").value();
    home_.set(folder_.path());
    set_python("");
    path_.set(folder_.path().string() + ":" + path_.before());
  }

  void set_python(const std::string& options) {
    const fs::path script = folder_.path() / "python3";
    ASSERT_TRUE(write_file(script, "#!/bin/sh\necho called >> '" + calls().string() + "'\nexec '" +
                                       python_.string() + "' " + options + " \"$@\"\n"));
    fs::permissions(script, fs::perms::owner_all);
  }
  void configure(const std::string& text) {
    ASSERT_TRUE(write_file(folder_.path() / "pip.conf", text));
    configuration_.set(folder_.path() / "pip.conf");
  }
  Result<IndexLocation> find(const std::string& from_set = "") {
    return find_index("", from_set, actions_);
  }
  fs::path calls() const { return folder_.path() / "calls"; }
  std::size_t count_calls() const { return lines(read_file(calls()).value_or("")).size(); }

  TemporaryDirectory folder_ = TemporaryDirectory::create(testing::TempDir(), "location").value();
  Variable path_{"PATH"};
  Variable home_{"HOME"};
  Variable xdg_{"XDG_CONFIG_HOME"};
  Variable url_{"PIP_INDEX_URL"};
  Variable configuration_{"PIP_CONFIG_FILE"};
  fs::path python_;
  Store store_ = Store::open(folder_.path() / "store").value();
  ActionRunner actions_{store_};
};

TEST_F(IndexLocationTest, IsTheSetsWhereItNamesOne) {
  url_.set("https://other.example/simple");
  EXPECT_EQ(find("https://index.example/simple/").value().url, "https://index.example/simple");
  EXPECT_EQ(count_calls(), 0U);
}

TEST_F(IndexLocationTest, IsTheEnvironments) {
  configure("[global]\nindex-url = https://other.example/simple\n");
  url_.set("https://index.example/simple/");
  const auto location = find();
  ASSERT_TRUE(location);
  EXPECT_EQ(location->url, "https://index.example/simple");
  EXPECT_EQ(location->how, "PIP_INDEX_URL");
}

TEST_F(IndexLocationTest, IsPipsConfigurations) {
  configure("[global]\nindex-url = https://index.example/simple/\n");
  const auto location = find();
  ASSERT_TRUE(location) << location.error().message;
  EXPECT_EQ(location->url, "https://index.example/simple");
  EXPECT_EQ(location->how, "pip's configuration");
}

TEST_F(IndexLocationTest, IsTheInstallSectionsBeforeTheGlobalOne) {
  configure(
      "[global]\nindex-url = https://global.example/\n[install]\nindex-url = "
      "https://install.example/\n");
  EXPECT_EQ(find().value().url, "https://install.example");
}

TEST_F(IndexLocationTest, IsPipsOwnOtherwise) {
  configuration_.set("/dev/null");  // pip then reads no configuration at all
  const auto location = find();
  ASSERT_TRUE(location) << location.error().message;
  EXPECT_EQ(location->how, "pip's default");
  EXPECT_THAT(location->url, AllOf(StartsWith("https://"), Not(testing::EndsWith("/"))));
}

TEST_F(IndexLocationTest, IsAskedForOnceUntilTheConfigurationChanges) {
  configure("[global]\nindex-url = https://one.example/\n");
  EXPECT_EQ(find().value().url, "https://one.example");
  EXPECT_EQ(find().value().url, "https://one.example");
  EXPECT_EQ(count_calls(), 1U);
  configure("[global]\nindex-url = https://number-two.example/\n");
  EXPECT_EQ(find().value().url, "https://number-two.example");
  EXPECT_EQ(count_calls(), 2U);
}

TEST_F(IndexLocationTest, APersonsNewConfigurationIsSeen) {
  configuration_.set("");
  static_cast<void>(find());
  ASSERT_TRUE(make_directories(folder_.path() / ".config" / "pip"));
  ASSERT_TRUE(write_file(folder_.path() / ".config" / "pip" / "pip.conf",
                         "[install]\nindex-url = https://mine.example/\n"));
  EXPECT_EQ(find().value().url, "https://mine.example");
}

TEST_F(IndexLocationTest, WithoutPipThereIsAClearError) {
  set_python("-S");  // without the folders that packages are installed in
  const auto location = find();
  ASSERT_FALSE(location);
  EXPECT_EQ(location.error().kind, ErrorKind::not_found);
  EXPECT_THAT(location.error().message, AllOf(HasSubstr("No module named"),
                                              HasSubstr("install pip"), HasSubstr("assay.toml")));
}

TEST_F(IndexLocationTest, ABrokenConfigurationIsAnError) {
  configure("[global\nindex-url");
  EXPECT_FALSE(find());
}

}  // namespace
}  // namespace assay
