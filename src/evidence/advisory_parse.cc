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

class RecordReader {
 public:
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
  void read_events(element event, std::vector<Advisory::Event>& events);
  void read_summary(element record);

  Advisory advisory_;
  std::size_t faults_ = 0;
  std::size_t events_ = 0;
};

void RecordReader::tell(std::string fault) {
  if (++faults_ <= told_limit) advisory_.malformed.push_back(printable(fault));
}

bool RecordReader::is_version(std::string_view text) {
  return text.size() <= version_limit && Version::parse(text).has_value();
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

void RecordReader::read_events(element event, std::vector<Advisory::Event>& events) {
  using Kind = Advisory::Event::Kind;
  static constexpr std::pair<const char*, Kind> kinds[] = {{"introduced", Kind::introduced},
                                                           {"fixed", Kind::fixed},
                                                           {"last_affected", Kind::last_affected},
                                                           {"limit", Kind::limit}};
  bool known = false;
  for (const auto& [key, kind] : kinds) {
    const auto version = text(event, key);
    if (version.empty()) continue;
    known = true;
    if (++events_ > event_limit) {
      tell("more events than a record can have");
      return;
    }
    const bool unbounded =
        (kind == Kind::introduced && version == "0") || (kind == Kind::limit && version == "*");
    if (unbounded || is_version(version)) {
      events.push_back({kind, std::string(version)});
    } else {
      tell(fmt::format("event \"{}\": not a version: {}", key, version.substr(0, 80)));
    }
  }
  if (!known) tell("an event of no known kind");
}

void RecordReader::read_range(element range, Advisory::Affected& affected) {
  const auto type = text(range, "type");
  if (type == "GIT") return;  // commits, which say nothing about a version
  if (type != "ECOSYSTEM") {
    tell(fmt::format("{}: a range of the type \"{}\"", affected.name.str(), type.substr(0, 40)));
    return;
  }
  std::vector<Advisory::Event> events;
  elements(range, "events", [&](element event) { read_events(event, events); });
  if (!events.empty()) affected.ranges.push_back(std::move(events));
}

void RecordReader::read_affected(element entry) {
  element package;
  if (entry["package"].get(package) != simdjson::SUCCESS) return;
  const auto ecosystem = text(package, "ecosystem");
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
  element withdrawn;
  advisory_.withdrawn =
      record["withdrawn"].get(withdrawn) == simdjson::SUCCESS && !withdrawn.is_null();
  advisory_.severity = severities(record);
  element specific;
  if (record["database_specific"].get(specific) == simdjson::SUCCESS) {
    advisory_.cwe = texts(specific, "cwe_ids");
  }
  elements(record, "affected", [&](element entry) { read_affected(entry); });
  if (faults_ > told_limit) {
    advisory_.malformed.push_back(fmt::format("and {} more faults", faults_ - told_limit));
  }
  return std::move(advisory_);
}

}  // namespace

Result<Advisory> Advisory::parse(std::string_view json) {
  if (json.size() > record_limit) {
    return fail(ErrorKind::invalid_input, "not an OSV record: more than 16 MiB");
  }
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(json);
  element record;
  if (const auto fault = parser.parse(padded).get(record); fault != simdjson::SUCCESS) {
    return fail(ErrorKind::invalid_input,
                std::string("not an OSV record: ") + simdjson::error_message(fault));
  }
  return RecordReader().read(record);
}

}  // namespace assay
