#include <gtest/gtest.h>

#include <string>

#include "trial/trial.h"

namespace assay {
namespace {

TEST(JunitTest, ReadsWhatPytestWrites) {
  const auto outcomes = parse_junit(
      R"(<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest")"
      R"( errors="1" failures="1" skipped="1" tests="4" time="0.03">)"
      R"(<testcase classname="tests.test_a" name="test_ok[x&lt;1]" time="0.001" />)"
      R"(<testcase classname="tests.test_a.TestB" name="test_bad" time="0.5"><failure message="assert 1 == 2&#10;more">def t(): <![CDATA[<x>]]></failure></testcase>)"
      R"(<testcase classname="" name="tests.test_c" time="0.000"><error message="collection failure">boom</error></testcase>)"
      R"(<testcase classname="tests.test_a" name="test_later" time="0"><properties><property name="a" value="b"/></properties><skipped type="pytest.skip" message="not here" /></testcase>)"
      R"(</testsuite></testsuites>)");
  ASSERT_TRUE(outcomes) << outcomes.error().message;
  ASSERT_EQ(outcomes->size(), 4U);
  EXPECT_EQ((*outcomes)[0].id, "tests.test_a::test_ok[x<1]");
  EXPECT_EQ((*outcomes)[0].status, TestStatus::passed);
  EXPECT_DOUBLE_EQ((*outcomes)[0].seconds, 0.001);
  EXPECT_EQ((*outcomes)[1].id, "tests.test_a.TestB::test_bad");
  EXPECT_EQ((*outcomes)[1].status, TestStatus::failed);
  EXPECT_EQ((*outcomes)[1].message, "assert 1 == 2");
  EXPECT_EQ((*outcomes)[2].id, "tests.test_c");
  EXPECT_EQ((*outcomes)[2].status, TestStatus::error);
  EXPECT_EQ((*outcomes)[3].status, TestStatus::skipped);
  EXPECT_EQ((*outcomes)[3].message, "not here");
}

TEST(JunitTest, KeepsTheFirstFailureOfACase) {
  const auto outcomes = parse_junit(
      "<testsuite><testcase classname='a' name='b'><skipped message='s'/><failure message='f'/>"
      "<error message='e'/></testcase></testsuite>");
  ASSERT_TRUE(outcomes);
  EXPECT_EQ(outcomes->at(0).status, TestStatus::failed);
  EXPECT_EQ(outcomes->at(0).message, "f");
}

TEST(JunitTest, RefusesWhatIsNoReport) {
  for (const std::string text : {
           "",
           "text",
           "<html></html>",
           "<testsuite>",
           "<testsuite></testsuites>",
           "<testsuite/><testsuite/>",
           "<testsuite a=b/>",
           "<testsuite a='b/>",
           "<testsuite a='&nbsp;'/>",
           "<testsuite a='&#xD800;'/>",
           "<testsuite a='&#0;'/>",
           "<testsuite><!-- never ends",
           "<",
           "</testsuite>",
           "<!DOCTYPE lolz [<!ENTITY lol \"lol\">]><testsuite/>",
           "<testsuite \xff='x'/>",
       }) {
    const auto outcomes = parse_junit(text);
    ASSERT_FALSE(outcomes) << text;
    EXPECT_EQ(outcomes.error().kind, ErrorKind::invalid_input);
  }
}

TEST(JunitTest, RefusesDeepNesting) {
  std::string text = "<testsuite>";
  for (int i = 0; i < 100'000; ++i) text += "<a>";
  EXPECT_FALSE(parse_junit(text));
}

}  // namespace
}  // namespace assay
