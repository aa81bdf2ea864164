#include "advisories/advisory_database.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "action/action.h"
#include "advisories/nvd_api.h"
#include "advisories/osv_changes.h"
#include "advisories/source_reader.h"
#include "base/text.h"
#include "io/mapped_file.h"

namespace assay {

namespace {

using Kind = AdvisorySource::Kind;

constexpr const char* index_version = "4";  // raised when the index's form or content changes

struct OpenSource {
  AdvisoryProvenance provenance;
  std::optional<SourceIndex> index;  // nothing: not known
};

Result<SourceIndex> index_of(const SourceContent& content, Kind kind, Store& store) {
  ActionRunner actions(store);
  const ActionKey key{"index-advisories",
                      index_version,
                      {content.digest.hex()},
                      {std::string(to_string(kind))}};
  ASSAY_TRY(const Digest blob,
            actions.run_to_blob(key, [&] { return write_source_index(kind, content.read); }));
  ASSAY_TRY(auto file, MappedFile::open(store.blobs.path_of(blob)));
  ASSAY_TRY(auto table, KeyedTable::open(std::move(file)));
  return SourceIndex::read(std::move(table));
}

AdvisoryProvenance provenance_of(const AdvisorySource& source, const std::string& location,
                                 const SourceContent& content, const SourceIndex& index, Time now) {
  const auto& census = index.census();
  AdvisoryProvenance provenance{.name = without_credentials(source.name),
                                .kind = census.kind,
                                .location = without_credentials(location),
                                .licence = source.licence,
                                .newest = index.newest(now),
                                .fetched = content.fetched,
                                .records = census.records,
                                .malformed = census.malformed,
                                .problems = census.problems,
                                .passed_over = {},
                                .digest = content.digest.hex(),
                                .not_known = {},
                                .kept_because = content.kept_because};
  if (const auto count = index.dated_after(now); count > 0) {
    provenance.problems.push_back(fmt::format("{} records are dated in the future", count));
  }
  return provenance;
}

Result<> check_usable(const AdvisoryProvenance& source, std::optional<std::uint32_t> max_age_days,
                      Time now) {
  if (source.records == 0) {
    return fail(ErrorKind::invalid_input,
                source.kind == Kind::osv ? "it holds no OSV record" : "it holds nothing");
  }
  if (!max_age_days || now - source.newest <= std::chrono::days(*max_age_days)) return {};
  return fail(ErrorKind::invalid_input,
              fmt::format("its newest record is of {}, {} days ago; the policy allows {}",
                          format_date(date_of(source.newest)),
                          std::chrono::floor<std::chrono::days>(now - source.newest).count(),
                          *max_age_days));
}

Result<> check_pin(const AdvisorySource& source, const SourceContent& content) {
  if (source.sha256.empty()) return {};
  if (!content.one_file) {
    return fail(ErrorKind::invalid_input, "sha256 pins a file, and this is none");
  }
  if (content.digest.hex() == source.sha256) return {};
  return fail(ErrorKind::invalid_input, fmt::format("its SHA-256 is {} and not the one that is pinned",
                                                    content.digest.hex()));
}

// Where a service has a way of its own to say what changed, that is used; a file that is pinned is
// that file and no other.
Result<SourceContent> find_content(const AdvisorySource& source, const std::string& location,
                                   const SourceAccess& access) {
  const bool may_be_asked = may_carry_advisories(location);
  if (may_be_asked && is_nvd_api(location)) return content_of_nvd_api(location, access);
  if (may_be_asked && source.sha256.empty() && is_osv_archive(location)) {
    return content_of_osv_archive(location, access);
  }
  return find_file(location, access);
}

Result<OpenSource> open_content(const AdvisorySource& source, const std::string& location,
                                const SourceContent& content, std::optional<std::uint32_t> max_age_days,
                                const SourceAccess& access) {
  ASSAY_CHECK(check_pin(source, content));
  ASSAY_TRY(auto index, index_of(content, source.kind, access.store));
  const Time now = access.clock.now();
  auto provenance = provenance_of(source, location, content, index, now);
  ASSAY_CHECK(check_usable(provenance, max_age_days, now));
  return OpenSource{std::move(provenance), std::move(index)};
}

// What is wrong with the machine is no reason to do without a source.
bool is_the_sources_fault(ErrorKind kind) {
  return kind != ErrorKind::cancelled && kind != ErrorKind::internal;
}

// An answer that is no good, though the server gave it as one, replaces nothing: the copy that was kept
// before is used, and how old it is counts.
Result<OpenSource> open_at(const AdvisorySource& source, const std::string& location,
                           std::optional<std::uint32_t> max_age_days, const SourceAccess& access) {
  ASSAY_TRY(const auto content, find_content(source, location, access));
  auto opened = open_content(source, location, content, max_age_days, access);
  if (!content.keep) return opened;
  if (opened) {
    ASSAY_CHECK(content.keep());
    return opened;
  }
  if (!is_the_sources_fault(opened.error().kind)) return opened;
  SourceAccess to_what_is_kept = access;
  to_what_is_kept.offline = true;
  auto kept = find_content(source, location, to_what_is_kept);
  if (!kept) return opened;
  kept->kept_because = "what it answered is no good: " + opened.error().message;
  auto earlier = open_content(source, location, *kept, max_age_days, access);
  return earlier ? std::move(earlier) : std::move(opened);
}

Result<OpenSource> open_source(const AdvisorySource& source,
                               std::optional<std::uint32_t> max_age_days,
                               const SourceAccess& access) {
  std::vector<AdvisoryProvenance::PassedOver> passed_over;
  std::vector<std::string> causes;
  for (const auto& location : source.locations) {
    auto opened = open_at(source, location, max_age_days, access);
    if (opened) {
      opened->provenance.passed_over = std::move(passed_over);
      return opened;
    }
    if (!is_the_sources_fault(opened.error().kind)) return opened;
    const auto place = without_credentials(location);
    causes.push_back(source.locations.size() == 1 ? opened.error().message
                                                  : place + ": " + opened.error().message);
    passed_over.push_back({place, std::move(opened.error().message)});
  }
  const auto why = causes.empty() ? "it has no location" : join(causes, "; ");
  const auto name = without_credentials(source.name);
  if (source.required) return fail(ErrorKind::not_found, fmt::format("{}: {}", name, why));
  return OpenSource{{.name = name, .kind = source.kind, .licence = source.licence, .not_known = why},
                    std::nullopt};
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
      .fixed_in = {},
      .affected = {}};
}

// A record that several sources have counts as it was changed last.
void add_record(std::map<std::string, Advisory>& records, Advisory record) {
  const auto place = records.find(record.id);
  if (place == records.end()) {
    auto id = record.id;
    records.emplace(std::move(id), std::move(record));
    return;
  }
  Advisory& known = place->second;
  const auto later = [](const Advisory& one) { return one.modified.value_or(Time{}); };
  const std::string sources = known.source == record.source
                                  ? known.source
                                  : known.source + ", " + record.source;
  if (later(record) > later(known)) known = std::move(record);
  known.source = sources;
}

std::set<std::string> cve_ids(const std::vector<Advisory>& records) {
  std::set<std::string> ids;
  for (const Advisory& record : records) {
    if (is_cve(record.id)) ids.insert(record.id);
    for (const auto& alias : record.aliases) {
      if (is_cve(alias)) ids.insert(alias);
    }
  }
  return ids;
}

}  // namespace

