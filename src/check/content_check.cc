#include "check/content_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <tuple>

#include "base/text.h"
#include "check/packed_findings.h"
#include "check/suppressions.h"
#include "examine/file_examination.h"
#include "examine/kept_patterns.h"
#include "examine/most_python.h"

namespace assay {

namespace {

constexpr std::size_t frame_bytes = 160;

// The line as it is shown, with what was found in it.
void add_frame(const ExaminedFile& file, CheckedFinding& checked) {
  const Finding& finding = checked.finding;
  if (finding.line == 0 || finding.column == 0) return;
  const auto line = file.lines().line(finding.line);
  const std::size_t begin = std::min<std::size_t>(finding.column - 1, line.size());
  const bool ends_here = finding.end_line == finding.line && finding.end_column > finding.column;
  const std::size_t end =
      ends_here ? std::min<std::size_t>(finding.end_column - 1, line.size()) : line.size();
  std::size_t from = std::min(line.find_first_not_of(" \t\f"), begin);
  std::string before = "";
  if (end - from > frame_bytes && begin - from > frame_bytes / 3) {
    from = begin - frame_bytes / 3;
    while (from < begin && (static_cast<unsigned char>(line[from]) & 0xC0) == 0x80) ++from;
    before = "…";
  }
  const auto shown = [](std::string_view text) {
    return printable(replace_all(std::string(text), "\t", " "));
  };
  std::size_t to = std::min(line.size(), from + frame_bytes);
  while (to < line.size() && to > from && (static_cast<unsigned char>(line[to]) & 0xC0) == 0x80) --to;
  const auto found_end = std::min(end, to);
  before += shown(line.substr(from, begin - from));
  const auto found = shown(line.substr(begin, std::max(begin, found_end) - begin));
  checked.frame = before + found;
  checked.frame_begin = static_cast<std::uint32_t>(before.size());
  checked.frame_end = static_cast<std::uint32_t>(checked.frame.size());
  if (found_end < to) checked.frame += shown(line.substr(found_end, to - found_end));
  while (checked.frame.size() > checked.frame_end && checked.frame.ends_with(' ')) {
    checked.frame.pop_back();
  }
  if (to < line.size()) checked.frame += "…";
}

std::uint32_t bytes_beyond_characters(std::string_view line, std::uint32_t column) {
  constexpr std::size_t longest = 4096;  // beyond it nobody looks at columns
  const auto before = line.substr(0, column == 0 ? 0 : column - 1);
  if (before.size() > longest) return 0;
  return static_cast<std::uint32_t>(std::ranges::count_if(
      before, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }));
}

void add_excess(const ExaminedFile& file, CheckedFinding& checked) {
  const Finding& finding = checked.finding;
  const auto& lines = file.lines();
  checked.column_excess = bytes_beyond_characters(lines.line(finding.line), finding.column);
  checked.end_column_excess =
      bytes_beyond_characters(lines.line(finding.end_line), finding.end_column);
}

// What a comment says of the finding in all of its places. If it speaks of some of them only, the finding
// is told where none does, and counts.
std::optional<Suppression> suppression_of_all(Finding& finding, const ExaminedFile& file) {
  auto asked = suppression_of(finding, file);
  if (!asked || asked->reason.empty()) return asked;
  for (FindingPlace& place : finding.again) {
    const FindingPlace first = finding.place();
    finding.set_place(place);
    const auto other = suppression_of(finding, file);
    if (!other || other->reason.empty()) {
      place = first;
      return other;
    }
    finding.set_place(first);
  }
  return asked;
}

void move_down(Finding& finding, std::uint32_t lines) {
  const auto move = [&](std::uint32_t& line) { line = line == 0 ? 0 : line + lines; };
  move(finding.line);
  move(finding.end_line);
  for (FindingPlace& place : finding.again) {
    move(place.line);
    move(place.end_line);
  }
}

std::uint64_t number_of(const std::string& fingerprint) {
  return std::strtoull(fingerprint.c_str(), nullptr, 16);
}

void sort_by_place(std::vector<CheckedFinding>& findings) {
  std::ranges::sort(findings, [](const CheckedFinding& left, const CheckedFinding& right) {
    return std::tie(left.finding.line, left.finding.column, left.finding.rule,
                    left.finding.excerpt) < std::tie(right.finding.line, right.finding.column,
                                                     right.finding.rule, right.finding.excerpt);
  });
}

CheckedFinding about_file(const RuleDescription& rule, std::string_view told, PathRole role,
                          std::string message) {
  CheckedFinding checked;
  Finding& finding = checked.finding;
  finding.gate = "check";
  finding.rule = rule.id;
  finding.severity = rule.severity;
  finding.confidence = rule.confidence;
  finding.path = told;
  finding.role = role;
  finding.message = std::move(message);
  checked.fingerprint = number_of(finding.fingerprint());
  return checked;
}

// One for each line that has such comments.
void add_unexplained(const RuleBook& rules, const ExaminedFile& file, std::uint32_t line,
                     std::map<std::uint32_t, CheckedFinding>& found) {
  if (found.contains(line)) return;
  CheckedFinding checked =
      about_file(*rules.find(own_rules::unexplained), file.path, file.role,
                 "this comment does not count: a suppression names its rule and gives its reason");
  Finding& finding = checked.finding;
  const auto text = file.lines().line(line);
  finding.line = finding.end_line = line;
  finding.column = static_cast<std::uint32_t>(std::min(text.find_first_not_of(" \t"), text.size())) + 1;
  finding.end_column = static_cast<std::uint32_t>(text.size()) + 1;
  finding.context = printable(one_spaced(text.substr(0, 200)));
  add_frame(file, checked);
  checked.fingerprint = number_of(finding.fingerprint());
  found.emplace(line, std::move(checked));
}

// What is named as Python and is none, at its first place. It is read for this even where no rule asked:
// what is Python 2 or broken is said, not passed over.
void add_unread(const RuleBook& rules, const ExaminedFile& file, std::vector<CheckedFinding>& found) {
  if (!file.path.ends_with(".py")) return;
  const auto& problems = file.python().syntax().problems();
  std::string message;
  std::size_t offset = most_python;
  if (file.bytes.size() > offset) {
    message = fmt::format("only its first {} bytes were read as Python", offset);
  } else if (!problems.empty()) {
    const auto& first = problems.front();
    offset = std::min<std::size_t>(first.offset, file.bytes.size());
    message = fmt::format("{} could not be read as Python 3; the first: {}{}",
                          counted(problems.size(), "place"), printable(first.message),
                          first.python2 ? " (it is Python 2)" : "");
  } else {
    return;
  }
  CheckedFinding checked = about_file(*rules.find(own_rules::unread_python), file.path, file.role, message);
  const auto place = file.lines().place(offset);
  checked.finding.line = checked.finding.end_line = place.line;
  checked.finding.column = checked.finding.end_column = place.column;
  add_frame(file, checked);
  found.push_back(std::move(checked));
}

// "UTF-16" or "UTF-32": by the byte order mark (Unicode, 23.8), else by the zeros that lie between the
// characters of an ASCII text. "" if it is none.
std::string_view wide_encoding(std::string_view bytes) {
  constexpr std::size_t most = 64;
  constexpr std::size_t least = 16;
  using std::string_view_literals::operator""sv;
  if (bytes.starts_with("\xFF\xFE\0\0"sv) || bytes.starts_with("\0\0\xFE\xFF"sv)) return "UTF-32";
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return "UTF-16";
  const auto head = bytes.substr(0, most);
  if (head.size() < least || !head.contains('\0')) return {};
  const auto is_ascii = [](char c) { return (c >= ' ' && c <= '~') || c == '\t' || c == '\r' || c == '\n'; };
  const auto fits = [&](std::size_t width, std::size_t place) {
    for (std::size_t i = 0; i < head.size(); ++i) {
      if (i % width == place ? !is_ascii(head[i]) : head[i] != '\0') return false;
    }
    return true;
  };
  if (fits(2, 0) || fits(2, 1)) return "UTF-16";
  return fits(4, 0) || fits(4, 3) ? "UTF-32" : std::string_view();
}

void add_wide(const RuleBook& rules, const ExaminedFile& file, std::vector<CheckedFinding>& found) {
  const auto encoding = wide_encoding(file.bytes);
  if (encoding.empty()) return;
  found.push_back(about_file(*rules.find(own_rules::wide_text), file.path, file.role,
                             fmt::format("it is in {}, which most rules can't read", encoding)));
}

}  // namespace

