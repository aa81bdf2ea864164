#include "cli/report_table.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/plan_words.h"
#include "cli/terminal.h"

namespace assay {

namespace {

Style style_of(Decision decision) {
  switch (decision) {
    case Decision::published: return Style::green;
    case Decision::refused: return Style::red;
    case Decision::held:
    case Decision::unfinished: return Style::yellow;
  }
  return Style::plain;
}

bool stands_against(const Reason& reason) {
  return reason.weight == Reason::Weight::hold || reason.weight == Reason::Weight::refuse;
}

std::string gates_words(const PackageSummary& package) {
  if (package.findings == 0) return "clean";
  return fmt::format("{} of {} open", package.open_findings, package.findings);
}

std::string why(const Verdict& verdict) {
  const auto& reasons = verdict.reasons;
  if (verdict.decision == Decision::published) {
    const auto accepted = std::ranges::count(reasons, Reason::Weight::accepted, &Reason::weight);
    return accepted == 0 ? "" : fmt::format("{} accepted", accepted);
  }
  return reasons.empty() ? "" : printable(reasons.front().text);
}

using Row = std::array<std::string, 6>;

}  // namespace

std::string closing_words(const RunReport& report, std::size_t columns) {
  std::vector<Row> rows{{"package", "version", "gates", "tests", "verdict", "why"}};
  for (const auto& package : report.packages) {
    rows.push_back({package.name.str(), package.version, gates_words(package), package.tests,
                    std::string(to_string(package.verdict.decision)), why(package.verdict)});
  }
  std::array<std::size_t, 6> widths{};
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  std::size_t before_why = 0;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) before_why += widths[i] + 2;

  std::string text;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const Row& row = rows[r];
    std::string line;
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      std::string cell = pad_to_width(row[i], widths[i]);
      if (r == 0) cell = styled(Stream::out, Style::bold, cell);
      if (r > 0 && i == 4) {
        cell = styled(Stream::out, style_of(report.packages[r - 1].verdict.decision), cell);
      }
      line += cell + "  ";
    }
    std::string last = row.back();
    if (columns > 0) last = cut_to_width(last, columns > before_why + 8 ? columns - before_why : 8);
    line += r == 0 ? styled(Stream::out, Style::bold, last) : last;
    while (line.ends_with(' ')) line.pop_back();
    text += line + "\n";
  }

  for (const auto& package : report.packages) {
    if (package.verdict.decision == Decision::published) continue;
    text += fmt::format("\n{} {}: {}\n", styled(Stream::out, Style::bold, package.name.str()),
                        package.version,
                        styled(Stream::out, style_of(package.verdict.decision),
                               to_string(package.verdict.decision)));
    for (const auto& reason : package.verdict.reasons) {
      if (!stands_against(reason)) continue;
      text += fmt::format("  {}: {}\n", reason.gate, printable(reason.text));
      if (!reason.policy.empty()) {
        text += "    " + styled(Stream::out, Style::dim, "by " + printable(reason.policy)) + "\n";
      }
      if (reason.gate == "advisories" && reason.weight == Reason::Weight::hold && !reason.subject.empty()) {
        text += "    plan for it: " + plan_command(report.set_folder, reason.subject) + "\n";
      }
    }
    if (!package.no_other.empty()) text += "  no other version will do: " + printable(package.no_other) + "\n";
  }
  if (!report.plans.empty()) text += "\nplans:\n";
  for (const auto& plan : report.plans) text += "  " + plan_line(plan, report.date) + "\n";
  if (!report.notes.empty()) text += "\n";
  for (const auto& note : report.notes) {
    text += styled(Stream::out, Style::yellow, "note: ") + printable(note) + "\n";
  }
  text += fmt::format("\n{}, {} CPU, {} requests\n", duration_words(report.wall_seconds),
                      duration_words(report.cpu_seconds), report.requests);
  if (report.release) {
    text += fmt::format("{}: release {} of {} in {}{}",
                        styled(Stream::out, Style::green, "published"), report.release->number,
                        report.set_name, report.release->folder.string(),
                        report.release->unchanged ? " (unchanged)" : "");
  } else {
    const auto held = std::ranges::count_if(report.packages, [](const PackageSummary& package) {
      return package.verdict.decision != Decision::published;
    });
    text += fmt::format("{}: {} of {} packages can't be in a release, so there is none",
                        styled(Stream::out, Style::red, "not published"), held,
                        report.packages.size());
  }
  return text;
}

}  // namespace assay
