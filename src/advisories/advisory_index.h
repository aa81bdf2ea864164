#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "evidence/advisory.h"
#include "package/name.h"

namespace assay {

// What reading a source's records came to.
struct AdvisoryCensus {
  std::size_t records = 0;
  std::size_t malformed = 0;          // faults, in records or of whole ones
  std::vector<std::string> problems;  // the first of them in words
  std::vector<Time> modified;         // every `modified`, in order
};

// Gathers records and writes them by package: only the facts that findings are made of, so that a
// later run reads a few records instead of all.
class AdvisoryIndexWriter {
 public:
  // `where` is the file it comes from. What is no record is counted and told.
  void add(std::string_view where, std::string_view json);
  // A line of JSON (the census and each package's place), then the records, a line each.
  std::string finish();

 private:
  void tell(std::string problem);

  AdvisoryCensus census_;
  std::map<Name, std::string> lines_;
};

// The written form, read in place.
class AdvisoryIndex {
 public:
  // internal if it was not written by an AdvisoryIndexWriter.
  static Result<AdvisoryIndex> read(std::string text);

  const AdvisoryCensus& census() const { return census_; }
  // The records that name the package, withdrawn ones left out.
  Result<std::vector<Advisory>> records(const Name& name) const;

 private:
  std::string text_;
  std::size_t body_ = 0;
  AdvisoryCensus census_;
  std::map<std::string, std::pair<std::size_t, std::size_t>, std::less<>> places_;  // offset, size
};

}  // namespace assay
