#include "evidence/finding.h"

#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/text.h"
#include "evidence/enum_names.h"
#include "evidence/json_members.h"

namespace assay {

namespace {

constexpr EnumNames<5> severities{"none", "low", "medium", "high", "critical"};
constexpr EnumNames<3> confidences{"low", "medium", "high"};

Json to_json(const FindingScore& score) {
  return {{"score", score.score},
          {"version", score.version},
          {"vector", score.vector},
          {"source", score.source}};
}

Result<FindingScore> score_from_json(const Json& json) {
  JsonMembers members(json);
  FindingScore score{.score = members.number("score"),
                     .version = members.text("version"),
                     .vector = members.text("vector"),
                     .source = members.text("source")};
  ASSAY_CHECK(members.finish());
  return score;
}

}  // namespace

std::string_view to_string(Severity severity) { return name_of(severities, severity); }

Result<Severity> parse_severity(std::string_view text) {
  return value_of<Severity>(severities, text, "severity");
}

std::string_view to_string(Confidence confidence) { return name_of(confidences, confidence); }

Result<Confidence> parse_confidence(std::string_view text) {
  return value_of<Confidence>(confidences, text, "confidence");
}

std::string Finding::identity() const {
  std::vector<std::string> parts{gate, rule};
  if (gate != "advisories" && context.empty()) {
    parts.insert(parts.end(), {path, one_spaced(excerpt)});
  } else if (gate != "advisories") {
    parts.insert(parts.end(), {std::string(to_string(role)), symbol, context});
  }
  return join(parts, std::string_view("\0", 1));
}

void Finding::set_place(const FindingPlace& place) {
  line = place.line;
  column = place.column;
  end_line = place.end_line;
  end_column = place.end_column;
}

std::string Finding::fingerprint() const { return sha256(identity()).hex().substr(0, 16); }

bool counts_anywhere(const Finding& finding) {
  return finding.gate == "behaviour" && finding.severity >= Severity::high;
}

Json to_json(const Finding& finding) {
  Json scores = Json::array();
  for (const FindingScore& score : finding.scores) scores.push_back(to_json(score));
  Json json{{"gate", finding.gate},
          {"rule", finding.rule},
          {"severity", to_string(finding.severity)},
          {"confidence", to_string(finding.confidence)},
          {"path", finding.path},
          {"line", finding.line},
          {"column", finding.column},
          {"end_line", finding.end_line},
          {"end_column", finding.end_column},
          {"role", to_string(finding.role)},
          {"message", finding.message},
          {"symbol", finding.symbol},
          {"context", finding.context},
          {"excerpt", finding.excerpt},
          {"cwe", finding.cwe},
          {"aliases", finding.aliases},
          {"score", finding.score < 0 ? Json(nullptr) : Json(finding.score)},
          {"vector", finding.vector},
          {"scores", std::move(scores)},
          {"fixed_in", finding.fixed_in},
          {"affected", finding.affected}};
  if (!finding.urgency.empty()) json["urgency"] = to_json(finding.urgency);
  return json;
}

Result<Finding> finding_from_json(const Json& json) {
  JsonMembers members(json);
  Finding finding{.gate = members.text("gate"),
                  .rule = members.text("rule"),
                  .severity = members.word("severity", parse_severity),
                  .confidence = members.word("confidence", parse_confidence),
                  .path = members.text("path"),
                  .line = members.count("line"),
                  .column = members.count("column"),
                  .end_line = members.count("end_line"),
                  .end_column = members.count("end_column"),
                  .role = members.word("role", parse_path_role),
                  .message = members.text("message"),
                  .symbol = members.text("symbol"),
                  .context = members.text("context"),
                  .excerpt = members.text("excerpt"),
                  .cwe = members.texts("cwe"),
                  .aliases = members.texts("aliases"),
                  .score = members.number_or_null("score").value_or(-1),
                  .vector = members.text("vector"),
                  .scores = {},
                  .fixed_in = members.text("fixed_in"),
                  .affected = json.contains("affected") ? members.text("affected") : ""};
  if (json.contains("scores")) {
    members.elements("scores", [&](const Json& one) -> Result<> {
      ASSAY_TRY(auto score, score_from_json(one));
      finding.scores.push_back(std::move(score));
      return {};
    });
  }
  ASSAY_CHECK(context(members.finish(), "a finding"));
  if (const auto urgency = json.find("urgency"); urgency != json.end()) {
    ASSAY_TRY(finding.urgency, context(urgency_from_json(*urgency), "a finding"));
  }
  return finding;
}

}  // namespace assay
