#include "evidence/cvss.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>

#include "base/text.h"

// Scores are computed in whole numbers, never in floating point, where 8.6 may come out as 8.7: the
// weights have two decimals, so that products of them are whole numbers of a small unit. That also
// makes v3.0 and v3.1 agree: v3.1 rounds to five decimals first only to undo what floating point
// does, and the exact base scores of all 2,592 combinations round up to the same tenths either way.
namespace assay {

namespace {

constexpr std::int64_t unit = 10'000'000'000;  // scores are counted in 1e-10

struct MetricDefinition {
  std::string_view name;
  std::string_view values;  // one letter each
  bool base;
};

// CVSS v3.1 specification, table 15; v3.0 has the same.
constexpr std::array<MetricDefinition, 22> metric_definitions{{
    {"AV", "NALP", true},   {"AC", "LH", true},     {"PR", "NLH", true},     {"UI", "NR", true},
    {"S", "UC", true},      {"C", "HLN", true},     {"I", "HLN", true},      {"A", "HLN", true},
    {"E", "XHFPU", false},  {"RL", "XUWTO", false}, {"RC", "XCRU", false},   {"CR", "XHML", false},
    {"IR", "XHML", false},  {"AR", "XHML", false},  {"MAV", "XNALP", false}, {"MAC", "XLH", false},
    {"MPR", "XNLH", false}, {"MUI", "XNR", false},  {"MS", "XUC", false},    {"MC", "XNLH", false},
    {"MI", "XNLH", false},  {"MA", "XNLH", false},
}};

using Vector = std::map<std::string_view, char>;  // from metric to value

std::unexpected<Error> refuse(std::string_view vector, std::string_view why) {
  return fail(ErrorKind::invalid_input, "not a CVSS v3 vector (" + std::string(why) +
                                            "): " + printable(vector.substr(0, 120)));
}

const MetricDefinition* find_definition(std::string_view name) {
  const auto found = std::ranges::find(metric_definitions, name, &MetricDefinition::name);
  return found == metric_definitions.end() ? nullptr : &*found;
}

Result<Vector> parse_vector(std::string_view text) {
  if (text.size() > 256) return refuse(text, "too long");
  Vector vector;
  const auto parts = split(text, '/');
  if (parts.front() != "CVSS:3.0" && parts.front() != "CVSS:3.1") {
    return refuse(text, "it does not begin with CVSS:3.0 or CVSS:3.1");
  }
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto colon = parts[i].find(':');
    const auto* definition = find_definition(parts[i].substr(0, colon));
    if (colon == std::string_view::npos || definition == nullptr) {
      return refuse(text, "an unknown metric");
    }
    const auto value = parts[i].substr(colon + 1);
    if (value.size() != 1 || !definition->values.contains(value[0])) {
      return refuse(text, "an unknown value of " + std::string(definition->name));
    }
    if (!vector.emplace(definition->name, value[0]).second) {
      return refuse(text, std::string(definition->name) + " is given twice");
    }
  }
  for (const auto& definition : metric_definitions) {
    if (definition.base && !vector.contains(definition.name)) {
      return refuse(text, std::string(definition.name) + " is missing");
    }
  }
  return vector;
}

// Weights in hundredths: CVSS v3.1 specification, section 7.4.

std::int64_t attack_vector(char value) {
  return value == 'N' ? 85 : value == 'A' ? 62 : value == 'L' ? 55 : 20;
}

std::int64_t attack_complexity(char value) { return value == 'L' ? 77 : 44; }

std::int64_t privileges_required(char value, bool scope_changed) {
  if (value == 'N') return 85;
  if (value == 'L') return scope_changed ? 68 : 62;
  return scope_changed ? 50 : 27;
}

std::int64_t user_interaction(char value) { return value == 'N' ? 85 : 62; }

std::int64_t impact_weight(char value) { return value == 'H' ? 56 : value == 'L' ? 22 : 0; }

// x^15 of a number in 1e-9. Every product is cut to 1e-9: the error stays below 2e-8, which no
// vector's rounding notices.
std::int64_t fifteenth_power(std::int64_t nanos) {
  std::int64_t power = nanos;
  for (int i = 1; i < 15; ++i) power = power * nanos / 1'000'000'000;
  return power;
}

std::int64_t impact(const Vector& vector, bool scope_changed) {
  // The impact sub-score in 1e-6.
  const std::int64_t iss = 1'000'000 - (100 - impact_weight(vector.at("C"))) *
                                           (100 - impact_weight(vector.at("I"))) *
                                           (100 - impact_weight(vector.at("A")));
  if (!scope_changed) return 642 * iss * 100;
  return 752 * (iss - 29'000) * 100 - 325 * fifteenth_power((iss - 20'000) * 1'000) / 10;
}

std::int64_t exploitability(const Vector& vector, bool scope_changed) {
  return 822 * attack_vector(vector.at("AV")) * attack_complexity(vector.at("AC")) *
         privileges_required(vector.at("PR"), scope_changed) * user_interaction(vector.at("UI"));
}

std::int64_t tenths_rounded_up(std::int64_t score) {
  constexpr std::int64_t tenth = unit / 10;
  return (score + tenth - 1) / tenth;
}

}  // namespace

Result<double> cvss_base_score(std::string_view text) {
  ASSAY_TRY(const Vector vector, parse_vector(text));
  const bool scope_changed = vector.at("S") == 'C';
  const std::int64_t impact_score = impact(vector, scope_changed);
  if (impact_score <= 0) return 0.0;
  std::int64_t score = impact_score + exploitability(vector, scope_changed);
  if (scope_changed) score = score * 108 / 100;
  const auto tenths = tenths_rounded_up(std::min(score, 10 * unit));
  return static_cast<double>(tenths) / 10;
}

Severity cvss_severity(double score) {
  const long tenths = std::lround(score * 10);
  if (tenths >= 90) return Severity::critical;
  if (tenths >= 70) return Severity::high;
  if (tenths >= 40) return Severity::medium;
  return tenths >= 1 ? Severity::low : Severity::none;
}

}  // namespace assay