ContentCheck::ContentCheck(const GateSet& gates, const RuleBook& rules, std::string patterns_folder)
    : gates_(gates), rules_(rules), patterns_folder_(std::move(patterns_folder)) {}

Result<PatternEngine::Scratch> ContentCheck::make_scratch() {
  std::call_once(compiled_, [&] { engine_ = kept_patterns(gates_, patterns_folder_); });
  if (!engine_) return std::unexpected(engine_.error());
  return engine_->make_scratch();
}

bool ContentCheck::redacts(std::string_view gate) const {
  return std::ranges::any_of(gates_.gates, [&](const auto& one) {
    return one->name() == gate && one->redacts();
  });
}

Result<std::string> ContentCheck::check(const Content& content,
                                        const PatternEngine::Scratch& scratch) const {
  return check_part(content, {}, scratch);
}

Result<std::string> ContentCheck::check_part(const Content& content, const Part& part,
                                             const PatternEngine::Scratch& scratch) const {
  const ExaminedFile file{content.path, content.bytes, content.role};
  ASSAY_TRY(auto found, context(examine_file(gates_.gates, *engine_, scratch, file), content.path));
  std::vector<CheckedFinding> all;
  // Secrets are looked for in any text. Of a file in parts the first is all that is read as Python.
  const bool of_code = std::ranges::any_of(gates_.gates, [](const auto& gate) { return !gate->redacts(); });
  if (file.module != nullptr || (of_code && part.first)) add_unread(rules_, file, all);
  if (part.first) add_wide(rules_, file, all);
  if (found.empty() && all.empty()) return std::string();
  std::map<std::uint32_t, CheckedFinding> unexplained;
  for (Finding& finding : found) {
    CheckedFinding checked{.finding = std::move(finding)};
    const auto asked = suppression_of_all(checked.finding, file);
    add_excess(file, checked);
    if (redacts(checked.finding.gate)) {
      checked.frame = checked.finding.context;
    } else {
      add_frame(file, checked);
    }
    if (asked) {
      checked.suppressed = asked->reason;
      if (asked->reason.empty()) add_unexplained(rules_, file, asked->line, unexplained);
    }
    checked.fingerprint = number_of(checked.finding.fingerprint());
    all.push_back(std::move(checked));
  }
  for (auto& [line, checked] : unexplained) all.push_back(std::move(checked));
  sort_by_place(all);
  std::string packed;
  const auto half = static_cast<std::uint32_t>(overlap_bytes / 2);
  const auto first_line = part.first ? 0 : file.lines().place(half).line;
  const auto last_line = part.last ? 0 : file.lines().place(content.bytes.size() - half).line;
  for (CheckedFinding& checked : all) {
    Finding& finding = checked.finding;
    // What stands in an overlap is told by the part that has more of what surrounds it.
    if (finding.line != 0 && finding.line < first_line) continue;
    if (last_line != 0 && finding.line >= last_line) continue;
    move_down(finding, part.lines_before);
    finding.path = content.told;
    pack(checked, rules_, packed);
  }
  return packed;
}

std::string ContentCheck::own_finding(std::string_view rule, std::string_view path,
                                      std::string_view told, PathRole role,
                                      std::string message) const {
  auto checked = about_file(*rules_.find(rule), path, role, std::move(message));
  checked.finding.path = told;
  std::string packed;
  pack(checked, rules_, packed);
  return packed;
}

}  // namespace assay
