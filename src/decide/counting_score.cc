#include "decide/counting_score.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/text.h"
#include "evidence/cvss.h"

namespace assay {

namespace {

// CVSS scores are tenths (v3.1, section 7.1): what the computation left behind them is cut off.
double tenths(double score) { return std::round(score * 10) / 10; }

// Each version's highest score, the highest first; of equal ones the newer version's. Evidence of
// before there were many has one score.
std::vector<FindingScore> by_version(const Finding& finding) {
  auto scores = finding.scores;
  if (scores.empty() && finding.score >= 0) {
    const auto vector = CvssVector::parse(finding.vector);
    scores.push_back({.score = finding.score,
                      .version = vector ? std::string(to_string(vector->version())) : "",
                      .vector = finding.vector,
                      .source = {}});
  }
  for (auto& score : scores) score.score = tenths(score.score);
  std::ranges::stable_sort(scores, [](const FindingScore& left, const FindingScore& right) {
    return std::tie(left.score, left.version) > std::tie(right.score, right.version);
  });
  std::vector<FindingScore> highest;
  for (auto& score : scores) {
    if (std::ranges::find(highest, score.version, &FindingScore::version) == highest.end()) {
      highest.push_back(std::move(score));
    }
  }
  return highest;
}

bool is_refused(double score, const Policy::Advisories& policy) {
  return score > policy.refuse_above ||
         (score == policy.refuse_above && policy.at_threshold == "refuse");
}

}  // namespace

CountingScore counting_score(const Finding& finding, const Policy::Advisories& policy) {
  const auto scores = by_version(finding);
  if (scores.empty()) return {};
  auto counts = scores.begin();
  std::string why = "the highest counts";
  if (policy.score == "newest") {
    counts = std::ranges::max_element(scores, {}, &FindingScore::version);
    why = "the newest version counts";
  } else if (const auto named = std::ranges::find(scores, policy.score, &FindingScore::version);
             named != scores.end()) {
    counts = named;
    why = fmt::format("CVSS {} counts", policy.score);
  }
  CountingScore counting{.scored = true,
                         .score = counts->score,
                         .version = counts->version,
                         .vector = counts->vector,
                         .refused = is_refused(counts->score, policy),
                         .at_threshold = counts->score == policy.refuse_above,
                         .disagreement = {}};
  const bool agree = std::ranges::all_of(scores, [&](const FindingScore& score) {
    return is_refused(score.score, policy) == counting.refused;
  });
  if (agree) return counting;
  std::vector<std::string> told;
  for (const auto& score : scores) {
    told.push_back(fmt::format("{:.1f} by CVSS {}", score.score, score.version));
  }
  counting.disagreement = fmt::format("{}; {}", join(told, ", "), why);
  return counting;
}

}  // namespace assay
