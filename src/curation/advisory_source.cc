#include "curation/advisory_source.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "evidence/enum_names.h"

namespace assay {

namespace {

constexpr EnumNames<5> kinds{"guessed", "osv", "nvd", "kev", "epss"};

void check_location(const PlacedText& location, Faults& faults) {
  if (trim(location.text).empty()) {
    faults.add(location.position, "an advisory source needs a location");
  } else if (is_url(location.text) && !may_carry_advisories(location.text)) {
    faults.add(location.position,
               fmt::format("\"{}\" is neither an https URL nor a path", printable(location.text)));
  }
}

void read_kind(TableReader& table, AdvisorySource::Kind& kind) {
  const auto written = table.text("kind");
  if (!written) return;
  const auto parsed = parse_source_kind(written->text);
  if (parsed && *parsed != AdvisorySource::Kind::guessed) {
    kind = *parsed;
    return;
  }
  const std::vector<std::string> words(kinds.begin() + 1, kinds.end());
  table.faults().add(written->position,
                     fmt::format("unknown kind \"{}\" of source{}; it is one of {}",
                                 printable(written->text), suggestion(written->text, words),
                                 join(words, ", ")));
}

void read_digest(TableReader& table, std::string& sha256) {
  const auto written = table.text("sha256");
  if (!written) return;
  const auto digest = Digest::parse(written->text);
  if (digest) {
    sha256 = digest->hex();
  } else {
    table.faults().add(written->position, "\"sha256\" must be 64 hexadecimal digits");
  }
}

void read_source_table(TableReader& table, std::vector<AdvisorySource>& sources) {
  AdvisorySource source;
  table.require("location");
  const auto name = table.text("name");
  if (const auto location = table.text("location")) {
    check_location(*location, table.faults());
    source.locations.push_back(location->text);
  }
  if (const auto mirrors = table.texts("mirrors")) {
    for (const auto& mirror : *mirrors) {
      check_location(mirror, table.faults());
      source.locations.push_back(mirror.text);
    }
  }
  read_kind(table, source.kind);
  if (const auto licence = table.text("licence")) source.licence = licence->text;
  source.max_age_days = table.positive_number("max-age-days");
  source.required = table.boolean("required").value_or(true);
  read_digest(table, source.sha256);
  table.refuse_unknown_keys();
  if (source.locations.empty()) return;
  source.name = name ? name->text : source.locations.front();
  sources.push_back(std::move(source));
}

void read_source(const TomlValue& written, Faults& faults, std::vector<AdvisorySource>& sources) {
  if (const auto* text = written.as<std::string>()) {
    check_location({*text, written.position}, faults);
    sources.push_back({.name = *text, .locations = {*text}});
  } else if (const auto* members = written.as<TomlTable>()) {
    TableReader table(*members, written.position, "an advisory source", faults);
    read_source_table(table, sources);
  } else {
    faults.add(
        written.position,
        fmt::format("an advisory source must be a string or a table, not {}", kind_of(written)));
  }
}

}  // namespace

std::string_view to_string(AdvisorySource::Kind kind) { return name_of(kinds, kind); }

Result<AdvisorySource::Kind> parse_source_kind(std::string_view text) {
  return value_of<AdvisorySource::Kind>(kinds, text, "kind of source");
}

bool is_url(std::string_view location) { return location.find("://") != std::string_view::npos; }

bool may_carry_advisories(std::string_view url) {
  return url.starts_with("https://") || url.starts_with("http://127.0.0.1:") ||
         url.starts_with("http://localhost:") || url.starts_with("http://[::1]:");
}

void read_advisories(TableReader& table, std::vector<AdvisorySource>& sources) {
  if (const auto* member = table.array("sources")) {
    const auto& elements = *member->value.as<TomlArray>();
    if (elements.empty()) {
      table.faults().add(member->value.position,
                         "\"sources\" must name at least one; without it, the default is used");
    }
    for (const auto& element : elements) read_source(element, table.faults(), sources);
  }
  table.refuse_unknown_keys();
}

}  // namespace assay
