#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "base/text.h"
#include "evidence/advisory.h"

// Reads OSV records as they are found: with invalid versions, events of no known kind and members
// of the wrong type. What can't be used is left out and told, never dropped silently.
namespace assay {

namespace {

using simdjson::dom::element;

constexpr std::size_t record_limit = 16U << 20;
constexpr std::size_t version_limit = 256;
constexpr std::size_t summary_limit = 200;
constexpr std::size_t told_limit = 20;       // faults told in words; the rest are counted
constexpr std::size_t event_limit = 10'000;  // of one record; real ones have dozens

constexpr std::pair<const char*, Advisory::Event::Kind> event_kinds[] = {
    {"introduced", Advisory::Event::Kind::introduced},
    {"fixed", Advisory::Event::Kind::fixed},
    {"last_affected", Advisory::Event::Kind::last_affected},
    {"limit", Advisory::Event::Kind::limit}};

std::string_view name_of(Advisory::Event::Kind kind) {
  return std::ranges::find(event_kinds, kind, [](const auto& one) { return one.second; })->first;
}

class RecordReader {
 public:
  explicit RecordReader(bool checked) : checked_(checked) {}
  Result<Advisory> read(element record);

 private:
  void tell(std::string fault);
  bool is_version(std::string_view text);
  std::string_view text(element object, const char* key);
  // Calls `each` for every element of an array; a missing array is an empty one.
  template <class Each>
  void elements(element object, const char* key, Each each);
  std::vector<std::string> texts(element object, const char* key);
  std::vector<std::string> severities(element object);
  std::optional<Time> time(element object, const char* key);
  void read_affected(element entry);
  void read_range(element range, Advisory::Affected& affected);
  bool is_withdrawn(element record);
  void read_events(element range, Advisory::Affected& affected);
  void read_commits(element range, Advisory::Affected& affected);
  void read_event(element event, std::vector<Advisory::Event>& events);
  void read_version(element version, Advisory::Event::Kind kind,
                    std::vector<Advisory::Event>& events);
  void read_summary(element record);

