#include "evidence/plan_state.h"

#include <nlohmann/json.hpp>

#include "evidence/enum_names.h"
#include "evidence/json_members.h"

namespace assay {

namespace {

constexpr EnumNames<9> standings{"in time", "done",        "unproven", "awaited",  "overdue",
                                 "stale",   "not allowed", "to come",  "unmatched"};

Result<PlanState::Standing> parse_standing(std::string_view text) {
  return value_of<PlanState::Standing>(standings, text, "standing of a plan");
}

}  // namespace

std::string_view to_string(PlanState::Standing standing) { return name_of(standings, standing); }

bool needs_attention(PlanState::Standing standing) {
  return standing != PlanState::Standing::in_time && standing != PlanState::Standing::done &&
         standing != PlanState::Standing::awaited;
}

int days_left(const PlanState& plan, Date today) {
  return static_cast<int>((std::chrono::sys_days(plan.due) - std::chrono::sys_days(today)).count());
}

Json to_json(const PlanState& plan) {
  return {{"package", plan.package.str()},
          {"version", plan.version},
          {"finding", plan.finding},
          {"subject", plan.subject},
          {"decision", to_string(plan.remediation)},
          {"owner", plan.owner},
          {"due", format_date(plan.due)},
          {"evidence", plan.evidence},
          {"reason", plan.reason},
          {"place", plan.place},
          {"state", to_string(plan.standing)},
          {"why", plan.why},
          {"counts", plan.counts}};
}

Result<PlanState> plan_state_from_json(const Json& json) {
  JsonMembers members(json);
  const auto package = members.text("package");
  const auto due = members.text("due");
  PlanState plan{.package = {},
                 .version = members.text("version"),
                 .finding = members.text("finding"),
                 .subject = members.text("subject"),
                 .remediation = members.word("decision", parse_remediation),
                 .owner = members.text("owner"),
                 .due = {},
                 .evidence = members.texts("evidence"),
                 .reason = members.text("reason"),
                 .place = members.text("place"),
                 .standing = members.word("state", parse_standing),
                 .why = members.text("why"),
                 .counts = json.value("counts", false)};
  ASSAY_CHECK(context(members.finish(), "a plan"));
  ASSAY_TRY(plan.package, context(Name::parse(package), "a plan: \"package\""));
  ASSAY_TRY(plan.due, context(parse_date(due), "a plan: \"due\""));
  return plan;
}

}  // namespace assay
