#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/text.h"
#include "evidence/cvss.h"
#include "evidence/cvss_metrics.h"

namespace assay {

namespace {

std::string_view words_of(const CvssMetric& metric, std::string_view value) {
  for (const CvssValue& one : metric.values) {
    if (one.name == value) return one.words;
  }
  return {};
}

// "a, b and c"
std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  }
  return text;
}

// "high impact on confidentiality and integrity, no impact on availability"
std::string impact_in_words(const CvssVector& vector, CvssGroup group) {
  struct Extent {
    std::string_view words;  // "high"
    std::vector<std::string> what;
  };
  std::vector<Extent> extents;
  for (const CvssMetric& metric : cvss_metrics(vector.version())) {
    if (metric.group != group) continue;
    const auto words = words_of(metric, vector.value(metric.name));
    if (extents.empty() || extents.back().words != words) extents.push_back({words, {}});
    extents.back().what.emplace_back(metric.words);
  }
  if (extents.size() == 1 && extents[0].words == "none") return "no impact";
  std::vector<std::string> parts;
  for (const Extent& extent : extents) {
    parts.push_back(fmt::format("{} impact on {}", extent.words == "none" ? "no" : extent.words,
                                listed(extent.what)));
  }
  return join(parts, ", ");
}

}  // namespace

std::string CvssVector::in_words() const {
  std::vector<std::string> how;
  std::vector<std::string> others;
  for (const CvssMetric& metric : cvss_metrics(version_)) {
    const auto words = words_of(metric, value(metric.name));
    if (words.empty()) continue;
    if (metric.group == CvssGroup::exploitability) how.emplace_back(words);
    if (!is_base(metric.group)) others.push_back(fmt::format("{}: {}", metric.words, words));
  }
  std::string text = join(how, ", ") + "; " + impact_in_words(*this, CvssGroup::impact);
  if (version_ == CvssVersion::v4_0) {
    text += "; on other systems " + impact_in_words(*this, CvssGroup::subsequent_impact);
  }
  return others.empty() ? text : text + "; " + join(others, ", ");
}

}  // namespace assay
