#include "examine/gates/secrets/assignment_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <set>

#include "base/text.h"
#include "examine/gates/secrets/credential_name.h"
#include "examine/gates/secrets/known_values.h"
#include "examine/gates/secrets/provider_token_check.h"
#include "examine/gates/secrets/secret_finding.h"
#include "examine/gates/secrets/value_shape.h"

namespace assay {

namespace {

// Sources of programs give a name its value between quotes; elsewhere it may stand bare.
bool has_bare_values(const ExaminedFile& file) {
  switch (source_kind(file.path, file.bytes.substr(0, 256))) {
    case SourceKind::hash_like:
    case SourceKind::document:
    case SourceKind::other: return true;
    default: return false;
  }
}

const NamedFormat* format_of(std::span<const NamedFormat> formats, const Assignment& assignment) {
  for (const NamedFormat& named : formats) {
    if (!named.format->shape.matches(assignment.value)) continue;
    for (const std::string& word : named.format->named) {
      if (name_holds(assignment.name, word)) return &named;
    }
  }
  return nullptr;
}

bool tell_format(std::span<const NamedFormat> formats, const ExaminedFile& file,
                 const Assignment& assignment, std::vector<Finding>& findings) {
  const NamedFormat* named = format_of(formats, assignment);
  if (named == nullptr) return false;
  const std::size_t end = assignment.begin + assignment.value.size();
  auto finding = token_finding(*named->rule, *named->format, file, assignment.begin, end);
  if (finding.severity > Severity::low && meaning_of_name(assignment.name) == NameMeaning::other) {
    finding.confidence = Confidence::low;  // "linear_hash", "discord_webhook_id"
  }
  if (!assignment.quoted && !assignment.element && source_kind(file.path, "") == SourceKind::python) {
    finding.confidence = Confidence::low;  // in Python what stands without quotes is a name
  }
  findings.push_back(std::move(finding));
  return true;
}

// Letters and digits alone, in lower case.
std::string plain(std::string_view text) {
  std::string letters;
  for (const char c : lower(text)) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) letters += c;
  }
  return letters;
}

// "ec.EllipticCurvePrivateKey": the name of a class, in a list of such.
bool is_class_name(std::string_view name) {
  const auto last = name.substr(name.rfind('.') + 1);
  if (last.empty() || last.front() < 'A' || last.front() > 'Z' || last.find_first_of("_- ") != std::string_view::npos) {
    return false;
  }
  return std::ranges::any_of(last, [](char c) { return c >= 'a' && c <= 'z'; });
}

// What is called after its name is no secret of it ("token2wav": "Token2WavConfig"), nor is what follows a
// class's name in a list, or the digest of a file ("auth_token.py": "…").
bool is_named_after(const Assignment& assignment) {
  const std::string name = plain(assignment.name);
  if (name.size() > 5 && plain(assignment.value).contains(name)) return true;
  if (assignment.listed && is_class_name(assignment.name)) return true;
  return std::ranges::any_of(std::initializer_list<std::string_view>{".py", ".pyi", ".js", ".ts", ".json", ".c", ".cc", ".h", ".rs", ".go", ".md", ".txt"},
                             [&](std::string_view suffix) { return assignment.name.ends_with(suffix); });
}

// Also the last word of a hash in a list of hashes: names are what tells them from keys.
void tell_generic(const Rule& rule, const ExaminedFile& file, const Assignment& assignment,
                  std::vector<Finding>& findings) {
  if (meaning_of_name(assignment.name) != NameMeaning::credential) return;
  if (lower(assignment.name) == lower(assignment.value) || is_named_after(assignment)) return;
  const ValueShape shape = shape_of_value(assignment.value);
  SecretDescription told{rule.about.severity, rule.about.confidence, {}, {}, {}, assignment.value};
  if (const auto known = known_value(assignment.value); !known.empty()) {
    told.severity = Severity::none;
    told.message = fmt::format("a published value is assigned to a credential: {}", known);
    told.what = "published value";
  } else if (shape.kind == ValueShape::Kind::random) {
    told.message = "what a machine made is assigned to a credential";
    told.what = "random value";
  } else if (shape.kind == ValueShape::Kind::password) {
    told.message = "a password stands in the text";
    told.what = "password";
  } else if (shape.kind == ValueShape::Kind::weak) {
    told.severity = Severity::low;
    told.confidence = Confidence::low;
    told.message = "what may be a weak password is assigned to a credential";
    told.what = "short value";
  } else {
    return;
  }
  if (assignment.compared || assignment.queried) told.confidence = Confidence::low;
  doubt_example(file, assignment.begin, told);
  const std::string name = shortened(printable(assignment.name), 60);
  told.message += fmt::format(" ({})", name);
  told.what += fmt::format(" of \"{}\"", name);
  findings.push_back(secret_finding(rule.about, file, assignment.begin,
                                    assignment.begin + assignment.value.size(), std::move(told)));
}

// One name that is given a hundred values is a column of a table: the words of a language model, test vectors.
constexpr std::size_t most_of_a_name = 100;

void doubt_table(std::span<const std::size_t> own, std::vector<Finding>& findings) {
  for (const std::size_t each : own) {
    findings[each].confidence = Confidence::low;
    findings[each].message += ", in a table of such";
  }
}

}  // namespace

std::vector<Pattern> named_patterns(std::span<const NamedFormat> formats) {
  std::set<std::string> words;
  for (const auto& [rule, format] : formats) words.insert(format->named.begin(), format->named.end());
  std::vector<Pattern> patterns;
  for (const std::string& word : words) {
    std::string literal;
    for (const char c : word) {
      if (std::isalnum(static_cast<unsigned char>(c)) == 0) literal += '\\';
      literal += c;
    }
    patterns.push_back({std::move(literal), true});
  }
  return patterns;
}

void check_assignments(const Rule& rule, std::span<const NamedFormat> formats,
                       std::span<const TokenFormat* const> told_by_shape,
                       const ExaminedFile& file, std::span<const Hit> hits,
                       std::vector<Finding>& findings) {
  constexpr std::size_t shortest_value = 6;
  const bool bare_values = has_bare_values(file);
  std::size_t seen = 0;  // up to where values were looked at
  std::map<std::string_view, std::vector<std::size_t>> by_name;  // which findings are of values of it
  for (const Hit& hit : hits) {
    const auto assignment = assignment_at(file.bytes, hit.end);
    if (!assignment || assignment->value.size() < shortest_value) continue;
    if (assignment->begin <= seen) continue;
    seen = assignment->begin;
    if (tell_format(formats, file, *assignment, findings)) continue;
    const bool credible = assignment->quoted || assignment->element || bare_values;
    std::vector<Finding> generic;
    if (credible) tell_generic(rule, file, *assignment, generic);
    const bool told = !generic.empty() && std::ranges::any_of(told_by_shape, [&](const auto* format) {
      return format->shape.matches(assignment->value);
    });
    if (told || generic.empty()) continue;
    by_name[assignment->name].push_back(findings.size());
    std::ranges::move(generic, std::back_inserter(findings));
  }
  for (const auto& [name, own] : by_name) {
    if (own.size() > most_of_a_name) doubt_table(own, findings);
  }
}

}  // namespace assay
