#include "package/name.h"

#include <gtest/gtest.h>

namespace assay {

namespace {

TEST(Name, SpellingsOfOneProjectAreEqual) {
  const auto name = Name::parse("Zope.Interface");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->str(), "zope-interface");
  for (const char* other : {"zope-interface", "ZOPE_INTERFACE", "zope._-interface"}) {
    EXPECT_EQ(Name::parse(other).value(), *name) << other;
  }
}

TEST(Name, FileFormHasUnderscores) {
  EXPECT_EQ(Name::normalize("Zope.Interface-extra").file_form(), "zope_interface_extra");
}

TEST(Name, RefusesWhatIsNoName) {
  for (const char* text :
       {"", "-", "-a", "a-", "_a", "a.", "a b", "a/b", "a\n", "\xC3\xA9", "../a"}) {
    EXPECT_FALSE(Name::parse(text)) << text;
  }
}

TEST(Name, ErrorsShowNoControlCharacters) {
  const auto name = Name::parse("a\x1b[31m");
  ASSERT_FALSE(name);
  EXPECT_EQ(name.error().message.find('\x1b'), std::string::npos);
}

TEST(Name, NormalizeTakesAnything) {
  EXPECT_EQ(Name::normalize("").str(), "");
  EXPECT_EQ(Name::normalize("__A..").str(), "-a-");
}

}  // namespace

}  // namespace assay
