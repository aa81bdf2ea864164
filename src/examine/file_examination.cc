#include "examine/file_examination.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <tuple>

#include "base/text.h"
#include "examine/hidden_texts.h"

namespace assay {

namespace {

constexpr std::size_t told_limit = 100;     // findings of one rule in one file
constexpr std::size_t most_places = 100;    // of one finding, besides its own

Finding summary_finding(const ExaminedFile& file, std::string_view gate, std::string rule,
                        Severity severity, std::string message) {
  Finding finding;
  finding.gate = gate;
  finding.rule = std::move(rule);
  finding.severity = severity;
  finding.path = file.path;
  finding.role = file.role;
  finding.message = std::move(message);
  return finding;
}

// The text of a line, cut to what lies around the column where it is long.
std::string context_of(std::string_view line, std::uint32_t column) {
  constexpr std::size_t most = 200;
  const std::size_t place = std::min<std::size_t>(column == 0 ? 0 : column - 1, line.size());
  const std::size_t begin = line.size() <= most || place < most / 2 ? 0 : place - most / 2;
  return printable(one_spaced(line.substr(begin, most)));
}

// Says where findings stand: in which definition, and in which line's words. Both are what a finding
// is known by when it has moved.
void add_surroundings(const ExaminedFile& file, const FileGate& gate, std::span<Finding> findings) {
  for (Finding& finding : findings) {
    if (finding.line == 0 || finding.line > file.lines().count()) continue;
    if (file.path.ends_with(".py")) finding.symbol = file.symbols().at(finding.line);
    if (!finding.context.empty()) continue;  // a check gave it, since the line must not be repeated
    finding.context = gate.redacts() ? printable(one_spaced(finding.excerpt))
                                     : context_of(file.lines().line(finding.line), finding.column);
  }
}

// What a gate that redacts has found is not to be read in the findings of the others.
void hide_secrets(const ExaminedFile& file, std::span<Finding> findings,
                  const std::vector<std::unique_ptr<FileGate>>& gates) {
  constexpr std::size_t shortest = 6;     // shorter ones would black out words
  constexpr std::size_t longest = 1024;  // no context and no excerpt has room for more
  const auto redacts = [&](const Finding& finding) {
    return std::ranges::any_of(gates, [&](const auto& gate) {
      return gate->redacts() && gate->name() == finding.gate;
    });
  };
  std::set<std::string> secrets;
  for (const Finding& finding : findings) {
    if (finding.line == 0 || finding.severity == Severity::none || !redacts(finding)) continue;
    const auto line = file.lines().line(finding.line);
    const std::size_t begin = std::min<std::size_t>(finding.column - 1, line.size());
    const std::size_t size = finding.end_line == finding.line && finding.end_column > finding.column
                                 ? finding.end_column - finding.column
                                 : std::string_view::npos;
    const auto secret = printable(one_spaced(line.substr(begin, std::min(size, longest))));
    if (secret.size() >= shortest) secrets.insert(secret);
  }
  if (secrets.empty()) return;
  const HiddenTexts hidden(secrets);
  for (Finding& finding : findings) {
    if (redacts(finding)) continue;
    finding.context = hidden.without(std::move(finding.context));
    finding.excerpt = hidden.without(std::move(finding.excerpt));
  }
}

struct Repeated {
  Finding finding;
  std::size_t places = 1;
};

// One for each fingerprint: the heaviest, and of these the first.
std::vector<Finding> without_repetitions(std::vector<Finding> findings) {
  if (findings.size() < 2) return findings;
  std::map<std::string, Repeated> known;
  for (Finding& finding : findings) {
    const auto [entry, is_new] = known.try_emplace(finding.identity());
    Repeated& repeated = entry->second;
    if (is_new) {
      repeated.finding = std::move(finding);
      continue;
    }
    ++repeated.places;
    if (finding.severity > repeated.finding.severity) std::swap(repeated.finding, finding);
    auto& again = repeated.finding.again;
    if (!finding.again.empty()) again = std::move(finding.again);
    if (again.size() < most_places) again.push_back(finding.place());
  }
  std::vector<Finding> unique;
  unique.reserve(known.size());
  for (auto& [identity, repeated] : known) {
    if (repeated.places > 1) {
      std::ranges::sort(repeated.finding.again, {}, &FindingPlace::line);
      repeated.finding.message += fmt::format(" ({} places in this file)", repeated.places);
    }
    unique.push_back(std::move(repeated.finding));
  }
  return unique;
}

std::vector<Finding> within_limit(const ExaminedFile& file, std::vector<Finding> findings) {
  std::map<std::string, std::vector<Finding>> by_rule;
  for (Finding& finding : findings) by_rule[finding.rule].push_back(std::move(finding));
  std::vector<Finding> told;
  for (auto& [rule, own] : by_rule) {
    if (own.size() > told_limit) {
      std::ranges::sort(own, [](const Finding& left, const Finding& right) {
        return std::tuple(right.severity, left.line, left.column) <
               std::tuple(left.severity, right.line, right.column);
      });
      own[told_limit] = summary_finding(
          file, own[0].gate, rule, own[told_limit].severity,
          fmt::format("{} more findings of this rule stand in this file", own.size() - told_limit));
      own.resize(told_limit + 1);
    }
    std::ranges::move(own, std::back_inserter(told));
  }
  return told;
}

}  // namespace

Result<std::vector<Finding>> examine_file(const std::vector<std::unique_ptr<FileGate>>& gates,
                                          const PatternEngine& engine,
                                          const PatternEngine::Scratch& scratch,
                                          const ExaminedFile& file) {
  ASSAY_TRY(const auto found, engine.scan(file.bytes, scratch));
  file.engine = [&](const FileGate& gate, std::string_view other) -> std::vector<Hit> {
    auto hits = engine.scan(other, scratch);
    for (std::size_t i = 0; hits && i < gates.size(); ++i) {
      if (gates[i].get() == &gate) return std::move((*hits)[i].hits);
    }
    return {};
  };
  std::vector<Finding> findings;
  std::vector<Finding> incomplete;
  for (std::size_t i = 0; i < gates.size(); ++i) {
    if (found[i].hits.empty()) continue;
    const auto before = findings.size();
    gates[i]->examine(file, found[i].hits, findings);
    if (findings.size() != before) {
      add_surroundings(file, *gates[i], std::span(findings).subspan(before));
    }
    if (found[i].more) {
      incomplete.push_back(summary_finding(
          file, gates[i]->name(), fmt::format("{}/too-many-places", gates[i]->name()),
          Severity::medium,
          fmt::format("only the first {} places were looked at", PatternEngine::hit_limit)));
    }
  }
  file.engine = nullptr;
  hide_secrets(file, findings, gates);
  findings = within_limit(file, without_repetitions(std::move(findings)));
  std::ranges::move(incomplete, std::back_inserter(findings));
  return findings;
}

}  // namespace assay