Json to_json(const AdvisoryProvenance& source) {
  Json json{{"source", source.name}, {"kind", to_string(source.kind)}, {"licence", source.licence}};
  if (!source.not_known.empty()) {
    json["not-known"] = source.not_known;
    return json;
  }
  Json passed_over = Json::array();
  for (const auto& [location, why] : source.passed_over) {
    passed_over.push_back({{"location", location}, {"why", why}});
  }
  json["location"] = source.location;
  json["newest-record"] = format_time(source.newest);
  if (source.fetched) json["fetched"] = format_time(*source.fetched);
  if (!source.kept_because.empty()) json["kept-because"] = source.kept_because;
  json["records"] = source.records;
  json["malformed"] = source.malformed;
  json["problems"] = source.problems;
  json["passed-over"] = std::move(passed_over);
  json["digest"] = source.digest;
  return json;
}

std::vector<std::string> warnings_of(const AdvisoryProvenance& source) {
  std::vector<std::string> all;
  for (const auto& [location, why] : source.passed_over) {
    all.push_back(fmt::format("{}: passed over {}: {}", source.name, location, why));
  }
  if (!source.not_known.empty()) {
    all.push_back(fmt::format("what {} says is not known: {}", source.name, source.not_known));
  }
  if (!source.kept_because.empty()) {
    all.push_back(fmt::format("{}: {}: {}; the copy of {} is used", source.name, source.location,
                              source.kept_because, format_time(source.fetched.value_or(Time{}))));
  }
  if (source.malformed > 0) {
    const auto first = source.problems.empty() ? "" : "; the first: " + source.problems.front();
    all.push_back(fmt::format("{}: {} could not be read{}", source.name, counted(source.malformed, "part"), first));
  }
  return all;
}

