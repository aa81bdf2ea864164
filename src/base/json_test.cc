#include "base/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace assay {
namespace {

TEST(Json, EqualValuesHaveEqualBytes) {
  const auto one = parse_json(R"({ "b": 1, "a": [true, null, "é"] })");
  const auto other = parse_json(R"({"a":[true,null,"\u00e9"],"b":1})");
  ASSERT_TRUE(one && other);
  EXPECT_EQ(compact(*one), "{\"a\":[true,null,\"é\"],\"b\":1}");
  EXPECT_EQ(compact(*one), compact(*other));
}

TEST(Json, PrettyEndsInANewline) { EXPECT_EQ(pretty(Json{{"a", 1}}), "{\n  \"a\": 1\n}\n"); }

TEST(Json, WritesWhatIsNoUtf8WithoutFailing) {
  EXPECT_EQ(compact(Json("a\xff"
                         "b")),
            "\"a\xEF\xBF\xBD"
            "b\"");
}

TEST(Json, RefusesWhatIsNoJson) {
  for (const std::string_view text :
       {"", "{", "{\"a\":}", "[1,]", "nul", "{\"a\":1} x", "\"\xff\"", "\"\\ud800\"", "1e999",
        "{'a':1}", "\"a\nb\"", "<html></html>"}) {
    const auto json = parse_json(text);
    ASSERT_FALSE(json) << text;
    EXPECT_EQ(json.error().kind, ErrorKind::invalid_input) << text;
  }
}

TEST(Json, SaysWhereTheFaultIs) {
  const auto json = parse_json("{\n  \"a\": 1,\n  \"b\" 2\n}");
  ASSERT_FALSE(json);
  EXPECT_NE(json.error().message.find("line 3"), std::string::npos) << json.error().message;
}

TEST(Json, RefusesNestingThatWouldCostTheStack) {
  EXPECT_TRUE(parse_json(std::string(150, '[') + std::string(150, ']')));
  EXPECT_FALSE(parse_json(std::string(1'000'000, '[') + std::string(1'000'000, ']')));
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_FALSE(parse_json(objects));
}

TEST(Json, BracketsInStringsAreNoNesting) {
  EXPECT_TRUE(parse_json("\"" + std::string(10'000, '[') + "\""));
  EXPECT_TRUE(parse_json("[\"\\\"" + std::string(10'000, '{') + "\"]"));
  std::string flat = "[";
  for (int i = 0; i < 10'000; ++i) flat += "[],";
  EXPECT_TRUE(parse_json(flat + "[]]"));
}

TEST(Json, StringMembersAreThereAndStrings) {
  const Json object{{"name", "flask"}, {"count", 3}, {"none", nullptr}};
  EXPECT_EQ(string_member(object, "name"), "flask");
  EXPECT_NE(string_member(object, "version").error().message.find("version"), std::string::npos);
  EXPECT_NE(string_member(object, "count").error().message.find("count"), std::string::npos);
  EXPECT_FALSE(string_member(Json::array({1}), "name"));
  EXPECT_FALSE(string_member(Json("text"), "name"));
}

TEST(Json, AFallbackIsForWhatIsMissingOnly) {
  const Json object{{"count", 3}, {"none", nullptr}};
  EXPECT_EQ(string_member(object, "name", "x"), "x");
  EXPECT_EQ(string_member(Json(7), "name", "x"), "x");
  EXPECT_FALSE(string_member(object, "count", "x"));
  EXPECT_FALSE(string_member(object, "none", "x"));
}

}  // namespace
}  // namespace assay
