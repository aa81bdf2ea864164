#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"

namespace assay {

// How pressing a vulnerability is beyond its score: what is known of its use by attackers. It raises
// urgency and never lowers it.
struct Urgency {
  // By CISA's catalogue of known exploited vulnerabilities (KEV).
  struct Exploited {
    Date since{};             // when it came into the catalogue
    std::optional<Date> due;  // by when CISA's directive wants it remedied
    bool ransomware = false;  // known to be used for it
    bool operator==(const Exploited&) const = default;
  };
  // By FIRST's Exploit Prediction Scoring System (EPSS).
  struct Predicted {
    double probability = 0;  // of exploitation in the next 30 days, from 0 to 1
    double percentile = 0;   // the share of CVEs that are no more likely, from 0 to 1
    Date date{};             // of the estimate
    bool operator==(const Predicted&) const = default;
  };

  std::optional<Exploited> exploited;
  std::optional<Predicted> predicted;
  std::vector<std::string> not_known;  // sources that a set trusts and that could not be asked

  bool empty() const { return !exploited && !predicted && not_known.empty(); }
  // What either says, the more pressing where both do: a vulnerability may have several CVE ids.
  void add(const Urgency& other);
  bool operator==(const Urgency&) const = default;
};

// "known to be exploited since 2024-05-01, EPSS 94 % (97th percentile)"; "" if it is empty.
std::string in_words(const Urgency& urgency);

Json to_json(const Urgency& urgency);
Result<Urgency> urgency_from_json(const Json& json);

}  // namespace assay