struct AdvisoryDatabase::State {
  std::vector<SourceIndex> osv, nvd, urgency;
  std::vector<std::string> names_of_osv, names_of_nvd;
  std::vector<std::string> not_known;  // sources of urgency or scores that could not be had
  std::vector<std::string> without;    // those of records, with why
  std::vector<AdvisoryProvenance> sources;

  void add(OpenSource opened);
  Result<std::vector<Advisory>> records(const Name& name) const;
  Result<> add_scores(const std::set<std::string>& cves, std::vector<Advisory>& records) const;
  Result<Urgency> urgency_of(const std::set<std::string>& cves) const;
  Result<std::vector<KnownVulnerability>> known(std::vector<Advisory> records) const;
};

void AdvisoryDatabase::State::add(OpenSource opened) {
  const auto& provenance = opened.provenance;
  if (!opened.index) {
    if (provenance.kind != Kind::osv) not_known.push_back(provenance.name);
    if (provenance.may_have_records()) without.push_back(provenance.name + ": " + provenance.not_known);
  } else if (provenance.kind == Kind::osv) {
    osv.push_back(*std::move(opened.index));
    names_of_osv.push_back(provenance.name);
  } else if (provenance.kind == Kind::nvd) {
    nvd.push_back(*std::move(opened.index));
    names_of_nvd.push_back(provenance.name);
  } else {
    urgency.push_back(*std::move(opened.index));
  }
  sources.push_back(std::move(opened.provenance));
}

Result<std::vector<Advisory>> AdvisoryDatabase::State::records(const Name& name) const {
  std::map<std::string, Advisory> by_id;
  for (std::size_t i = 0; i < osv.size(); ++i) {
    ASSAY_TRY(auto records, osv[i].records(name));
    for (Advisory& record : records) {
      record.source = names_of_osv[i];
      add_record(by_id, std::move(record));
    }
  }
  std::vector<Advisory> all;
  for (auto& [id, record] : by_id) all.push_back(std::move(record));
  ASSAY_CHECK(add_scores(cve_ids(all), all));
  return all;
}

// They are records that affect nothing, and join the others by their id.
Result<> AdvisoryDatabase::State::add_scores(const std::set<std::string>& cves,
                                             std::vector<Advisory>& records) const {
  for (std::size_t i = 0; i < nvd.size(); ++i) {
    for (const auto& cve : cves) {
      ASSAY_TRY(auto scores, nvd[i].scores(cve));
      if (!scores) continue;
      scores->source = names_of_nvd[i];
      records.push_back(*std::move(scores));
    }
  }
  return {};
}

Result<Urgency> AdvisoryDatabase::State::urgency_of(const std::set<std::string>& cves) const {
  Urgency all;
  if (cves.empty()) return all;  // nothing that they could tell of
  all.not_known = not_known;
  for (const auto& index : urgency) {
    for (const auto& cve : cves) {
      ASSAY_TRY(const auto one, index.urgency(cve));
      all.add(one);
    }
  }
  return all;
}

Result<std::vector<KnownVulnerability>> AdvisoryDatabase::State::known(
    std::vector<Advisory> records) const {
  std::vector<KnownVulnerability> all;
  for (auto& cluster : cluster_by_alias(std::move(records))) {
    const auto first = std::ranges::find(cluster, representative(cluster).id, &Advisory::id);
    std::rotate(cluster.begin(), first, first + 1);
    ASSAY_TRY(auto pressing, urgency_of(cve_ids(cluster)));
    all.push_back({std::move(cluster), std::move(pressing)});
  }
  std::ranges::sort(all, {}, &KnownVulnerability::id);
  return all;
}

