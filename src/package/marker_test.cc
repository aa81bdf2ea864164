#include "package/marker.h"

#include <string>

#include <gtest/gtest.h>

namespace assay {

namespace {

const MarkerEnvironment debian{
    {"python_version", "3.11"},       {"python_full_version", "3.11.2"},
    {"os_name", "posix"},             {"sys_platform", "linux"},
    {"platform_system", "Linux"},     {"platform_release", "6.1.0-13-amd64"},
    {"platform_machine", "x86_64"},   {"platform_version", "#1 SMP"},
    {"implementation_name", "cpython"}, {"platform_python_implementation", "CPython"},
    {"implementation_version", "3.11.2"}};

bool holds(std::string_view text, const MarkerEnvironment& environment = debian) {
  return Marker::parse(text).value().evaluate(environment);
}

std::string printed(std::string_view text) {
  const auto marker = Marker::parse(text);
  return marker ? marker->str() : "refused";
}

TEST(Marker, VersionsCompareAsVersions) {
  EXPECT_TRUE(holds("python_version >= '3.9'"));
  EXPECT_TRUE(holds("'3.9' < python_version"));
  EXPECT_TRUE(holds("python_version == '3.11.0'"));
  EXPECT_TRUE(holds("python_version == '3.*'"));
  EXPECT_TRUE(holds("python_version ~= '3.8'"));
  EXPECT_FALSE(holds("python_full_version < '3.11'"));
  EXPECT_TRUE(holds("implementation_version != '3.11'"));
}

TEST(Marker, PreReleasesOfAnInterpreterCount) {
  EXPECT_TRUE(holds("python_full_version > '3.12'", {{"python_full_version", "3.13.0b1"}}));
  EXPECT_TRUE(holds("python_full_version == '3.13.0'", {{"python_full_version", "3.13.0+"}}));
}

TEST(Marker, WhatIsNoVersionComparesAsText) {
  EXPECT_FALSE(holds("platform_release >= '5.0'"));
  EXPECT_TRUE(holds("platform_release == '6.1.0-13-amd64'"));
  EXPECT_TRUE(holds("platform_release >= '6.1.0-13-amd64'"));
  EXPECT_FALSE(holds("python_version < 'three'"));
  EXPECT_FALSE(holds("sys_platform > 'a'"));
  EXPECT_TRUE(holds("os_name == 'posix' and sys_platform != 'win32'"));
}

TEST(Marker, MembershipIsASubstring) {
  EXPECT_TRUE(holds("'nux' in sys_platform"));
  EXPECT_TRUE(holds("sys_platform in 'linux, darwin'"));
  EXPECT_TRUE(holds("python_version not in '2.7, 3.12'"));
  EXPECT_FALSE(holds("'SMP' not  in platform_version"));
}

TEST(Marker, AndBindsTighterThanOr) {
  EXPECT_TRUE(holds("os_name=='posix' or os_name=='a' and os_name=='b'"));
  EXPECT_FALSE(holds("(os_name=='posix' or os_name=='a') and os_name=='b'"));
  EXPECT_TRUE(holds("os_name=='a' and os_name=='b' or os_name=='posix'"));
}

TEST(Marker, ExtrasCompareNormalized) {
  const auto with = [](std::string extra) {
    return MarkerEnvironment{{"extra", std::move(extra)}};
  };
  EXPECT_TRUE(holds("extra == 'Fancy_Tests'", with("fancy.tests")));
  EXPECT_TRUE(holds("'FANCY--tests' == extra", with("fancy-tests")));
  EXPECT_FALSE(holds("extra == 'fancy'", with("")));
  EXPECT_FALSE(holds("extra == 'fancy'"));
  EXPECT_EQ(printed("extra=='Fancy_Tests'"), "extra == \"fancy-tests\"");
}

TEST(Marker, OlderSpellingsOfVariables) {
  EXPECT_EQ(printed("os.name == 'nt'"), "os_name == \"nt\"");
  EXPECT_EQ(printed("sys.platform == 'a'"), "sys_platform == \"a\"");
  EXPECT_EQ(printed("python_implementation == 'a'"), "platform_python_implementation == \"a\"");
  EXPECT_EQ(printed("platform.python_implementation == 'a'"),
            "platform_python_implementation == \"a\"");
  EXPECT_TRUE(holds("python_implementation == 'CPython'"));
  EXPECT_EQ(printed("platform.release == '1'"), "refused");
}

TEST(Marker, IsPrintedWithTheParenthesesItNeeds) {
  EXPECT_EQ(printed(" ((os_name=='a')) "), "os_name == \"a\"");
  EXPECT_EQ(printed("(os_name=='a'and os_name>'b')or(os_name=='c')"),
            "(os_name == \"a\" and os_name > \"b\") or os_name == \"c\"");
  EXPECT_EQ(printed("os_name == 'say \"a\"'"), "os_name == 'say \"a\"'");
}

TEST(Marker, BothQuotesInOneStringSurvivePrinting) {
  const std::string text = printed(R"(os_name == 'a"\x27b')");
  const auto again = Marker::parse(text);
  ASSERT_TRUE(again) << text;
  EXPECT_TRUE(again->evaluate({{"os_name", "a\"'b"}}));
}

// A line's end that stood in a printed marker would begin a line of its own in a package's metadata.
TEST(Marker, WhatOnlyAnEscapeCanSpellSurvivesPrinting) {
  EXPECT_EQ(printed(R"(os_name == 'a\nb\rc\0')"), R"(os_name == "a\x0ab\x0dc\x00")");
  EXPECT_EQ(printed(R"(os_name == 'a\\')"), R"(os_name == "a\\")");
  EXPECT_EQ(printed(R"(os_name == 'a\\"b')"), R"(os_name == "a\\\x22b")");
  EXPECT_EQ(printed(R"(os_name == 'a\d')"), R"(os_name == "a\d")");
  const auto again = Marker::parse(printed(R"(os_name == 'a\\x41\n')"));
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->evaluate({{"os_name", "a\\x41\n"}}));
}

TEST(Marker, StringsAreReadAsPythonReadsThem) {
  EXPECT_TRUE(holds(R"(os_name == '\x70o\163\u0069x')"));
  EXPECT_TRUE(holds(R"(os_name == 'a\d')", {{"os_name", "a\\d"}}));
  EXPECT_EQ(printed("os_name == 'a\nb'"), "refused");
  EXPECT_EQ(printed(R"(os_name == '\x7')"), "refused");
  EXPECT_EQ(printed(R"(os_name == 'a\')"), "refused");
  EXPECT_EQ(printed(R"(os_name == '\U00110000')"), "refused");
  EXPECT_EQ(printed(R"(os_name == '\ud800')"), "refused");
}

TEST(Marker, Refuses) {
  for (const char* text :
       {"", " ", "os_name", "os_name ==", "== 'a'", "os_name = 'a'", "os_name 'a'", "os_name == a",
        "os_name == 'a", "os_name == 'a' and", "os_name == 'a' os_name == 'b'", "(os_name == 'a'",
        "os_name == 'a')", "os_name notin 'a'", "os_name not 'a'", "python_versions == '3'",
        "os_name == 'a' & os_name == 'b'", "os_name == 'a'\n", "()", "extra is 'a'",
        "OS_NAME == 'a'", "os_name == 'a' orextra == 'b'"}) {
    EXPECT_FALSE(Marker::parse(text)) << text;
  }
}

TEST(Marker, DeepNestingIsAnErrorAndNoCrash) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '(') + "os_name == 'posix'" + std::string(depth, ')');
  };
  EXPECT_TRUE(holds(nested(100)));
  EXPECT_FALSE(Marker::parse(nested(1'000'000)));
  EXPECT_FALSE(Marker::parse(std::string(1'000'000, '(')));
}

TEST(Marker, LongChainsAreRead) {
  std::string text = "os_name == 'a'";
  for (int i = 0; i < 5'000; ++i) text += " or os_name == 'a'";
  EXPECT_FALSE(holds(text));
  EXPECT_TRUE(holds(text + " or os_name == 'posix'"));
}

TEST(Marker, StrictlyRefusesWhatMeansNothing) {
  const auto strictly = [](std::string_view text, const MarkerSets& sets = {}) {
    return Marker::parse(text).value().evaluate_strictly(debian, sets);
  };
  EXPECT_TRUE(strictly("os_name == 'posix'").value());
  EXPECT_FALSE(strictly("extra == 'a'").value());
  EXPECT_FALSE(strictly("os_name ~= 'posix'"));
  EXPECT_FALSE(strictly("os_name == 'posix' or sys_platform === 'linux'"));
  EXPECT_FALSE(strictly("'a' == 'b'"));
  EXPECT_FALSE(strictly("'a' in extras"));
  EXPECT_FALSE(holds("os_name ~= 'posix'"));
}

TEST(Marker, AllExtrasAtOnceAreASet) {
  const auto holds = [](const std::string& text, const std::set<std::string>& extras) {
    return Marker::parse(text).value().evaluate_strictly(debian, {{"extra", extras}});
  };
  EXPECT_TRUE(*holds("extra == 'Foo.Bar'", {"a", "foo_bar"}));
  EXPECT_FALSE(*holds("'b' == extra", {"a"}));
  EXPECT_TRUE(*holds("extra != 'b'", {"a"}));
  EXPECT_TRUE(*holds("extra == ''", {}));
  EXPECT_FALSE(holds("extra in 'a b'", {"a"}));
  MarkerEnvironment one = debian;
  one["extras"] = "a";
  EXPECT_FALSE(Marker::parse("'a' in extras").value().evaluate_strictly(one)) << "no set";
}

TEST(Marker, SetsOfALockFile) {
  const auto strictly = [](std::string_view text) {
    const MarkerSets sets{{"extras", {"Fancy.Tests"}}, {"dependency_groups", {}}};
    return Marker::parse(text).value().evaluate_strictly(debian, sets);
  };
  EXPECT_TRUE(strictly("'fancy_tests' in extras").value());
  EXPECT_TRUE(strictly("'dev' not in dependency_groups").value());
  EXPECT_FALSE(strictly("'fancy-tests' == extras").value());
  EXPECT_FALSE(strictly("extras == 'fancy-tests'"));
}

}  // namespace

}  // namespace assay
