#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "evidence/cvss.h"

namespace assay {

// What a metric is for.
enum class CvssGroup : std::uint8_t {
  exploitability,     // of the base metrics: how the flaw is reached
  impact,             // of the base metrics: what it does to the system that has it
  subsequent_impact,  // version 4.0: what it does to other systems
  threat,             // temporal in versions 2 and 3
  environmental,
  supplemental  // version 4.0: changes no score
};

constexpr bool is_base(CvssGroup group) { return group <= CvssGroup::subsequent_impact; }

struct CvssValue {
  std::string_view name;   // "N"
  std::string_view words;  // of an exploitability metric a phrase, "over the network"; else "none"
};

struct CvssMetric {
  std::string_view name;   // "AV"
  std::string_view words;  // "attack vector"
  CvssGroup group;
  std::span<const CvssValue> values;
};

// The metrics of a version in the order in which its specification wants them written.
std::span<const CvssMetric> cvss_metrics(CvssVersion version);

// Whether the value says only that nothing is said.
constexpr bool is_undefined(std::string_view value) { return value == "X" || value == "ND"; }

}  // namespace assay
