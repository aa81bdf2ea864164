#include "examine/gates/weaknesses/c_calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "examine/finding_at.h"
#include "examine/gates/weaknesses/c_call.h"
#include "examine/gates/weaknesses/c_context.h"
#include "examine/gates/weaknesses/c_judgements.h"

namespace assay {

namespace {

constexpr auto npos = std::string_view::npos;
// Beyond so many calls of a rule in a file, what stands around speaks for none of them.
constexpr std::size_t looked_around = 2'000;
// Once so many bytes of arguments are read for a rule, only the begin of each further call's is.
constexpr std::size_t most_read = 4 << 20;
constexpr std::size_t short_window = 64;
// Names of parameters after which others may follow.
constexpr std::array<std::string_view, 6> open_parameters{"...",         "appended",    "unterminated",
                                                          "characters", "application", "command"};

bool is_c_or_cython(std::string_view path, SourceKind kind) {
  if (kind == SourceKind::c) return true;
  return path.ends_with(".pyx") || path.ends_with(".pxd") || path.ends_with(".pxi");
}

// The rule's signature of a function.
std::optional<CSignature> signature_of(const Rule& rule, std::string_view name) {
  for (const std::string& entry : rule.list("functions")) {
    if (!entry.starts_with(name) || entry.size() == name.size() || entry[name.size()] != '(') continue;
    CSignature signature;
    const std::string_view rest = std::string_view(entry).substr(name.size() + 1);
    const auto close = rest.find(')');
    if (const auto parameters = rest.substr(0, close); !parameters.empty()) {
      for (const auto parameter : split(parameters, ',')) signature.parameters.push_back(trim(parameter));
    }
    if (const auto note = rest.find(": "); note != npos) signature.note = rest.substr(note + 2);
    return signature;
  }
  return std::nullopt;
}

// More arguments than the function has: it is another of the same name.
bool is_other_function(const CCall& call, const CSignature& signature) {
  if (signature.parameters.empty() || !signature.note.empty()) return false;
  const bool open = std::ranges::any_of(open_parameters, [&](std::string_view name) {
    return std::ranges::find(signature.parameters, name) != signature.parameters.end();
  });
  return !open && call.arguments.size() > signature.parameters.size();
}

Finding make_finding(const Rule& rule, const ExaminedFile& file, const CCall& call,
                     const CJudgement& judgement) {
  auto finding = finding_at(rule.about, file, call.begin, call.end,
                            fmt::format("{}() {}", call.name, judgement.words));
  finding.severity = judgement.severity;
  finding.confidence = judgement.confidence;
  const std::string alias = fmt::format("flawfinder:{}", call.name);
  std::erase_if(finding.aliases, [&](const std::string& known) {
    return known.starts_with("flawfinder:") && known != alias;
  });
  return finding;
}

// Whoever wants a generated file mended must mend what it is generated from, or its generator: its
// calls are told once.
void tell_once(std::string_view generator, std::vector<Finding> own, std::vector<Finding>& findings) {
  if (own.empty()) return;
  auto heaviest = std::ranges::max_element(own, {}, &Finding::severity);
  Finding finding = std::move(*heaviest);
  finding.severity = std::min(finding.severity, Severity::low);
  finding.confidence = Confidence::low;
  finding.message += fmt::format(", in a file that {} generated", generator);
  if (own.size() > 1) finding.message += fmt::format("; {} such calls are in it", own.size());
  findings.push_back(std::move(finding));
}

// Is the place within `#if 0`, `#if NAME` of a name that the file defines as 0, or `#ifdef …DEBUG…`?
// Told by the directives of the 16 KiB before it.
bool is_left_out(std::string_view file, std::size_t place) {
  constexpr std::size_t window = 16 << 10;
  const std::size_t least = place < window ? 0 : place - window;
  int closed = 0;
  bool other_branch = false;
  for (auto end = file.rfind('\n', place); end != npos && end > least; end = file.rfind('\n', end - 1)) {
    const auto begin = file.rfind('\n', end - 1);
    auto line = trim(file.substr(begin == npos ? 0 : begin + 1, end - (begin == npos ? 0 : begin + 1)));
    if (!line.starts_with('#')) continue;
    line = trim(line.substr(1));
    if (line.starts_with("endif")) ++closed;
    if (closed == 0 && (line.starts_with("else") || line.starts_with("elif"))) other_branch = true;
    if (!line.starts_with("if")) continue;
    if (closed > 0) {
      --closed;
      continue;
    }
    const auto space = line.find_first_of(" \t(");
    auto condition = space == npos ? std::string_view() : trim(line.substr(space));
    condition = trim(condition.substr(0, condition.find("/*")));
    const bool plain = line.starts_with("if ") || line.starts_with("ifdef");
    const bool debug = plain && condition.contains("DEBUG") && condition.find_first_of("!<=|") == npos;
    const bool zero = condition == "0" || (line.starts_with("if ") && !condition.empty() && condition.size() < 64 &&
                                           file.contains(fmt::format("#define {} 0\n", condition)));
    if (!other_branch && (debug || zero)) return true;
    other_branch = false;
  }
  return false;
}

// Does the place lie in the definition of a macro, over lines that end with a backslash? Told by the 16 KiB
// before it.
bool is_in_macro(std::string_view file, std::size_t place) {
  constexpr std::size_t window = 16 << 10;
  file = file.substr(0, place);
  file.remove_prefix(place < window ? 0 : place - window);
  for (auto end = file.size();;) {
    const auto newline = end == 0 ? npos : file.rfind('\n', end - 1);
    const auto begin = newline == npos ? 0 : newline + 1;
    const auto line = trim(file.substr(begin, end - begin));
    if (line.starts_with('#')) return trim(line.substr(1)).starts_with("define");
    if (newline == npos) return false;
    end = newline;
    if (!trim(file.substr(0, end)).ends_with('\\')) return false;
  }
}

template <class Judge>
CheckedGate::Check calls_judged_by(Judge judge) {
  return [judge](const Rule& rule, const ExaminedFile& file, std::span<const Hit> hits,
                 std::vector<Finding>& findings) {
    if (!is_c_or_cython(file.path, source_kind(file.path, file.bytes))) return;
    std::vector<Finding> own;
    std::size_t judged = 0;
    std::size_t read = 0;  // bytes of arguments; calls within calls are read again with each
    for (const Hit& hit : hits) {
      const auto piece = file.pieces().at(hit.end - 1);
      if (piece.kind != SourcePiece::Kind::code) continue;
      const bool much = read > most_read;
      const auto call = c_call(file.bytes, file.pieces(), hit.end, much ? short_window : argument_window);
      if (!call) continue;
      read += call->end - hit.end;
      const auto signature = signature_of(rule, call->name);
      if (!signature || is_other_function(*call, *signature)) continue;
      const auto judgement = judge(CallInRule{rule, file.bytes, *call, *signature, ++judged <= looked_around});
      if (!judgement) continue;
      own.push_back(make_finding(rule, file, *call, *judgement));
      if (judged <= looked_around && is_left_out(file.bytes, call->begin)) {
        own.back().confidence = Confidence::low;
        own.back().message += ", in what is compiled for debugging or not at all";
      } else if (judged <= looked_around && own.back().severity > Severity::low &&
                 own.back().confidence > Confidence::low && is_in_macro(file.bytes, call->begin)) {
        own.back().confidence = Confidence::low;
        own.back().message += ", in a macro, whose uses tell what is given";
      }
    }
    const auto generator = generator_of(file.bytes);
    if (generator) return tell_once(*generator, std::move(own), findings);
    std::ranges::move(own, std::back_inserter(findings));
  };
}

}  // namespace

std::map<std::string, CheckedGate::Check, std::less<>> c_checks() {
  return {{"c-named", calls_judged_by(judge_named)},     {"c-copy", calls_judged_by(judge_copy)},
          {"c-format", calls_judged_by(judge_format)},   {"c-scan", calls_judged_by(judge_scan)},
          {"c-length", calls_judged_by(judge_length)},   {"c-command", calls_judged_by(judge_command)},
          {"c-ignored", calls_judged_by(judge_ignored)}, {"c-mask", calls_judged_by(judge_mask)},
          {"c-followed", calls_judged_by(judge_followed)}};
}

}  // namespace assay
