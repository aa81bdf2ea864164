#include "advisories/source_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "advisories/source_reader.h"
#include "base/json.h"
#include "base/text.h"

namespace assay {

namespace {

using Kind = AdvisorySource::Kind;

constexpr std::size_t told_limit = 200;  // problems kept in words
constexpr std::size_t time_size = 8;     // bytes

std::unexpected<Error> broken(std::string_view why) {
  return fail(ErrorKind::internal, fmt::format("the index of advisories is broken: {}", why));
}

Json to_json(const SourceCensus& census) {
  Json json{{"kind", to_string(census.kind)},
            {"records", census.records},
            {"malformed", census.malformed},
            {"problems", census.problems}};
  if (census.dated) json["dated"] = format_time(*census.dated);
  return json;
}

Result<SourceCensus> census_from_json(const Json& json) {
  SourceCensus census;
  try {
    ASSAY_TRY(census.kind, parse_source_kind(json.at("kind").get<std::string>()));
    json.at("records").get_to(census.records);
    json.at("malformed").get_to(census.malformed);
    json.at("problems").get_to(census.problems);
    if (json.contains("dated")) {
      ASSAY_TRY(census.dated, parse_time(json.at("dated").get<std::string>()));
    }
  } catch (const Json::exception& error) {
    return broken(error.what());
  }
  return census;
}

Time time_at(std::string_view times, std::size_t place) {
  std::int64_t seconds = 0;
  for (std::size_t i = 0; i < time_size; ++i) {
    seconds = seconds << 8 | static_cast<unsigned char>(times[place * time_size + i]);
  }
  return Time{std::chrono::seconds(seconds)};
}

// How many of the times are not after `now`.
std::size_t count_until(std::string_view times, Time now) {
  std::size_t low = 0;
  std::size_t high = times.size() / time_size;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (time_at(times, middle) <= now) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// By what every file of the kind begins with. What is none of the others is read as OSV records, and
// holds none if it is no record.
Kind kind_of(std::string_view text) {
  const auto head = text.substr(0, 4096);
  if (head.starts_with("#model_version") || head.starts_with("cve,epss")) return Kind::epss;
  if (head.contains("\"NVD_CVE\"")) return Kind::nvd;
  if (head.contains("\"catalogVersion\"") || head.contains("\"cveID\"")) return Kind::kev;
  return Kind::osv;
}

std::unique_ptr<SourceReader> reader_for(Kind kind) {
  switch (kind) {
    case Kind::nvd: return nvd_reader();
    case Kind::kev: return kev_reader();
    case Kind::epss: return epss_reader();
    default: return osv_reader();
  }
}

}  // namespace

void SourceReader::tell(std::string problem) {
  ++census.malformed;
  if (census.problems.size() < told_limit) census.problems.push_back(printable(problem));
}

std::string package_key(std::string_view name) { return fmt::format("package {}", name); }
std::string id_key(std::string_view id) { return fmt::format("id {}", lower(id)); }

bool is_cve(std::string_view text) {
  constexpr std::size_t shortest = std::string_view("CVE-1999-0001").size();
  constexpr std::size_t longest = 24;
  if (text.size() < shortest || text.size() > longest || !text.starts_with("CVE-")) return false;
  if (text[8] != '-') return false;
  return std::ranges::all_of(text.substr(4, 4), [](char c) { return c >= '0' && c <= '9'; }) &&
         std::ranges::all_of(text.substr(9), [](char c) { return c >= '0' && c <= '9'; });
}

Result<std::string> write_source_index(Kind kind, const SourceFiles& files) {
  std::unique_ptr<SourceReader> reader;
  ASSAY_CHECK(files([&](std::string_view where, std::string_view text) -> Result<> {
    if (!reader) {
      if (kind == Kind::guessed) kind = kind_of(text);
      reader = reader_for(kind);
    }
    return reader->add(where, text);
  }));
  if (!reader) return fail(ErrorKind::invalid_input, "it holds no file that tells of advisories");
  ASSAY_CHECK(reader->finish());
  reader->census.kind = kind;
  reader->texts.emplace(census_key, compact(to_json(reader->census)));
  return write_keyed_table(reader->texts);
}

Result<SourceIndex> SourceIndex::read(KeyedTable table) {
  const auto census = table.find(census_key);
  if (!census) return broken("it has no census");
  ASSAY_TRY(const Json json, parse_json(*census));
  SourceIndex index;
  ASSAY_TRY(index.census_, census_from_json(json));
  index.table_ = std::move(table);
  return index;
}

Time SourceIndex::newest(Time now) const {
  if (census_.dated) {
    constexpr auto time_zones = std::chrono::days(1);
    return *census_.dated > now + time_zones ? Time{} : std::min(*census_.dated, now);
  }
  const auto times = table_.find(times_key).value_or("");
  const std::size_t count = count_until(times, now);
  return count == 0 ? Time{} : time_at(times, count - 1);
}

std::size_t SourceIndex::dated_after(Time now) const {
  if (census_.dated) return *census_.dated > now ? 1 : 0;
  const auto times = table_.find(times_key).value_or("");
  return times.size() / time_size - count_until(times, now);
}

Result<std::vector<Advisory>> SourceIndex::records(const Name& name) const {
  std::vector<Advisory> records;
  for (const auto line : lines(table_.find(package_key(name.str())).value_or(""))) {
    ASSAY_TRY(auto record, context(Advisory::read_back(line), "the index of advisories"));
    records.push_back(std::move(record));
  }
  return records;
}

std::vector<Name> SourceIndex::packages_of(std::string_view id) const {
  std::vector<Name> names;
  for (const auto line : lines(table_.find(id_key(id)).value_or(""))) {
    names.push_back(Name::normalize(line));
  }
  return names;
}

std::vector<Name> SourceIndex::packages() const {
  const std::string prefix = package_key("");
  std::vector<Name> names;
  for (auto i = table_.first_not_before(prefix); i < table_.size(); ++i) {
    const auto key = table_.at(i).first;
    if (!key.starts_with(prefix)) break;
    names.push_back(Name::normalize(key.substr(prefix.size())));
  }
  return names;
}

Result<std::optional<Advisory>> SourceIndex::scores(std::string_view cve) const {
  const auto text = census_.kind == Kind::nvd ? table_.find(id_key(cve)) : std::nullopt;
  if (!text) return std::nullopt;
  return context(Advisory::read_back(*text), "the index of advisories");
}

Result<Urgency> SourceIndex::urgency(std::string_view cve) const {
  const bool tells = census_.kind == Kind::kev || census_.kind == Kind::epss;
  const auto text = tells ? table_.find(id_key(cve)) : std::nullopt;
  if (!text) return Urgency{};
  if (census_.kind == Kind::kev) {
    ASSAY_TRY(const Json json, parse_json(*text));
    return urgency_from_json(json);
  }
  return epss_urgency(*text, date_of(census_.dated.value_or(Time{})));
}

}  // namespace assay
