#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "advisories/keyed_table.h"
#include "base/clock.h"
#include "base/result.h"
#include "curation/advisory_source.h"
#include "evidence/advisory.h"
#include "evidence/urgency.h"
#include "package/name.h"

namespace assay {

// What reading a source came to.
struct SourceCensus {
  AdvisorySource::Kind kind = AdvisorySource::Kind::guessed;
  std::size_t records = 0;
  std::size_t malformed = 0;          // faults, in records or of whole ones
  std::vector<std::string> problems;  // the first of them in words
  std::optional<Time> dated;          // its own date; nothing for OSV records, see newest()
};

// A source's facts, by package or by CVE id, in one table that is kept and searched where it lies.
class SourceIndex {
 public:
  // internal if it is none of write_source_index().
  static Result<SourceIndex> read(KeyedTable table);

  const SourceCensus& census() const { return census_; }
  // How new what it tells is, as of now: a record that is dated in the future makes it no younger.
  Time newest(Time now) const;
  std::size_t dated_after(Time now) const;  // records of the future

  // OSV. The records that name the package, in their source's order.
  Result<std::vector<Advisory>> records(const Name& name) const;
  // The packages of the records that have the id or alias.
  std::vector<Name> packages_of(std::string_view id) const;
  std::vector<Name> packages() const;

  // NVD. What it has of the id, as a record that affects no package.
  Result<std::optional<Advisory>> scores(std::string_view cve) const;
  // KEV and EPSS. Empty if it has nothing of the id.
  Result<Urgency> urgency(std::string_view cve) const;

 private:
  KeyedTable table_;
  SourceCensus census_;
};

// A file of a source, with its name and its text.
using SourceFiles =
    std::function<Result<>(const std::function<Result<>(std::string_view, std::string_view)>&)>;

// Reads a source's files, of the kind that is said or shown by the first, into the bytes of a
// SourceIndex. invalid_input where what it says can't be known: a schema of an unknown version, part
// of a whole.
Result<std::string> write_source_index(AdvisorySource::Kind kind, const SourceFiles& files);

}  // namespace assay
