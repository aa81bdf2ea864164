#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "advisories/source_content.h"
#include "advisories/vulnerability.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "curation/advisory_source.h"
#include "evidence/finding.h"
#include "package/name.h"
#include "package/version.h"

namespace assay {

// A source and what came of it, for the run's first lines and the evidence.
struct AdvisoryProvenance {
  std::string name;
  AdvisorySource::Kind kind = AdvisorySource::Kind::guessed;
  std::string location;  // the one that was read
  std::string licence;
  Time newest{};                // its newest `modified`, or the date that it bears itself
  std::optional<Time> fetched;  // when it was last fetched or found unchanged
  std::size_t records = 0;
  std::size_t malformed = 0;  // records or parts that could not be read, told in `problems`
  std::vector<std::string> problems;
  // Earlier locations of it, each with why it was not used this time.
  struct PassedOver {
    std::string source;
    std::string why;
  };
  std::vector<PassedOver> passed_over;
  std::string digest;       // of all it holds
  std::string not_known;    // why nothing of it is known, where it isn't required; else ""
  std::string kept_because;  // why it is the copy of `fetched` and no newer one; else ""

  // Whether it may tell of versions that no other source does: of a source that was not read, where its
  // kind does not say otherwise.
  bool may_have_records() const {
    return kind == AdvisorySource::Kind::osv || kind == AdvisorySource::Kind::guessed;
  }
};

// Its one JSON form.
Json to_json(const AdvisoryProvenance& source);
// What a person should know of it beside what it is, a sentence each: what was passed over, why it is an
// earlier copy, that nothing of it is known, what could not be read.
std::vector<std::string> warnings_of(const AdvisoryProvenance& source);

// A vulnerability with all that the sources say of it.
struct KnownVulnerability {
  std::vector<Advisory> records;  // the one that names it first; withdrawn ones too
  Urgency urgency;

  const std::string& id() const { return records.front().id; }
};

// All sources that a set trusts, together: OSV records say what is affected, NVD adds scores, KEV and
// EPSS tell how pressing it is.
class AdvisoryDatabase {
 public:
  // Of each source the first location that can be had. A source that can't be had, is too old (by
  // `max_age_days` where it does not say itself), cut off, of an unknown form or not the one that is
  // pinned makes the result an Error that says why: "not known" never reads as clean. Where it isn't
  // required its provenance says so, and one of OSV records must be left.
  static Result<AdvisoryDatabase> open(const std::vector<AdvisorySource>& sources,
                                       std::optional<std::uint32_t> max_age_days,
                                       const SourceAccess& access);
  ~AdvisoryDatabase();
  AdvisoryDatabase(AdvisoryDatabase&&) noexcept;

  const std::vector<AdvisoryProvenance>& sources() const;
  Time newest() const;  // of its OSV records
  // Which sources that may tell of affected versions could not be had, with why; "" if all could. What
  // is not found then is not known to be free of flaws.
  std::string not_known() const;

  // PackageFlaws::findings() of the package. Where what is known can't be read back, a finding says so.
  std::vector<Finding> findings(const Name& name, const Version& version) const;
  // All that is known against a package.
  Result<PackageFlaws> flaws(const Name& name) const;

  // Every vulnerability that a package has or had.
  Result<std::vector<KnownVulnerability>> vulnerabilities(const Name& name) const;
  // The one with this id or alias, whichever case it is written in; nothing if no source knows it.
  // What only NVD knows has one record, which affects no package.
  Result<std::optional<KnownVulnerability>> find(std::string_view id) const;
  std::vector<Name> packages() const;  // that records name

 private:
  struct State;
  explicit AdvisoryDatabase(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// OSV's public archive for PyPI, and, as long as they can be had, CISA's list of what is exploited and
// FIRST's estimates.
std::vector<AdvisorySource> default_advisory_sources();

}  // namespace assay
