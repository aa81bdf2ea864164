#pragma once
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/progress.h"
#include "base/result.h"
#include "curation/set.h"
#include "evidence/advisory.h"
#include "evidence/finding.h"
#include "io/http.h"
#include "package/name.h"
#include "package/version.h"
#include "store/store.h"

namespace assay {

// Where the records came from and how old they are, for the run's first lines and the evidence.
struct AdvisoryProvenance {
  std::string name;
  std::string location;
  Time newest{};  // the newest `modified` of its records
  std::size_t records = 0;
  std::size_t malformed = 0;  // records or parts that could not be read, told in `problems`
  std::vector<std::string> problems;
  // Earlier sources, by name, each with why it was not used this time.
  struct PassedOver {
    std::string source;
    std::string why;
  };
  std::vector<PassedOver> passed_over;
  std::string digest;  // of all its records: part of the actions' keys
};

// OSV records of one source: a zip as OSV publishes it, or a folder of JSON files.
class AdvisoryDatabase {
 public:
  // The first source of the list that can be had, in order: an https URL is fetched (kept in the
  // store with its validators; offline the kept copy), a path is read. If none can be had the
  // result is an Error that says why for each: "not known" never reads as clean. A source older
  // than `max_age_days` counts as one that can't be had.
  static Result<AdvisoryDatabase> open(const std::vector<AdvisorySource>& sources,
                                       const std::filesystem::path& set_folder,
                                       std::optional<std::uint32_t> max_age_days, bool offline,
                                       HttpClient& http, Store& store, const Clock& clock,
                                       Progress& progress);
  ~AdvisoryDatabase();
  AdvisoryDatabase(AdvisoryDatabase&&) noexcept;

  const AdvisoryProvenance& provenance() const;

  // One finding for each vulnerability (records that are aliases of each other are one), with the
  // highest v3 base score among them, and its vector; a rebuilt version (.postN, +local) is also
  // judged by the upstream version it is made of.
  std::vector<Finding> findings(const Name& name, const Version& version) const;

 private:
  struct State;
  explicit AdvisoryDatabase(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// OSV's public archive for PyPI: the default source.
AdvisorySource default_advisory_source();

}  // namespace assay
