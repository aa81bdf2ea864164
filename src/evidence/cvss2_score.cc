#include <algorithm>

#include "evidence/cvss_equations.h"
#include "evidence/cvss_metrics.h"

// CVSS v2.0 complete guide, section 3.2: weights and equations.
namespace assay {

namespace {

using Value = std::string_view;

// In thousandths.
std::int64_t access_vector(Value value) { return value == "N" ? 1000 : value == "A" ? 646 : 395; }
std::int64_t access_complexity(Value value) {
  return value == "L" ? 710 : value == "M" ? 610 : 350;
}
std::int64_t authentication(Value value) { return value == "N" ? 704 : value == "S" ? 560 : 450; }
std::int64_t impact_weight(Value value) { return value == "C" ? 660 : value == "P" ? 275 : 0; }

// In hundredths; what is not defined changes nothing.
std::int64_t requirement(Value value) { return value == "L" ? 50 : value == "H" ? 151 : 100; }
std::int64_t target_distribution(Value value) {
  return value == "N" ? 0 : value == "L" ? 25 : value == "M" ? 75 : 100;
}
std::int64_t exploitability(Value value) {
  return value == "U" ? 85 : value == "POC" ? 90 : value == "F" ? 95 : 100;
}
std::int64_t remediation_level(Value value) {
  return value == "OF" ? 87 : value == "TF" ? 90 : value == "W" ? 95 : 100;
}
std::int64_t report_confidence(Value value) {
  return value == "UC" ? 90 : value == "UR" ? 95 : 100;
}

// In tenths.
std::int64_t collateral_damage(Value value) {
  return value == "L" ? 1 : value == "LM" ? 3 : value == "MH" ? 4 : value == "H" ? 5 : 0;
}

// round_to_1_decimal: a half is rounded away from zero. To whole multiples of `unit`.
std::int64_t rounded(WideInt value, WideInt unit) {
  const WideInt half = unit / 2;
  return static_cast<std::int64_t>((value < 0 ? value - half : value + half) / unit);
}

// What an attack leaves of a property, in 1e-5.
std::int64_t left(const CvssVector& vector, Value impact, Value requirement_name, bool adjusted) {
  const std::int64_t weight = impact_weight(vector.value(impact));
  return 100'000 - weight * (adjusted ? requirement(vector.value(requirement_name)) : 100);
}

// Impact or AdjustedImpact in 1e-17.
WideInt impact_of(const CvssVector& vector, bool adjusted) {
  constexpr WideInt one = 1'000'000'000'000'000;  // 1e-15
  const WideInt impact = 1041 * (one - WideInt(left(vector, "C", "CR", adjusted)) *
                                           left(vector, "I", "IR", adjusted) *
                                           left(vector, "A", "AR", adjusted));
  return adjusted ? std::min(impact, 1000 * one) : impact;
}

// BaseScore in tenths, or, with the adjusted impact, what the environmental score starts from; that
// may be below zero, and nothing in the guide cuts it there.
std::int64_t base_tenths(const CvssVector& vector, bool adjusted) {
  const WideInt impact = impact_of(vector, adjusted);
  if (impact == 0) return 0;
  const WideInt exploitability_nanos = WideInt(20) * access_vector(vector.value("AV")) *
                                       access_complexity(vector.value("AC")) *
                                       authentication(vector.value("Au"));
  constexpr WideInt unit = 1'000'000'000'000'000'000;  // scores in 1e-18
  const WideInt sum = 6 * impact + 4 * exploitability_nanos * (unit / 10'000'000'000) - unit * 3 / 2;
  return rounded(sum * 1176, unit * 100);
}

std::int64_t temporal_tenths(const CvssVector& vector, std::int64_t base) {
  return rounded(WideInt(base) * exploitability(vector.value("E")) *
                     remediation_level(vector.value("RL")) * report_confidence(vector.value("RC")),
                 1'000'000);
}

std::int64_t environmental_tenths(const CvssVector& vector) {
  const std::int64_t adjusted = temporal_tenths(vector, base_tenths(vector, true));
  const std::int64_t with_damage =
      10 * adjusted + (100 - adjusted) * collateral_damage(vector.value("CDP"));
  return rounded(WideInt(with_damage) * target_distribution(vector.value("TD")), 1000);
}

bool defines(const CvssVector& vector, CvssGroup group) {
  return std::ranges::any_of(cvss_metrics(CvssVersion::v2_0), [&](const CvssMetric& metric) {
    return metric.group == group && !vector.value(metric.name).empty();
  });
}

}  // namespace

CvssScores cvss2_scores(const CvssVector& vector) {
  const auto score = [](std::int64_t tenths) {
    return score_of_tenths(std::max<std::int64_t>(0, tenths));
  };
  const std::int64_t base = std::max<std::int64_t>(0, base_tenths(vector, false));
  CvssScores scores{.base = score(base), .temporal = {}, .environmental = {}};
  if (defines(vector, CvssGroup::threat)) scores.temporal = score(temporal_tenths(vector, base));
  if (defines(vector, CvssGroup::environmental)) {
    scores.environmental = score(environmental_tenths(vector));
  }
  return scores;
}

}  // namespace assay