Result<AdvisoryDatabase> AdvisoryDatabase::open(const std::vector<AdvisorySource>& sources,
                                                std::optional<std::uint32_t> max_age_days,
                                                const SourceAccess& access) {
  auto state = std::make_unique<State>();
  for (const AdvisorySource& source : sources) {
    const auto oldest = source.max_age_days ? source.max_age_days : max_age_days;
    auto opened = open_source(source, oldest, access);
    if (!opened) return std::unexpected(std::move(opened).error());
    state->add(*std::move(opened));
  }
  if (state->osv.empty()) {
    const std::string why = state->without.empty() ? "" : ": " + join(state->without, "; ");
    return fail(ErrorKind::not_found, "no source of OSV records can be had" + why);
  }
  return AdvisoryDatabase(std::move(state));
}

AdvisoryDatabase::AdvisoryDatabase(std::unique_ptr<State> state) : state_(std::move(state)) {}
AdvisoryDatabase::~AdvisoryDatabase() = default;
AdvisoryDatabase::AdvisoryDatabase(AdvisoryDatabase&&) noexcept = default;

const std::vector<AdvisoryProvenance>& AdvisoryDatabase::sources() const {
  return state_->sources;
}

Time AdvisoryDatabase::newest() const {
  Time newest{};
  for (const auto& source : state_->sources) {
    if (source.kind == Kind::osv) newest = std::max(newest, source.newest);
  }
  return newest;
}

std::string AdvisoryDatabase::not_known() const { return join(state_->without, "; "); }

std::vector<Finding> AdvisoryDatabase::findings(const Name& name, const Version& version) const {
  const auto known = flaws(name);
  return known ? known->findings(version) : std::vector{unreadable_finding(name, version, known.error())};
}

Result<PackageFlaws> AdvisoryDatabase::flaws(const Name& name) const {
  ASSAY_TRY(auto records, state_->records(name));
  return PackageFlaws::of(name, std::move(records), [&](const Vulnerability& records_of_one) {
    return state_->urgency_of(cve_ids(records_of_one));
  });
}

Result<std::vector<KnownVulnerability>> AdvisoryDatabase::vulnerabilities(const Name& name) const {
  ASSAY_TRY(auto records, state_->records(name));
  return state_->known(std::move(records));
}

Result<std::optional<KnownVulnerability>> AdvisoryDatabase::find(std::string_view id) const {
  std::set<Name> names;
  for (const auto& index : state_->osv) {
    for (auto& name : index.packages_of(id)) names.insert(std::move(name));
  }
  // A record of several packages is in each one's lines with its own part.
  std::map<std::string, Advisory> by_id;
  for (const Name& name : names) {
    ASSAY_TRY(auto records, state_->records(name));
    for (Advisory& record : records) {
      const auto [place, is_new] = by_id.try_emplace(record.id + '\n' + record.source, record);
      if (is_new) continue;
      auto& affected = place->second.affected;
      affected.insert(affected.end(), record.affected.begin(), record.affected.end());
    }
  }
  std::vector<Advisory> records;
  for (auto& [key, record] : by_id) records.push_back(std::move(record));
  const std::string wanted = lower(id);
  if (records.empty()) {
    std::string cve(id);
    std::ranges::transform(cve, cve.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
    if (is_cve(cve)) ASSAY_CHECK(state_->add_scores({cve}, records));
  }
  ASSAY_TRY(auto all, state_->known(std::move(records)));
  for (auto& one : all) {
    for (const Advisory& record : one.records) {
      const bool named = lower(record.id) == wanted ||
                         std::ranges::any_of(record.aliases, [&](const std::string& alias) {
                           return lower(alias) == wanted;
                         });
      if (named) return std::optional(std::move(one));
    }
  }
  return std::nullopt;
}

std::vector<Name> AdvisoryDatabase::packages() const {
  std::set<Name> names;
  for (const auto& index : state_->osv) {
    for (auto& name : index.packages()) {
      if (!name.str().empty()) names.insert(std::move(name));
    }
  }
  return {names.begin(), names.end()};
}

std::vector<AdvisorySource> default_advisory_sources() {
  return {
      {.name = "OSV",
       .locations = {"https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip"},
       .kind = Kind::osv,
       .licence = "CC-BY-4.0 and each record's own"},
      {.name = "CISA KEV",
       .locations = {"https://www.cisa.gov/sites/default/files/feeds/"
                     "known_exploited_vulnerabilities.json"},
       .kind = Kind::kev,
       .licence = "CC0-1.0",
       .required = false},
      {.name = "FIRST EPSS",
       .locations = {"https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"},
       .kind = Kind::epss,
       .licence = "free to use, see first.org/epss",
       .required = false},
  };
}

}  // namespace assay
