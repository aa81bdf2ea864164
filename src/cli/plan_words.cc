#include "cli/plan_words.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/terminal.h"

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

}  // namespace

std::string plan_line(const PlanState& plan, Date today) {
  const auto evidence = printable(join(plan.evidence, ", "));
  auto line = fmt::format("{} {}: {}: {}: {}{}, by {}", styled(Stream::out, Style::bold, plan.package.str()),
                          printable(plan.version), printable(plan.finding),
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

}  // namespace assay
