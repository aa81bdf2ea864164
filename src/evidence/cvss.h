#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "evidence/finding.h"

namespace assay {

enum class CvssVersion : std::uint8_t { v2_0, v3_0, v3_1, v4_0 };

std::string_view to_string(CvssVersion version);  // "3.1"

// Scores from 0.0 to 10.0, in tenths. Version 4.0 has one score, which is `base` here whatever groups
// of metrics went into it. Versions 3.0 and 3.1 always have all three, since a metric that is not
// defined changes nothing. Version 2.0 has a temporal or environmental score only where a metric of
// that group is defined (guide, section 3.2).
struct CvssScores {
  double base = 0;
  std::optional<double> temporal;
  std::optional<double> environmental;
};

// A vector of CVSS 2.0, 3.0, 3.1 or 4.0: what was said of a flaw, from which its scores follow.
// docs/decisions/0011-cvss-scores.md tells where sources and specifications leave room.
class CvssVector {
 public:
  // invalid_input for another version, and for a metric that is unknown, has an unknown value, is
  // given twice, or is missing though mandatory; the message names it. A vector of version 2.0 may
  // stand in parentheses. Metrics may come in any order: version 3.1 says so (section 6); of 4.0,
  // which wants its own (section 7), sources publish others, and no order changes what is meant.
  static Result<CvssVector> parse(std::string_view text);

  CvssVersion version() const { return version_; }
  CvssScores scores() const;
  // Version 4.0's name for what went into the score (section 1.3): "CVSS-B", "CVSS-BT", "CVSS-BE",
  // "CVSS-BTE". "" for other versions.
  std::string nomenclature() const;
  // "over the network, low complexity, no privileges, no user interaction, scope unchanged; high
  // impact on confidentiality, no impact on integrity and availability"
  std::string in_words() const;

  // A metric's value as written; "" if it is not given or explicitly not defined (X, ND).
  std::string_view value(std::string_view metric) const;

 private:
  static constexpr std::size_t most_metrics = 32;  // version 4.0 has so many
  static constexpr std::uint8_t not_given = 255;

  explicit CvssVector(CvssVersion version) : version_(version) { values_.fill(not_given); }
  Result<> read_metric(std::string_view field);
  Result<> check_complete() const;

  CvssVersion version_;
  std::array<std::uint8_t, most_metrics> values_;  // by the order of cvss_metrics()
};

// The words of a version's own scale: 3.1, section 5; 4.0, section 6; NVD's for 2.0, which defines
// none and whose highest is high.
Severity cvss_severity(CvssVersion version, double score);
// Of a score by the scale of the vector that it comes from; nothing if that can't be read.
std::optional<Severity> cvss_severity(std::string_view vector, double score);

}  // namespace assay
