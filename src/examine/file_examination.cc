#include "examine/file_examination.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <tuple>
#include <unordered_map>

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
    if (file.path.ends_with(".py")) finding.symbol = file.symbols().at(file.lines().end(finding.line));
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

// Where findings that were told lie, by what they are known by. Of what a hundred thousand are known by
// only digests are kept.
class KnownFindings {
 public:
  explicit KnownFindings(const std::vector<Finding>& findings) : findings_(findings) {}

  // The place of one with that identity; `place` where there is none yet.
  std::size_t find_or_add(std::string_view identity, std::size_t place) {
    const auto hash = std::hash<std::string_view>()(identity);
    const auto [first, last] = places_.equal_range(hash);
    for (auto at = first; at != last; ++at) {
      if (findings_[at->second].identity() == identity) return at->second;
    }
    places_.emplace(hash, place);
    return place;
  }

 private:
  const std::vector<Finding>& findings_;
  std::unordered_multimap<std::size_t, std::size_t> places_;
};

void note_repetition(Finding& kept, Finding& finding) {
  if (finding.severity > kept.severity) std::swap(kept, finding);
  if (!finding.again.empty()) kept.again = std::move(finding.again);
  if (kept.again.size() < most_places) kept.again.push_back(finding.place());
}

// One for each identity: the heaviest, and of these the first. They stay where they are in memory: a
// file may have a hundred thousand.
std::vector<Finding> without_repetitions(std::vector<Finding> findings) {
  if (findings.size() < 2) return findings;
  KnownFindings known(findings);
  std::vector<std::size_t> places;  // of each that is kept: how often it stands there
  for (Finding& finding : findings) {
    const auto place = known.find_or_add(finding.identity(), places.size());
    if (place < places.size()) {
      ++places[place];
      note_repetition(findings[place], finding);
      continue;
    }
    if (&finding != &findings[place]) findings[place] = std::move(finding);
    places.push_back(1);
  }
  findings.resize(places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i] == 1) continue;
    std::ranges::sort(findings[i].again, {}, &FindingPlace::line);
    findings[i].message += fmt::format(" ({} places in this file)", places[i]);
  }
  return findings;
}

std::vector<Finding> within_limit(const ExaminedFile& file, std::vector<Finding> findings) {
  std::map<std::string, std::size_t> counts;
  for (const Finding& finding : findings) ++counts[finding.rule];
  std::erase_if(counts, [](const auto& rule) { return rule.second <= told_limit; });
  if (counts.empty()) return findings;
  std::ranges::sort(findings, [](const Finding& left, const Finding& right) {
    return std::tuple(right.severity, right.confidence, left.line, left.column) <
           std::tuple(left.severity, left.confidence, right.line, right.column);
  });
  std::map<std::string, std::size_t> seen;
  std::vector<Finding> told;
  for (Finding& finding : findings) {
    const auto count = counts.find(finding.rule);
    const auto place = count == counts.end() ? 0 : ++seen[finding.rule];
    if (place == told_limit + 1) {
      told.push_back(summary_finding(
          file, finding.gate, finding.rule, finding.severity,
          fmt::format("{} more findings of this rule stand in this file", count->second - told_limit)));
      told.back().confidence = finding.confidence;  // of the gravest of the rest
    } else if (place <= told_limit) {
      told.push_back(std::move(finding));
    }
  }
  return told;
}

}  // namespace

Result<std::vector<Finding>> examine_file(const std::vector<std::unique_ptr<FileGate>>& gates,
                                          const PatternEngine& engine,
                                          const PatternEngine::Scratch& scratch,
                                          const ExaminedFile& file) {
  const bool python =
      may_be_python(file.path, file.bytes) || source_kind(file.path, file.bytes) == SourceKind::python;
  ASSAY_TRY(const auto found, engine.scan(file.bytes, scratch, python));
  file.engine = [&](const FileGate& gate, std::string_view other) -> std::vector<Hit> {
    auto hits = engine.scan(other, scratch, python);
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
