#include "evidence/verdict.h"

#include <nlohmann/json.hpp>

#include "evidence/enum_names.h"
#include "evidence/json_members.h"

namespace assay {

namespace {

constexpr EnumNames<4> decisions{"published", "refused", "held", "unfinished"};
constexpr EnumNames<4> weights{"info", "accepted", "hold", "refuse"};

Result<Decision> parse_decision(std::string_view text) {
  return value_of<Decision>(decisions, text, "decision");
}

Result<Reason::Weight> parse_weight(std::string_view text) {
  return value_of<Reason::Weight>(weights, text, "weight of a reason");
}

Json to_json(const Reason& reason) {
  return {{"weight", to_string(reason.weight)},
          {"gate", reason.gate},
          {"text", reason.text},
          {"policy", reason.policy},
          {"subject", reason.subject},
          {"accepted_by", reason.accepted_by}};
}

Result<Reason> reason_from_json(const Json& json) {
  JsonMembers members(json);
  Reason reason{.weight = members.word("weight", parse_weight),
                .gate = members.text("gate"),
                .text = members.text("text"),
                .policy = members.text("policy"),
                .subject = members.text("subject"),
                .accepted_by = members.text("accepted_by")};
  ASSAY_CHECK(members.finish());
  return reason;
}

}  // namespace

std::string_view to_string(Decision decision) { return name_of(decisions, decision); }

std::string_view to_string(Reason::Weight weight) { return name_of(weights, weight); }

Json to_json(const Verdict& verdict) {
  Json reasons = Json::array();
  for (const auto& reason : verdict.reasons) reasons.push_back(to_json(reason));
  return {{"package", verdict.package.str()},
          {"version", verdict.version},
          {"decision", to_string(verdict.decision)},
          {"reasons", std::move(reasons)}};
}

Result<Verdict> verdict_from_json(const Json& json) {
  JsonMembers members(json);
  const std::string package = members.text("package");
  Verdict verdict{.package = {},
                  .version = members.text("version"),
                  .decision = members.word("decision", parse_decision),
                  .reasons = {}};
  members.elements("reasons", [&](const Json& element) -> Result<> {
    ASSAY_TRY(auto reason, reason_from_json(element));
    verdict.reasons.push_back(std::move(reason));
    return {};
  });
  ASSAY_CHECK(context(members.finish(), "a verdict"));
  ASSAY_TRY(verdict.package, context(Name::parse(package), "a verdict: \"package\""));
  return verdict;
}

}  // namespace assay
