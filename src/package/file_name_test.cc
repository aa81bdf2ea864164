#include "package/file_name.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(WheelName, HasNameVersionBuildAndTags) {
  const auto wheel = WheelName::parse("Foo_Bar.baz-1.0.post1+local.7-1abc-py2.py3-none-any.whl");
  ASSERT_TRUE(wheel) << wheel.error().message;
  EXPECT_EQ(wheel->name.str(), "foo-bar-baz");
  EXPECT_EQ(wheel->version.str(), "1.0.post1+local.7");
  EXPECT_EQ(wheel->build, "1abc");
  EXPECT_EQ(wheel->tags.size(), 2U);
  EXPECT_EQ(WheelName::parse("foo-1.0-py3-none-any.whl")->build, "");
}

TEST(WheelName, TakesLettersOfAnyScriptAndSeparatorsAtTheEnds) {
  EXPECT_EQ(WheelName::parse("foo_B\xc3\x81r-1.0-py3-none-any.whl")->name.str(), "foo-b\xc3\xa1r");
  EXPECT_EQ(WheelName::parse("_foo.-1.0-py3-none-any.whl")->name.str(), "-foo-");
  EXPECT_FALSE(WheelName::parse("foo\xe2\x80\x94x-1.0-py3-none-any.whl")) << "a dash is no letter";
  EXPECT_FALSE(WheelName::parse("foo\xc3-1.0-py3-none-any.whl")) << "no UTF-8";
}

TEST(WheelName, RefusesWhatTheReferenceImplementationRefuses) {
  for (const char* name :
       {"", ".whl", "foo-1.0.whl", "foo-1.0-py3-none-any.wheel", "foo-1.0-200-py3-none-any-x.whl",
        "foo__bar-1.0-py3-none-any.whl", "foo#bar-1.0-py3-none-any.whl",
        "foobar-1.x-py3-none-any.whl", "foo-1.0-abc-py3-none-any.whl", "foo-1.0-py3-none-.whl",
        "foo-1.0--py3-none-any.whl", "-1.0-py3-none-any.whl", "foo-1.0-3py-none-any.whl"}) {
    const auto wheel = WheelName::parse(name);
    ASSERT_FALSE(wheel) << name;
    EXPECT_EQ(wheel.error().kind, ErrorKind::invalid_input);
  }
}

TEST(WheelName, RefusesNamesThatLeadElsewhere) {
  using namespace std::string_literals;
  EXPECT_FALSE(WheelName::parse("../foo-1.0-py3-none-any.whl"));
  EXPECT_FALSE(WheelName::parse("foo-1.0-1/../x-py3-none-any.whl"));
  EXPECT_FALSE(WheelName::parse("foo-1.0-1\\x-py3-none-any.whl"));
  EXPECT_FALSE(WheelName::parse("foo-1.0-py3-none-any\0.whl"s));
  EXPECT_FALSE(WheelName::parse("foo-1.0-py3-none-any\n.whl"));
  EXPECT_FALSE(WheelName::parse(std::string(100'000, 'a') + "-1.0-py3-none-any.whl"));
}

SdistName parsed(std::string_view file, std::string_view project) {
  const auto sdist = SdistName::parse(file, Name::normalize(project));
  EXPECT_TRUE(sdist) << file;
  return sdist.value_or(SdistName{.name = Name::normalize("none"), .version = {}});
}

TEST(SdistName, ReadsOldAndNewSpellings) {
  EXPECT_EQ(parsed("foo_bar-1.0.tar.gz", "foo-bar").version.str(), "1.0");
  EXPECT_EQ(parsed("Foo.Bar-1.0.zip", "foo-bar").version.str(), "1.0");
  EXPECT_EQ(parsed("foo-bar-1.0.tgz", "foo-bar").name.str(), "foo-bar");
  EXPECT_EQ(parsed("foo-1.0rc1.tar.bz2", "foo").version.str(), "1.0rc1");
}

TEST(SdistName, LetsTheExpectedNameDecideWhereTheVersionBegins) {
  EXPECT_EQ(parsed("foo-1.0-1.tar.gz", "foo").version.str(), "1.0.post1");
  EXPECT_EQ(parsed("foo-1.0-1.tar.gz", "foo-1-0").version.str(), "1");
  EXPECT_EQ(parsed("backports-2.0.tar.gz", "backports").version.str(), "2.0");
  EXPECT_EQ(parsed("pkg-1-2-3.tar.gz", "pkg-1-2").version.str(), "3");
}

TEST(SdistName, RefusesOtherProjectsBadVersionsAndOtherFiles) {
  const auto foo = Name::normalize("foo");
  for (const char* name : {"bar-1.0.tar.gz", "foo.tar.gz", "foo-.tar.gz", "foo-x.tar.gz",
                           "foo-1.0.linux-x86_64.tar.gz", "foo-1.0.win32.exe", "foo-1.0.egg",
                           "foo-1.0-py3-none-any.whl", "-1.0.tar.gz", "foo-1.0/../x.tar.gz"}) {
    const auto sdist = SdistName::parse(name, foo);
    ASSERT_FALSE(sdist) << name;
    EXPECT_EQ(sdist.error().kind, ErrorKind::invalid_input);
  }
}

}  // namespace
}  // namespace assay
