#include "cli/audit_text.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/terminal.h"
#include "evidence/cvss.h"

namespace assay {

namespace {

using Weight = Reason::Weight;

constexpr std::size_t indent = 6;

// What the text is written on.
struct Paper {
  std::size_t columns = 0;  // 0 for no bound
  bool screen = false;

  std::string styled(Style style, std::string_view words) const {
    return screen ? assay::styled(Stream::out, style, words) : std::string(words);
  }
};

// Lines of at most so many columns, each begun with the indent.
void add_wrapped(std::string& text, std::string_view words, const Paper& paper) {
  std::string line(indent, ' ');
  for (const auto word : split(words, ' ')) {
    const bool begun = display_width(line) > indent;
    if (paper.columns > 0 && begun && display_width(line) + 1 + display_width(word) > paper.columns) {
      text += line + "\n";
      line.assign(indent, ' ');
    }
    if (display_width(line) > indent) line += ' ';
    line += word;
  }
  text += line + "\n";
}

struct Shown {
  std::string_view word;
  Style style;
};

Shown shown(Weight weight) {
  switch (weight) {
    case Weight::refuse: return {"refused", Style::red};
    case Weight::hold: return {"held", Style::yellow};
    case Weight::accepted: return {"accepted", Style::green};
    case Weight::info: return {"noted", Style::dim};
  }
  return {"", Style::plain};
}

std::string score_words(const CountingScore& score) {
  if (!score.scored) return "not scored";
  return fmt::format("CVSS {} {:.1f}", score.version, score.score);
}

void add_vector(std::string& text, const CountingScore& score, const Paper& paper) {
  if (score.vector.empty()) return;
  const auto vector = CvssVector::parse(score.vector);
  add_wrapped(text, vector ? fmt::format("{}: {}", score.vector, vector->in_words()) : printable(score.vector), paper);
  if (!score.disagreement.empty()) add_wrapped(text, score.disagreement, paper);
}

std::string fixed_words(const Finding& finding) {
  if (finding.fixed_in.empty()) return "no fixed version is known";
  return fmt::format("first fixed in {}", printable(finding.fixed_in));
}

void add_finding(std::string& text, const AuditedFinding& audited, const Paper& paper) {
  const auto& [finding, score, reason, answer] = audited;
  const auto [word, style] = shown(reason.weight);
  text += fmt::format("  {}  {}  {}", paper.styled(style, pad_to_width(word, 8)),
                      pad_to_width(score_words(score), 12), paper.styled(Style::bold, printable(finding.rule)));
  if (!finding.aliases.empty()) text += fmt::format(" ({})", printable(join(finding.aliases, ", ")));
  text += "\n";
  add_wrapped(text, printable(finding.message), paper);
  const auto affected = finding.affected.empty() ? std::string() : "affects " + printable(finding.affected) + "; ";
  add_wrapped(text, affected + fixed_words(finding), paper);
  add_vector(text, score, paper);
  if (!finding.urgency.empty()) add_wrapped(text, printable(in_words(finding.urgency)), paper);
  if (!reason.accepted_by.empty()) add_wrapped(text, "accepted by " + printable(reason.accepted_by), paper);
  if (reason.weight >= Weight::hold && !reason.policy.empty()) add_wrapped(text, reason.policy, paper);
}

// A requirement in many files is told with the first.
std::string places_words(const std::vector<std::string>& places) {
  auto words = printable(places.front());
  if (places.size() > 1) words += fmt::format(" and in {} more", counted(places.size() - 1, "place"));
  return words;
}

void add_package(std::string& text, const AuditedPackage& package, const Paper& paper) {
  text += paper.styled(Style::bold, title_of(package.item));
  text += "  " + paper.styled(Style::dim, places_words(package.places));
  if (!package.item.marker.empty()) text += fmt::format("  if {}", printable(package.item.marker));
  text += "\n";
  for (const auto& finding : package.findings) add_finding(text, finding, paper);
  if (!package.remedies.empty()) text += "  " + paper.styled(Style::bold, "remedy") + "\n";
  for (const auto& remedy : package.remedies) add_wrapped(text, printable(in_words(remedy, package.item)), paper);
}

void add_not_known(std::string& text, const AuditReport& report, const Paper& paper) {
  if (report.not_known.empty()) return;
  text += paper.styled(Style::yellow, "not known") + "\n";
  for (const auto& item : report.not_known) {
    text += fmt::format("  {}  {}: {}\n", paper.styled(Style::bold, item.title),
                        paper.styled(Style::dim, printable(place_of(item))), printable(item.unknown));
  }
}

void add_left_out(std::string& text, const AuditReport& report, const Paper& paper) {
  for (const auto& input : report.inputs) {
    for (const auto& one : input.left_out) {
      text += paper.styled(Style::dim, "left out: " + printable(one)) + "\n";
    }
  }
}

std::string summed_up(const AuditReport& report) {
  const auto& counts = report.counts;
  auto text = counted(counts.packages, "package");
  if (counts.copies > 0) text += fmt::format(", {} of them copies in others", counts.copies);
  text += fmt::format(": {} hit by {}", counts.hit == 0 ? "none" : fmt::format("{}", counts.hit),
                      counted(counts.findings, "known flaw"));
  if (counts.findings > 0) {
    text += fmt::format(" ({} refused, {} held, {} accepted; {} not scored)", counts.refused, counts.held,
                        counts.accepted, counts.unscored);
  }
  if (counts.not_known > 0) text += fmt::format("; {} not known", counts.not_known);
  if (!report.advisories_not_known.empty()) text += "; what else is known against them could not be asked";
  return text;
}

}  // namespace

std::string audit_text(const AuditReport& report, bool screen) {
  const Paper paper{screen ? terminal_columns(Stream::out) : 0, screen};
  std::string text = "advisories: " + printable(report.advisories) + "\n";
  for (const auto& source : report.sources) {
    for (const auto& warning : warnings_of(source)) {
      text += paper.styled(Style::yellow, "advisories: " + printable(warning)) + "\n";
    }
  }
  for (const auto& package : report.packages) {
    if (!package.findings.empty()) add_package(text, package, paper);
  }
  add_not_known(text, report, paper);
  add_left_out(text, report, paper);
  return text + summed_up(report) + "\n";
}

}  // namespace assay
