#include "cli/plan_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "curation/dispositions.h"
#include "decide/plans.h"

namespace assay {

namespace {

std::string days_words(int days) {
  if (days < 0) return counted(static_cast<std::size_t>(-days), "day") + " ago";
  return days == 0 ? "today" : "in " + counted(static_cast<std::size_t>(days), "day");
}

Style style_of(const PlanState& plan) {
  if (plan.standing == PlanState::Standing::done) return Style::green;
  return needs_attention(plan.standing) ? Style::yellow : Style::plain;
}

bool same_plan(const PlanState& one, const PlanState& other) {
  return one.package == other.package && one.finding == other.finding &&
         one.remediation == other.remediation && one.due == other.due && one.evidence == other.evidence;
}

// The plans that stand there, as the last run judged them; those that were written or changed since
// wait for the next one.
Result<std::vector<PlanState>> all_plans(const std::filesystem::path& folder, const Json& last_run) {
  std::vector<PlanState> judged;
  for (auto json : last_run.value("plans", Json::array())) {
    json.erase("days-left");
    ASSAY_TRY(auto plan, plan_state_from_json(json));
    judged.push_back(std::move(plan));
  }
  std::vector<PlanState> plans;
  ASSAY_TRY(const auto dispositions, load_dispositions(folder));
  for (const auto& one : dispositions) {
    if (one.subject != Disposition::Subject::plan) continue;
    auto plan = unmatched_state(one, nullptr, one.date);
    const auto before = plans.size();
    std::ranges::copy_if(judged, std::back_inserter(plans),
                         [&](const PlanState& known) { return same_plan(known, plan); });
    if (plans.size() > before) continue;
    plan.standing = PlanState::Standing::awaited;
    plan.why = "waits for the next run, which judges it";
    plans.push_back(std::move(plan));
  }
  return plans;
}

}  // namespace

std::string plan_line(const PlanState& plan, Date today) {
  const auto evidence = printable(join(plan.evidence, ", "));
  const auto version = plan.version.empty() ? "" : " " + printable(plan.version);
  auto line = fmt::format("{}{}: {}: {}: {}{}, by {}", styled(Stream::out, Style::bold, plan.package.str()),
                          version, printable(plan.finding),
                          styled(Stream::out, style_of(plan), to_string(plan.standing)),
                          to_string(plan.remediation), evidence.empty() ? "" : fmt::format(" ({})", evidence),
                          printable(plan.owner));
  line += fmt::format(", due {}, {}", format_date(plan.due), days_words(days_left(plan, today)));
  if (!plan.why.empty()) line += fmt::format("\n  {}: it {}", printable(plan.place), printable(plan.why));
  return line;
}

std::string plan_command(const std::filesystem::path& set_folder, const std::string& subject) {
  return fmt::format(
      "assay review {} --plan {} --decision upgrade --evidence '>=VERSION' --owner WHO --due YYYY-MM-DD "
      "--reason 'WHY' --reviewer WHO",
      set_folder.string(), printable(subject));
}

int show_plans(const std::filesystem::path& set_folder, const Json& last_run, bool as_json) {
  const auto today = date_of(SystemClock().now());
  const auto plans = all_plans(set_folder, last_run);
  if (!plans) {
    print_error(plans.error().message);
    return exit_usage;
  }
  bool attention = false;
  Json all = Json::array();
  for (const auto& plan : *plans) {
    const bool waits = plan.standing == PlanState::Standing::in_time || plan.standing == PlanState::Standing::awaited;
    const bool late = waits && days_left(plan, today) < 0;
    attention = attention || late || needs_attention(plan.standing);
    all.push_back(to_json(plan));
    all.back()["days-left"] = days_left(plan, today);
    if (!as_json) print(plan_line(plan, today) + (late ? "\n  its day has passed, and no run has judged that" : ""));
  }
  if (as_json) print(compact(all));
  if (plans->empty() && !as_json) print("there is no plan");
  return attention ? exit_held_back : exit_done;
}

}  // namespace assay
