#include <algorithm>

#include "evidence/cvss_equations.h"

// CVSS v3.1 specification, section 7, and v3.0 specification, section 8. They differ in how they
// round and in the modified impact of a changed scope.
namespace assay {

namespace {

using Value = std::string_view;

constexpr WideInt unit = 1'000'000'000'000'000'000;  // scores are counted in 1e-18

// Weights in hundredths: v3.1, section 7.4.
std::int64_t attack_vector(Value value) {
  return value == "N" ? 85 : value == "A" ? 62 : value == "L" ? 55 : 20;
}
std::int64_t attack_complexity(Value value) { return value == "L" ? 77 : 44; }
std::int64_t privileges_required(Value value, bool scope_changed) {
  if (value == "N") return 85;
  if (value == "L") return scope_changed ? 68 : 62;
  return scope_changed ? 50 : 27;
}
std::int64_t user_interaction(Value value) { return value == "N" ? 85 : 62; }
std::int64_t impact_weight(Value value) { return value == "H" ? 56 : value == "L" ? 22 : 0; }
std::int64_t exploit_maturity(Value value) {
  return value == "U" ? 91 : value == "P" ? 94 : value == "F" ? 97 : 100;
}
std::int64_t remediation_level(Value value) {
  return value == "O" ? 95 : value == "T" ? 96 : value == "W" ? 97 : 100;
}
std::int64_t report_confidence(Value value) { return value == "U" ? 92 : value == "R" ? 96 : 100; }
std::int64_t requirement(Value value) { return value == "H" ? 150 : value == "L" ? 50 : 100; }

// A metric as it stands, or as the environment modifies it.
class Metrics {
 public:
  Metrics(const CvssVector& vector, bool modified) : vector_(vector), modified_(modified) {}

  bool modified() const { return modified_; }
  bool scope_changed() const { return value("S") == "C"; }
  Value value(Value name) const {
    if (!modified_) return vector_.value(name);
    const auto own = vector_.value("M" + std::string(name));
    return own.empty() ? vector_.value(name) : own;
  }
  // What an attack leaves of a property, in hundredths: all weights times 0.5, 1 or 1.5 are whole.
  std::int64_t left(Value impact, Value requirement_name) const {
    const std::int64_t weight = impact_weight(value(impact));
    return 100 -
           (modified_ ? weight * requirement(vector_.value(requirement_name)) / 100 : weight);
  }

 private:
  const CvssVector& vector_;
  bool modified_;
};

// Every product is cut to 1e-18, an error that no rounding of a score notices.
WideInt power(WideInt base, int exponent) {
  WideInt product = base;
  for (int i = 1; i < exponent; ++i) product = product * base / unit;
  return product;
}

WideInt impact(const Metrics& metrics, CvssVersion version) {
  constexpr WideInt millionth = unit / 1'000'000;
  constexpr std::int64_t most_modified = 915'000;  // MISS is at most 0.915
  std::int64_t iss = 1'000'000 - metrics.left("C", "CR") * metrics.left("I", "IR") *
                                     metrics.left("A", "AR");
  if (metrics.modified()) iss = std::min(iss, most_modified);
  if (!metrics.scope_changed()) return 642 * iss * millionth / 100;
  const bool newer = metrics.modified() && version == CvssVersion::v3_1;
  const WideInt tail = newer ? power((WideInt(iss) * 9731 - 200'000'000) * (millionth / 10'000), 13)
                             : power((iss - 20'000) * millionth, 15);
  return (752 * (iss - 29'000) * millionth - 325 * tail) / 100;
}

WideInt exploitability(const Metrics& metrics) {
  const std::int64_t product =
      822 * attack_vector(metrics.value("AV")) * attack_complexity(metrics.value("AC")) *
      privileges_required(metrics.value("PR"), metrics.scope_changed()) *
      user_interaction(metrics.value("UI"));
  return product * (unit / 10'000'000'000);
}

// v3.1, appendix A: to five decimals first, then up. v3.0, section 8: up.
std::int64_t tenths_rounded_up(WideInt score, CvssVersion version) {
  if (version == CvssVersion::v3_1) {
    constexpr WideInt fifth_decimal = unit / 100'000;
    score = (score + fifth_decimal / 2) / fifth_decimal * fifth_decimal;
  }
  constexpr WideInt tenth = unit / 10;
  return static_cast<std::int64_t>((score + tenth - 1) / tenth);
}

// The base score, or the modified one before the temporal metrics, in tenths.
std::int64_t base_tenths(const Metrics& metrics, CvssVersion version) {
  const WideInt impact_score = impact(metrics, version);
  if (impact_score <= 0) return 0;
  WideInt score = impact_score + exploitability(metrics);
  if (metrics.scope_changed()) score = score * 108 / 100;
  return tenths_rounded_up(std::min(score, 10 * unit), version);
}

std::int64_t temporal_tenths(const CvssVector& vector, std::int64_t base) {
  return tenths_rounded_up(
      WideInt(base) * exploit_maturity(vector.value("E")) * remediation_level(vector.value("RL")) *
          report_confidence(vector.value("RC")) * (unit / 10'000'000),
      vector.version());
}

}  // namespace

CvssScores cvss3_scores(const CvssVector& vector) {
  const std::int64_t base = base_tenths(Metrics(vector, false), vector.version());
  const std::int64_t modified = base_tenths(Metrics(vector, true), vector.version());
  return {.base = score_of_tenths(base),
          .temporal = score_of_tenths(temporal_tenths(vector, base)),
          .environmental = score_of_tenths(temporal_tenths(vector, modified))};
}

}  // namespace assay
