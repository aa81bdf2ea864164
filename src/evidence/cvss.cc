#include "evidence/cvss.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/text.h"
#include "evidence/cvss_equations.h"
#include "evidence/cvss_metrics.h"
#include "evidence/enum_names.h"

namespace assay {

namespace {

constexpr EnumNames<4> versions{"2.0", "3.0", "3.1", "4.0"};
constexpr std::size_t length_limit = 256;  // all metrics of version 4.0 take less than 200

std::unexpected<Error> refuse(std::string_view vector, std::string_view why) {
  return fail(ErrorKind::invalid_input, fmt::format("not a CVSS vector ({}): {}", why,
                                                    printable(vector.substr(0, 120))));
}

struct Form {
  CvssVersion version;
  std::string_view metrics;
};

// Version 2.0's vectors have no prefix, and may stand in parentheses (guide, section 2.4).
Result<Form> form_of(std::string_view text) {
  constexpr std::string_view prefix = "CVSS:";
  if (!text.starts_with(prefix)) {
    if (!text.starts_with('(')) return Form{CvssVersion::v2_0, text};
    if (!text.ends_with(')')) {
      return fail(ErrorKind::invalid_input, "its parenthesis is not closed");
    }
    return Form{CvssVersion::v2_0, text.substr(1, text.size() - 2)};
  }
  const auto slash = std::min(text.find('/'), text.size());
  const auto written = text.substr(prefix.size(), slash - prefix.size());
  const auto version = value_of<CvssVersion>(versions, written, "version");
  if (!version || *version == CvssVersion::v2_0) {
    return fail(ErrorKind::invalid_input, "no version of CVSS that is known");
  }
  return Form{*version, text.substr(std::min(slash + 1, text.size()))};
}

}  // namespace

std::string_view to_string(CvssVersion version) { return name_of(versions, version); }

Result<> CvssVector::read_metric(std::string_view field) {
  const auto colon = std::min(field.find(':'), field.size());
  const auto name = field.substr(0, colon);
  const auto metrics = cvss_metrics(version_);
  const auto metric = std::ranges::find(metrics, name, &CvssMetric::name);
  if (metric == metrics.end()) {
    return fail(ErrorKind::invalid_input,
                fmt::format("an unknown metric \"{}\"", printable(name.substr(0, 20))));
  }
  const auto written = field.substr(std::min(colon + 1, field.size()));
  const auto value = std::ranges::find(metric->values, written, &CvssValue::name);
  if (value == metric->values.end()) {
    return fail(ErrorKind::invalid_input, fmt::format("an unknown value of {}", name));
  }
  auto& place = values_[static_cast<std::size_t>(metric - metrics.begin())];
  if (place != not_given) {
    return fail(ErrorKind::invalid_input, fmt::format("{} is given twice", name));
  }
  place = static_cast<std::uint8_t>(value - metric->values.begin());
  return {};
}

Result<> CvssVector::check_complete() const {
  std::vector<std::string> missing;
  const auto metrics = cvss_metrics(version_);
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    if (is_base(metrics[i].group) && values_[i] == not_given) {
      missing.emplace_back(metrics[i].name);
    }
  }
  if (missing.empty()) return {};
  return fail(ErrorKind::invalid_input, fmt::format("{} missing", join(missing, ", ")));
}

Result<CvssVector> CvssVector::parse(std::string_view text) {
  if (text.size() > length_limit) return refuse(text, "too long");
  const auto form = form_of(text);
  if (!form) return refuse(text, form.error().message);
  CvssVector vector(form->version);
  for (const auto field : split(form->metrics, '/')) {
    const auto read = vector.read_metric(field);
    if (!read) return refuse(text, read.error().message);
  }
  const auto whole = vector.check_complete();
  if (!whole) return refuse(text, whole.error().message);
  return vector;
}

std::string_view CvssVector::value(std::string_view name) const {
  const auto metrics = cvss_metrics(version_);
  const auto metric = std::ranges::find(metrics, name, &CvssMetric::name);
  if (metric == metrics.end()) return {};
  const auto value = values_[static_cast<std::size_t>(metric - metrics.begin())];
  if (value == not_given) return {};
  const auto text = metric->values[value].name;
  return is_undefined(text) ? std::string_view() : text;
}

CvssScores CvssVector::scores() const {
  if (version_ == CvssVersion::v2_0) return cvss2_scores(*this);
  if (version_ != CvssVersion::v4_0) return cvss3_scores(*this);
  return {.base = cvss4_score(*this), .temporal = {}, .environmental = {}};
}

std::string CvssVector::nomenclature() const {
  if (version_ != CvssVersion::v4_0) return {};
  const auto defines = [&](CvssGroup group) {
    return std::ranges::any_of(cvss_metrics(version_), [&](const CvssMetric& metric) {
      return metric.group == group && !value(metric.name).empty();
    });
  };
  return fmt::format("CVSS-B{}{}", defines(CvssGroup::threat) ? "T" : "",
                     defines(CvssGroup::environmental) ? "E" : "");
}

Severity cvss_severity(CvssVersion version, double score) {
  const long tenths = std::lround(score * 10);
  if (version == CvssVersion::v2_0) {
    return tenths >= 70 ? Severity::high : tenths >= 40 ? Severity::medium : Severity::low;
  }
  if (tenths >= 90) return Severity::critical;
  if (tenths >= 70) return Severity::high;
  if (tenths >= 40) return Severity::medium;
  return tenths >= 1 ? Severity::low : Severity::none;
}

std::optional<Severity> cvss_severity(std::string_view vector, double score) {
  const auto read = CvssVector::parse(vector);
  return read ? std::optional(cvss_severity(read->version(), score)) : std::nullopt;
}

}  // namespace assay
