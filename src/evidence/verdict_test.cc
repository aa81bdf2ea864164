#include "evidence/verdict.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace assay {
namespace {

Verdict sample() {
  return {.package = Name::normalize("Flask.Login"),
          .version = "1.2.3",
          .decision = Decision::refused,
          .reasons = {{.weight = Reason::Weight::refuse,
                       .gate = "advisories",
                       .text = "PYSEC-2023-1 scores 9.8",
                       .policy = "policy.advisories.refuse-above = 7.0",
                       .subject = "0123456789abcdef",
                       .accepted_by = ""},
                      {.weight = Reason::Weight::accepted,
                       .gate = "tests",
                       .text = "one test fails",
                       .policy = "",
                       .subject = "tests/a.py::b",
                       .accepted_by = "Ada, until 2027-01-01: needs a network"}}};
}

TEST(Verdict, RoundTripsThroughJson) {
  const std::string text = compact(to_json(sample()));
  const auto read = verdict_from_json(*parse_json(text));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(compact(to_json(*read)), text);
  EXPECT_EQ(read->package.str(), "flask-login");
  EXPECT_EQ(read->reasons.size(), 2U);
}

TEST(Verdict, RefusesBadJson) {
  for (const char* key : {"package", "version", "decision", "reasons"}) {
    Json missing = to_json(sample());
    missing.erase(key);
    EXPECT_FALSE(verdict_from_json(missing)) << key;
  }
  Json decision = to_json(sample());
  decision["decision"] = "maybe";
  EXPECT_FALSE(verdict_from_json(decision));
  Json weight = to_json(sample());
  weight["reasons"][0]["weight"] = "heavy";
  EXPECT_FALSE(verdict_from_json(weight));
  Json name = to_json(sample());
  name["package"] = "../etc";
  EXPECT_FALSE(verdict_from_json(name));
}

TEST(Verdict, Words) {
  EXPECT_EQ(to_string(Decision::published), "published");
  EXPECT_EQ(to_string(Decision::unfinished), "unfinished");
  EXPECT_EQ(to_string(Reason::Weight::info), "info");
  EXPECT_EQ(to_string(Reason::Weight::refuse), "refuse");
}

}  // namespace
}  // namespace assay
