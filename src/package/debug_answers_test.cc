#include "package/debug_answers.h"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/json.h"

namespace assay {

namespace {

Json answer(const Json& question) { return parse_json(answer_debug_line(question.dump())).value(); }

TEST(DebugAnswers, Versions) {
  EXPECT_EQ(answer({{"op", "version.parse"}, {"version", "1.0-DEV1"}}),
            (Json{{"ok", true}, {"normalized", "1.0.dev1"}}));
  EXPECT_EQ(answer({{"op", "version.compare"}, {"a", "1.0"}, {"b", "1.0.0"}}),
            (Json{{"ok", true}, {"order", 0}}));
  EXPECT_EQ(answer({{"op", "version.compare"}, {"a", "1.0"}, {"b", "1.0.post1"}})["order"], -1);
}

TEST(DebugAnswers, SpecifiersUnderEachPreReleasePolicy) {
  Json question{{"op", "specifier.contains"}, {"specifier", ">=1,<2"}, {"version", "1.5a1"}};
  EXPECT_EQ(answer(question)["contains"], true);
  question["prereleases"] = nullptr;
  EXPECT_EQ(answer(question)["contains"], true);
  question["prereleases"] = false;
  EXPECT_EQ(answer(question)["contains"], false);
  question["prereleases"] = "no";
  EXPECT_EQ(answer(question)["ok"], false);
}

TEST(DebugAnswers, Requirements) {
  EXPECT_EQ(answer({{"op", "requirement.parse"},
                    {"requirement", "A[X]>=1; python_version<'3.9'"}}),
            (Json{{"ok", true},
                  {"name", "A"},
                  {"extras", {"X"}},
                  {"specifier", ">=1"},
                  {"marker", "python_version < \"3.9\""},
                  {"url", nullptr}}));
}

TEST(DebugAnswers, Markers) {
  Json question{{"op", "marker.evaluate"},
                {"marker", "python_version >= '3.10' and 'A' in extras"},
                {"environment",
                 {{"python_version", "3.9"}, {"extra", nullptr}, {"extras", {"a"}}}}};
  EXPECT_EQ(answer(question), (Json{{"ok", true}, {"result", false}}));
  question["environment"]["python_version"] = "3.11";
  EXPECT_EQ(answer(question)["result"], true);
  question["environment"]["python_version"] = 3.11;
  EXPECT_EQ(answer(question)["ok"], false);
  question.erase("environment");
  EXPECT_EQ(answer(question)["ok"], false);
}

TEST(DebugAnswers, NamesFilesAndTags) {
  EXPECT_EQ(answer({{"op", "name.normalize"}, {"name", "A.b__c"}})["normalized"], "a-b-c");
  EXPECT_EQ(answer({{"op", "wheel.parse"}, {"filename", "Foo-1.00-2x-py3.py2-none-any.whl"}}),
            (Json{{"ok", true},
                  {"name", "foo"},
                  {"version", "1.0"},
                  {"build", "2x"},
                  {"tags", {"py2-none-any", "py3-none-any"}}}));
  Json question{{"op", "tag.supported"},
                {"tag", "cp311-cp311-manylinux_2_17_x86_64"},
                {"environment",
                 {{"python", "3.11"}, {"platform", "linux-x86_64"}, {"libc", "glibc-2.36"}}}};
  EXPECT_EQ(answer(question)["supported"], true);
  question["environment"]["libc"] = "glibc-2.12";
  EXPECT_EQ(answer(question)["supported"], false);
  question["environment"]["python"] = "three";
  EXPECT_EQ(answer(question)["ok"], false);
}

TEST(DebugAnswers, WhatCantBeReadIsRefusedOnOneLine) {
  for (const char* line :
       {"", "nonsense", "[]", "null", "{}", R"({"op":1})", R"({"op":"fly"})",
        R"({"op":"version.parse"})", R"({"op":"version.parse","version":1})",
        R"({"op":"version.parse","version":"1.0\n2"})",
        "{\"op\":\"version.parse\",\"version\":\"\xFF\"}",
        R"({"op":"version.compare","a":"1"})", R"({"op":"specifier.contains","specifier":">x"})",
        R"({"op":"marker.evaluate","marker":"'a'=='b'","environment":{}})"}) {
    const auto text = answer_debug_line(line);
    EXPECT_EQ(text.find('\n'), std::string::npos) << line;
    const auto json = parse_json(text).value();
    EXPECT_EQ(json["ok"], false) << line;
    EXPECT_TRUE(json["error"].is_string()) << line;
  }
}

}  // namespace

}  // namespace assay
