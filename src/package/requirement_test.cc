#include "package/requirement.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay {

namespace {

using testing::ElementsAre;

std::string printed(std::string_view text) {
  const auto requirement = Requirement::parse(text);
  return requirement ? requirement->str() : "refused";
}

TEST(Requirement, AllItsParts) {
  const auto requirement =
      Requirement::parse("Foo.Bar [Fast_Json, tls] (>=1.0, <2) ; python_version < '3.9'").value();
  EXPECT_EQ(requirement.written_name, "Foo.Bar");
  EXPECT_EQ(requirement.name.str(), "foo-bar");
  EXPECT_THAT(requirement.extras, ElementsAre("fast-json", "tls"));
  EXPECT_EQ(requirement.specifier.str(), "<2,>=1.0");
  EXPECT_EQ(requirement.url, "");
  EXPECT_EQ(requirement.str(), "Foo.Bar[Fast_Json,tls]<2,>=1.0; python_version < \"3.9\"");
}

TEST(Requirement, IsPrintedInOneForm) {
  EXPECT_EQ(printed(" foo "), "foo");
  EXPECT_EQ(printed("foo[ ]"), "foo");
  EXPECT_EQ(printed("foo()"), "foo");
  EXPECT_EQ(printed("foo>=1,"), "foo>=1");
  EXPECT_EQ(printed("foo>=\n1"), "foo>=1");
  EXPECT_EQ(printed("foo===a,b;os_name=='nt'"), "refused");
  EXPECT_EQ(printed("foo===a,>=1"), "foo===a,>=1");
  EXPECT_EQ(printed("foo_"), "foo_");
}

TEST(Requirement, DirectReference) {
  const auto requirement =
      Requirement::parse("foo[a]@ https://host.example/foo.whl ; os_name == 'nt'").value();
  EXPECT_EQ(requirement.url, "https://host.example/foo.whl");
  EXPECT_TRUE(requirement.specifier.empty());
  EXPECT_EQ(requirement.str(), "foo[a] @ https://host.example/foo.whl ; os_name == \"nt\"");
  // Without white space the semicolon is the URL's.
  EXPECT_EQ(Requirement::parse("foo @ file:///a;b").value().url, "file:///a;b");
  EXPECT_EQ(printed("foo @ file:///a "), "foo @ file:///a");
}

TEST(Requirement, ACommaEndsWhatArbitraryEqualityIsHeldAgainst) {
  EXPECT_EQ(Requirement::parse("foo ===01.2024.1,> 2a11")->specifier.str(), "===01.2024.1,>2a11");
  EXPECT_EQ(Requirement::parse("foo (===a,<2); extra == 'x'")->specifier.str(), "<2,===a");
  EXPECT_EQ(Requirement::parse("foo>1,")->specifier.str(), ">1");
  for (const char* text : {"foo ===", "foo (===)", "foo>1,,", "foo,>1", "foo @ https://a.example/\nb", "foo>1,<"}) {
    EXPECT_FALSE(Requirement::parse(text)) << text;
  }
}

TEST(Requirement, Refuses) {
  for (const char* text :
       {"", "-foo", "foo bar", "foo-", "foo.>=1", "\nfoo", "foo\n", "foo>=1 <2", "foo>=1,,<2",
        "foo,>=1", "foo 1.0", "foo(>=1", "foo>=1)", "foo(>=1,)x", "foo[a", "foo[a b]", "foo[a,]",
        "foo[,a]", "foo[-a]", "foo]", "foo @", "foo @ ; os_name=='nt'x y", "foo @ a b", "foo;",
        "foo; os_name", "foo>=1.*", "foo~=1", "foo>1+x", "foo=1", "foo[a]>=", "foo#egg",
        "https://host.example/foo.whl", "../foo"}) {
    EXPECT_FALSE(Requirement::parse(text)) << text;
  }
}

TEST(Requirement, ManyClausesAreRead) {
  std::string text = "foo";
  for (int i = 0; i < 5'000; ++i) text += (i == 0 ? "!=" : ",!=") + std::to_string(i);
  const auto requirement = Requirement::parse(text).value();
  EXPECT_EQ(requirement.specifier.clauses().size(), 5'000u);
}

TEST(Requirement, AppliesForAnyOfTheExtrasTaken) {
  const auto requirement = Requirement::parse("foo; extra == 'A.b' and os_name == 'posix'").value();
  const MarkerEnvironment posix{{"os_name", "posix"}};
  EXPECT_FALSE(requirement.applies(posix));
  EXPECT_FALSE(requirement.applies(posix, {"c"}));
  EXPECT_TRUE(requirement.applies(posix, {"c", "a-b"}));
  EXPECT_FALSE(requirement.applies({{"os_name", "nt"}}, {"a-b"}));
  EXPECT_TRUE(Requirement::parse("foo").value().applies({}));
  EXPECT_TRUE(Requirement::parse("foo; extra != 'a'").value().applies({}, {"a"}));
}

TEST(Requirement, MadeWithoutATextPrintsItsNormalizedExtras) {
  Requirement requirement;
  requirement.written_name = "foo";
  requirement.extras = {"b", "a"};
  EXPECT_EQ(requirement.str(), "foo[a,b]");
}

}  // namespace

}  // namespace assay
