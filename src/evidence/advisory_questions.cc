#include "evidence/advisory_questions.h"

#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "evidence/advisory.h"
#include "evidence/cvss.h"

namespace assay {

namespace {

Json or_null(std::optional<double> score) { return score ? Json(*score) : Json(); }

Result<Json> score_vector(const Json& question) {
  ASSAY_TRY(const auto text, string_member(question, "vector"));
  ASSAY_TRY(const auto vector, CvssVector::parse(text));
  const CvssScores scores = vector.scores();
  if (vector.version() == CvssVersion::v4_0) return Json{{"score", scores.base}};
  return Json{{"base", scores.base},
              {"temporal", or_null(scores.temporal)},
              {"environmental", or_null(scores.environmental)}};
}

Result<Json> judge_affected(const Json& question) {
  const auto record = question.find("record");
  if (record == question.end()) return fail(ErrorKind::invalid_input, "\"record\" is missing");
  ASSAY_TRY(const auto advisory, Advisory::parse(compact(*record)));
  ASSAY_TRY(const auto name_text, string_member(question, "name"));
  ASSAY_TRY(const auto version_text, string_member(question, "version"));
  ASSAY_TRY(const auto name, Name::parse(name_text));
  ASSAY_TRY(const auto version, Version::parse(version_text));
  return Json{{"affected", advisory.affects(name, version)}};
}

constexpr std::array<DebugOperation, 2> operations{{
    {"cvss.score", score_vector},
    {"osv.affected", judge_affected},
}};

}  // namespace

std::span<const DebugOperation> advisory_questions() { return operations; }

}  // namespace assay
