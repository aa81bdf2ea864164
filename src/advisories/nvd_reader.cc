#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "advisories/source_reader.h"
#include "base/json.h"
#include "base/text.h"

// NVD's CVE API 2.0 (https://nvd.nist.gov/developers/vulnerabilities) and its yearly files, which
// have the same form.
namespace assay {

namespace {

using simdjson::dom::element;

constexpr std::size_t summary_limit = 200;  // bytes

// "" where there is no such text.
std::string_view text_of(element object, std::string_view key) {
  std::string_view value;
  return object[key].get(value) == simdjson::SUCCESS ? value : std::string_view();
}

std::optional<std::uint64_t> count_of(element object, std::string_view key) {
  std::uint64_t value = 0;
  if (object[key].get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

std::optional<simdjson::dom::array> list_of(element object, std::string_view key) {
  simdjson::dom::array array;
  if (object[key].get(array) != simdjson::SUCCESS) return std::nullopt;
  return array;
}

// Times of NVD are UTC and do not say so.
std::optional<Time> time_of(element object, std::string_view key) {
  std::string text(text_of(object, key));
  if (text.empty()) return std::nullopt;
  if (!text.ends_with('Z') && text.contains('T')) text += 'Z';
  const auto time = parse_time(text);
  return time ? std::optional(*time) : std::nullopt;
}

void add_once(std::vector<std::string>& values, std::string_view value) {
  if (value.empty() || std::ranges::find(values, value) != values.end()) return;
  values.emplace_back(value);
}

std::vector<std::string> vectors_of(element cve) {
  std::vector<std::string> vectors;
  element metrics;
  if (cve["metrics"].get(metrics) != simdjson::SUCCESS) return vectors;
  for (const char* version : {"cvssMetricV40", "cvssMetricV31", "cvssMetricV30", "cvssMetricV2"}) {
    const auto list = list_of(metrics, version);
    if (!list) continue;
    for (const element metric : *list) {
      element data;
      if (metric["cvssData"].get(data) == simdjson::SUCCESS) {
        add_once(vectors, text_of(data, "vectorString"));
      }
    }
  }
  return vectors;
}

// The English text in a list of texts with their languages.
std::string_view english(element object, std::string_view key) {
  const auto list = list_of(object, key);
  if (!list) return {};
  for (const element one : *list) {
    if (text_of(one, "lang") == "en") return text_of(one, "value");
  }
  return {};
}

std::vector<std::string> weaknesses_of(element cve) {
  std::vector<std::string> cwe;
  const auto list = list_of(cve, "weaknesses");
  if (!list) return cwe;
  for (const element one : *list) {
    const auto name = english(one, "description");
    if (name.starts_with("CWE-")) add_once(cwe, name);  // else "NVD-CWE-noinfo"
  }
  return cwe;
}

class NvdReader final : public SourceReader {
 public:
  Result<> add(std::string_view where, std::string_view text) override {
    const simdjson::padded_string padded(text);
    element page;
    if (const auto fault = parser_.parse(padded).get(page); fault != simdjson::SUCCESS) {
      return fail(ErrorKind::invalid_input, fmt::format("{} is no whole JSON: {}", printable(where),
                                                        simdjson::error_message(fault)));
    }
    if (text_of(page, "version") != "2.0") {
      return fail(ErrorKind::invalid_input,
                  fmt::format("{} is of version \"{}\" of NVD's format, which is not known",
                              printable(where), printable(text_of(page, "version").substr(0, 20))));
    }
    const auto total = count_of(page, "totalResults");
    const auto list = list_of(page, "vulnerabilities");
    if (!total || !list) {
      return fail(ErrorKind::invalid_input,
                  printable(where) + " lacks totalResults or vulnerabilities");
    }
    if (const auto time = time_of(page, "timestamp")) {
      census.dated = std::max(census.dated.value_or(Time{}), *time);
    }
    seen_[*total] += list->size();
    for (const element one : *list) add_cve(where, one);
    return {};
  }

  // Pages of one answer have one total between them.
  Result<> finish() override {
    for (const auto& [total, seen] : seen_) {
      if (seen >= total) continue;
      return fail(ErrorKind::invalid_input,
                  fmt::format("it has {} of {} CVEs: pages are missing", seen, total));
    }
    if (census.dated) return {};
    return fail(ErrorKind::invalid_input, "it has no timestamp");
  }

 private:
  void add_cve(std::string_view where, element one) {
    element cve;
    if (one["cve"].get(cve) != simdjson::SUCCESS || !is_cve(text_of(cve, "id"))) {
      return tell(fmt::format("{}: an entry without a CVE id", where));
    }
    ++census.records;
    Advisory record;
    record.id = text_of(cve, "id");
    record.published = time_of(cve, "published");
    record.modified = time_of(cve, "lastModified");
    record.withdrawn = text_of(cve, "vulnStatus") == "Rejected";
    record.summary = shortened(one_spaced(english(cve, "descriptions")), summary_limit);
    if (!record.withdrawn) {
      record.severity = vectors_of(cve);
      record.cwe = weaknesses_of(cve);
    }
    const std::string line = compact(to_json(record));
    auto& kept = texts[id_key(record.id)];
    auto& since = modified_[record.id];
    // A CVE that several files have stands as it was changed last.
    if (!kept.empty() && record.modified.value_or(Time{}) < since) return;
    kept = line;
    since = record.modified.value_or(Time{});
  }

  simdjson::dom::parser parser_;
  std::map<std::uint64_t, std::uint64_t> seen_;  // CVEs, by the total that their page tells
  std::map<std::string, Time> modified_;
};

}  // namespace

std::unique_ptr<SourceReader> nvd_reader() { return std::make_unique<NvdReader>(); }

}  // namespace assay