  const bool checked_;  // that versions are versions
  Advisory advisory_;
  std::size_t faults_ = 0;
  std::size_t events_ = 0;
};

void RecordReader::tell(std::string fault) {
  if (++faults_ <= told_limit) advisory_.malformed.push_back(printable(fault));
}

bool RecordReader::is_version(std::string_view text) {
  return checked_ || (text.size() <= version_limit && Version::parse(text).has_value());
}

std::string_view RecordReader::text(element object, const char* key) {
  element member;
  if (object[key].get(member) != simdjson::SUCCESS || member.is_null()) return {};
  std::string_view value;
  if (member.get(value) == simdjson::SUCCESS) return value;
  tell(fmt::format("\"{}\" is not a string", key));
  return {};
}

template <class Each>
void RecordReader::elements(element object, const char* key, Each each) {
  element member;
  if (object[key].get(member) != simdjson::SUCCESS || member.is_null()) return;
  simdjson::dom::array array;
  if (member.get(array) != simdjson::SUCCESS) {
    tell(fmt::format("\"{}\" is not a list", key));
    return;
  }
  for (const element one : array) each(one);
}

std::vector<std::string> RecordReader::texts(element object, const char* key) {
  std::vector<std::string> values;
  if (simdjson::dom::array array; object[key].get(array) == simdjson::SUCCESS) values.reserve(array.size());
  elements(object, key, [&](element one) {
    std::string_view value;
    if (one.get(value) == simdjson::SUCCESS) {
      values.emplace_back(value);
    } else {
      tell(fmt::format("\"{}\" holds what is not a string", key));
    }
  });
  return values;
}

// Kinds other than CVSS (a distribution's own words) carry no vector.
std::vector<std::string> RecordReader::severities(element object) {
  std::vector<std::string> vectors;
  elements(object, "severity", [&](element one) {
    const auto score = text(one, "score");
    if (text(one, "type").starts_with("CVSS_") && !score.empty()) vectors.emplace_back(score);
  });
  return vectors;
}

std::optional<Time> RecordReader::time(element object, const char* key) {
  const auto written = text(object, key);
  if (written.empty()) return std::nullopt;
  const auto parsed = parse_time(written);
  if (parsed) return *parsed;
  tell(fmt::format("\"{}\" is no time: {}", key, written.substr(0, 40)));
  return std::nullopt;
}

// What can't be read never makes a range smaller: where it begins is unknown, it begins with the
// first version; where it ends is unknown, it does not end.
void RecordReader::read_version(element version, Advisory::Event::Kind kind,
                                std::vector<Advisory::Event>& events) {
  using Kind = Advisory::Event::Kind;
  if (++events_ > event_limit) return tell("more events than a record can have");
  std::string_view text;
  const bool is_text = version.get(text) == simdjson::SUCCESS;
  const bool unbounded =
      (kind == Kind::introduced && text == "0") || (kind == Kind::limit && text == "*");
  if (is_text && (unbounded || is_version(text))) {
    events.push_back({kind, std::string(text)});
    return;
  }
  const auto name = name_of(kind);
  tell(is_text ? fmt::format("event \"{}\": not a version: {}", name, text.substr(0, 80))
               : fmt::format("event \"{}\" is not a string", name));
  if (kind == Kind::introduced) events.push_back({kind, "0"});
}

void RecordReader::read_event(element event, std::vector<Advisory::Event>& events) {
  int known = 0;
  for (const auto& [key, kind] : event_kinds) {
    element version;
    if (event[key].get(version) != simdjson::SUCCESS || version.is_null()) continue;
    ++known;
    read_version(version, kind, events);
  }
  if (known == 0) tell("an event of no known kind");
  if (known > 1) tell("an event of several kinds, each of which is taken");
}

void RecordReader::read_events(element range, Advisory::Affected& affected) {
  using Kind = Advisory::Event::Kind;
  std::vector<Advisory::Event> events;
  elements(range, "events", [&](element event) { read_event(event, events); });
  const auto has = [&](Kind kind) {
    return std::ranges::find(events, kind, &Advisory::Event::kind) != events.end();
  };
  if (!has(Kind::introduced)) {
    tell(fmt::format("{}: a range in which nothing is introduced", affected.name.str()));
  }
  if (has(Kind::fixed) && has(Kind::last_affected)) {
    tell(fmt::format("{}: a range with both fixed and last_affected", affected.name.str()));
  }
  if (!events.empty()) affected.ranges.push_back(std::move(events));
}

// What names no commit is left out: an id that is cut off names none for sure.
void RecordReader::read_commits(element range, Advisory::Affected& affected) {
  std::vector<Advisory::Event> events;
  elements(range, "events", [&](element event) {
    for (const auto& [key, kind] : event_kinds) {
      std::string_view id;
      if (event[key].get(id) != simdjson::SUCCESS || ++events_ > event_limit) continue;
      if (is_commit_id(id) || (kind == Advisory::Event::Kind::introduced && id == "0")) {
        events.push_back({kind, lower(id)});
      } else {
        tell(fmt::format("event \"{}\": not a commit: {}", key, id.substr(0, 80)));
      }
    }
  });
  if (!events.empty()) affected.commits.push_back(std::move(events));
}

// A SEMVER range is told and read by PEP 440, as PyPI orders versions: a range that is passed over
// would be a flaw that nobody sees.
void RecordReader::read_range(element range, Advisory::Affected& affected) {
  const auto type = text(range, "type");
  if (type == "GIT") return read_commits(range, affected);  // which say nothing about a version
  if (type != "ECOSYSTEM") {
    tell(fmt::format("{}: a range of the type \"{}\"", affected.name.str(), type.substr(0, 40)));
  }
  if (type == "ECOSYSTEM" || type == "SEMVER") read_events(range, affected);
}

void RecordReader::read_affected(element entry) {
  element package;
  if (entry["package"].get(package) != simdjson::SUCCESS) return;  // commits only
  const auto ecosystem = text(package, "ecosystem");
  if (ecosystem.empty()) return tell("a package without an ecosystem");
  if (ecosystem != "PyPI" && !ecosystem.starts_with("PyPI:")) return;
  const auto written = text(package, "name");
  auto name = Name::parse(written);
  if (!name) return tell(fmt::format("not a package's name: \"{}\"", written.substr(0, 80)));

  Advisory::Affected affected{
      .name = *std::move(name), .versions = {}, .ranges = {}, .severity = severities(entry)};
  for (auto& version : texts(entry, "versions")) {
    if (is_version(version)) {
      affected.versions.push_back(std::move(version));
    } else {
      tell(fmt::format("{}: not a version: {}", affected.name.str(), version.substr(0, 80)));
    }
  }
  elements(entry, "ranges", [&](element range) { read_range(range, affected); });
  if (affected.versions.empty() && affected.ranges.empty()) {
    tell(fmt::format("{}: it does not say which versions", affected.name.str()));
  }
  advisory_.affected.push_back(std::move(affected));
}

// Only a time withdraws a record: what is no time is told, and the record stands.
bool RecordReader::is_withdrawn(element record) { return time(record, "withdrawn").has_value(); }

void RecordReader::read_summary(element record) {
  std::string_view summary = trim(text(record, "summary"));
  if (summary.empty()) {
    summary = trim(text(record, "details"));
    summary = trim(summary.substr(0, summary.find('\n')));
  }
  advisory_.summary = summary;
  if (summary.size() > summary_limit) {
    summary = summary.substr(0, summary_limit);
    if (const auto space = summary.rfind(' '); space != summary.npos) {
      summary = summary.substr(0, space);
    }
    while (!is_utf8(summary)) summary.remove_suffix(1);
    advisory_.summary = std::string(trim(summary)) + "…";
  }
}

Result<Advisory> RecordReader::read(element record) {
  if (!record.is_object()) return fail(ErrorKind::invalid_input, "not an OSV record: no object");
  advisory_.id = text(record, "id");
  if (advisory_.id.empty()) return fail(ErrorKind::invalid_input, "not an OSV record: no id");
  advisory_.aliases = texts(record, "aliases");
  read_summary(record);
  advisory_.published = time(record, "published");
  advisory_.modified = time(record, "modified");
  advisory_.withdrawn = is_withdrawn(record);
  advisory_.severity = severities(record);
  element specific;
  if (record["database_specific"].get(specific) == simdjson::SUCCESS) {
    advisory_.cwe = texts(specific, "cwe_ids");
  }
  advisory_.schema_version = text(record, "schema_version");
  elements(record, "references", [&](element one) {
    if (const auto url = text(one, "url"); !url.empty()) advisory_.references.emplace_back(url);
  });
  elements(record, "affected", [&](element entry) { read_affected(entry); });
  if (faults_ > told_limit) {
    advisory_.malformed.push_back(fmt::format("and {} more faults", faults_ - told_limit));
  }
  return std::move(advisory_);
}

Result<Advisory> read_record(std::string_view json, bool checked) {
  if (json.size() > record_limit) {
    return fail(ErrorKind::invalid_input, "not an OSV record: more than 16 MiB");
  }
  thread_local simdjson::dom::parser parser;  // its buffers serve for thousands of records
  const simdjson::padded_string padded(json);
  element record;
  if (const auto fault = parser.parse(padded).get(record); fault != simdjson::SUCCESS) {
    return fail(ErrorKind::invalid_input,
                std::string("not an OSV record: ") + simdjson::error_message(fault));
  }
  return RecordReader(checked).read(record);
}

}  // namespace

Result<Advisory> Advisory::parse(std::string_view json) { return read_record(json, false); }
Result<Advisory> Advisory::read_back(std::string_view json) { return read_record(json, true); }

}  // namespace assay
