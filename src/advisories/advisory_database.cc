#include "advisories/advisory_database.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "action/action.h"
#include "advisories/advisory_index.h"
#include "advisories/advisory_records.h"
#include "advisories/vulnerability.h"
#include "base/text.h"

namespace assay {

struct AdvisoryDatabase::State {
  AdvisoryProvenance provenance;
  AdvisoryIndex index;
};

namespace {

constexpr const char* index_version = "2";  // raised when the index's form or content changes

Result<std::string> index_records(const AdvisoryRecords& records) {
  AdvisoryIndexWriter writer;
  ASSAY_CHECK(records.read(
      [&](std::string_view where, std::string_view json) { writer.add(where, json); }));
  return writer.finish();
}

// What a source knows, as of now: a record dated in the future makes it no younger, and is told.
AdvisoryProvenance provenance_of(const AdvisorySource& source, const AdvisoryCensus& census,
                                 const Digest& digest, Time now) {
  const auto future = std::ranges::upper_bound(census.modified, now);
  AdvisoryProvenance provenance{
      .name = source.name,
      .location = without_credentials(source.location),
      .newest = future == census.modified.begin() ? Time{} : *std::prev(future),
      .records = census.records,
      .malformed = census.malformed,
      .problems = census.problems,
      .passed_over = {},
      .digest = digest.hex()};
  if (const auto count = census.modified.end() - future; count > 0) {
    provenance.problems.push_back(fmt::format("{} records are dated in the future", count));
  }
  return provenance;
}

Result<> check_usable(const AdvisoryProvenance& source, std::optional<std::uint32_t> max_age_days,
                      Time now) {
  if (source.records == 0) return fail(ErrorKind::invalid_input, "it holds no OSV record");
  if (!max_age_days || now - source.newest <= std::chrono::days(*max_age_days)) return {};
  return fail(ErrorKind::invalid_input,
              fmt::format("its newest record is of {}, {} days ago; the policy allows {}",
                          format_date(date_of(source.newest)),
                          std::chrono::floor<std::chrono::days>(now - source.newest).count(),
                          *max_age_days));
}

// A record that can't be read back may hold anything: it is told as a flaw nobody scored.
Finding unreadable_finding(const Name& name, const Version& version, const Error& error) {
  return {
      .gate = "advisories",
      .rule = "advisories/unreadable",
      .severity = Severity::medium,
      .path = {},
      .message = fmt::format("what is known of {} can't be read: {}", name.str(), error.message),
      .symbol = {},
      .context = {},
      .excerpt = fmt::format("{} {}", name.str(), version.str()),
      .cwe = {},
      .aliases = {},
      .vector = {},
      .scores = {},
      .fixed_in = {}};
}

}  // namespace

Result<AdvisoryDatabase> AdvisoryDatabase::open(const std::vector<AdvisorySource>& sources,
                                                const std::filesystem::path& set_folder,
                                                std::optional<std::uint32_t> max_age_days,
                                                bool offline, HttpClient& http, Store& store,
                                                const Clock& clock, Progress& progress) {
  const AdvisoryAccess access{set_folder, offline, http, store, clock, progress};
  ActionRunner actions(store);
  const auto open_source = [&](const AdvisorySource& source) -> Result<AdvisoryDatabase> {
    ASSAY_TRY(const auto records, find_records(source, access));
    const ActionKey key{"index-advisories", index_version, {records.digest.hex()}, {}};
    ASSAY_TRY(auto text, actions.run(key, [&] { return index_records(records); }));
    ASSAY_TRY(auto index, AdvisoryIndex::read(std::move(text)));
    const Time now = clock.now();
    auto provenance = provenance_of(source, index.census(), records.digest, now);
    ASSAY_CHECK(check_usable(provenance, max_age_days, now));
    return AdvisoryDatabase(
        std::make_unique<State>(State{std::move(provenance), std::move(index)}));
  };

  std::vector<AdvisoryProvenance::PassedOver> passed_over;
  for (const AdvisorySource& source : sources) {
    auto database = open_source(source);
    if (database) {
      database->state_->provenance.passed_over = std::move(passed_over);
      return database;
    }
    passed_over.push_back({without_credentials(source.name), database.error().message});
  }
  if (passed_over.empty())
    return fail(ErrorKind::invalid_input, "no source of advisories is named");
  std::vector<std::string> causes;
  for (const auto& [source, why] : passed_over) causes.push_back(source + ": " + why);
  return fail(ErrorKind::not_found,
              fmt::format("no source of advisories can be had: {}", join(causes, "; ")));
}

AdvisoryDatabase::AdvisoryDatabase(std::unique_ptr<State> state) : state_(std::move(state)) {}
AdvisoryDatabase::~AdvisoryDatabase() = default;
AdvisoryDatabase::AdvisoryDatabase(AdvisoryDatabase&&) noexcept = default;

const AdvisoryProvenance& AdvisoryDatabase::provenance() const { return state_->provenance; }

std::vector<Finding> AdvisoryDatabase::findings(const Name& name, const Version& version) const {
  auto records = state_->index.records(name);
  if (!records) return {unreadable_finding(name, version, records.error())};
  return vulnerability_findings(*std::move(records), name, version);
}

AdvisorySource default_advisory_source() {
  return {"OSV", "https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip"};
}

}  // namespace assay
