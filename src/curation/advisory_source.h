#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "curation/table_reader.h"

namespace assay {

// Something that tells of vulnerabilities and that the set trusts. All of a set's sources count
// together.
struct AdvisorySource {
  enum class Kind {
    guessed,  // from what is read
    osv,      // OSV records: which versions have which vulnerability
    nvd,      // NVD's CVE API 2.0: scores and weakness classes of CVE ids
    kev,      // CISA's catalogue of vulnerabilities that are known to be exploited
    epss,     // FIRST's daily estimates of how likely a CVE is to be exploited
  };

  std::string name;  // for the report
  // An https URL, or a path (absolute, or relative to the set's folder), and its mirrors: the first
  // that can be had is read.
  std::vector<std::string> locations;
  Kind kind = Kind::guessed;
  std::string licence;                        // of the data, in words; "" if nobody said
  std::optional<std::uint32_t> max_age_days;  // instead of the policy's
  bool required = true;                       // without it nothing is judged
  std::string sha256;                         // of the file, 64 digits; "" if it may change
};

std::string_view to_string(AdvisorySource::Kind kind);
Result<AdvisorySource::Kind> parse_source_kind(std::string_view text);

// Who can change an advisory on its way can hide it, so plain http is for this machine alone.
bool may_carry_advisories(std::string_view url);
bool is_url(std::string_view location);

// [advisories] of the set file.
void read_advisories(TableReader& table, std::vector<AdvisorySource>& sources);

}  // namespace assay
