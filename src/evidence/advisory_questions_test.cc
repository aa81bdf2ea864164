#include "evidence/advisory_questions.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace assay {
namespace {

Json answer(const Json& question) {
  return parse_json(answer_debug_line(question.dump(), advisory_questions())).value();
}

TEST(AdvisoryQuestions, ScoresInTheFormOfEachVersion) {
  const auto score = [](const char* vector) {
    return answer({{"op", "cvss.score"}, {"vector", vector}});
  };
  EXPECT_EQ(score("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N/E:U"),
            (Json{{"ok", true}, {"base", 7.5}, {"temporal", 6.9}, {"environmental", 6.9}}));
  EXPECT_EQ(score("AV:N/AC:L/Au:N/C:P/I:P/A:P"),
            (Json{{"ok", true}, {"base", 7.5}, {"temporal", nullptr}, {"environmental", nullptr}}));
  EXPECT_EQ(score("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"),
            (Json{{"ok", true}, {"score", 9.3}}));
  EXPECT_EQ(score("CVSS:3.1/AV:N")["ok"], false);
  EXPECT_EQ(answer({{"op", "cvss.score"}})["ok"], false);
}

TEST(AdvisoryQuestions, WhetherARecordAffectsAVersion) {
  Json question{
      {"op", "osv.affected"},
      {"name", "URLlib3"},
      {"version", "1.26.4"},
      {"record",
       {{"id", "A-1"},
        {"affected",
         {{{"package", {{"ecosystem", "PyPI"}, {"name", "urllib3"}}},
           {"ranges",
            {{{"type", "ECOSYSTEM"}, {"events", {{{"introduced", "0"}}, {{"fixed", "1.26.5"}}}}}}}}}}}}};
  EXPECT_EQ(answer(question), (Json{{"ok", true}, {"affected", true}}));
  question["version"] = "1.26.5";
  EXPECT_EQ(answer(question), (Json{{"ok", true}, {"affected", false}}));
  question["version"] = "nonsense";
  EXPECT_EQ(answer(question)["ok"], false);
  question["version"] = "1.0";
  question["record"] = "A-1";
  EXPECT_EQ(answer(question)["ok"], false);
  question.erase("record");
  EXPECT_EQ(answer(question)["ok"], false);
}

}  // namespace
}  // namespace assay
