#include "curation/table_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/text.h"

namespace assay {

void Faults::add(Position position, std::string message) {
  if (!first_ || position < first_->first) first_.emplace(position, std::move(message));
}

Result<> Faults::first() const {
  if (!first_) return {};
  return fail(ErrorKind::invalid_input, at_position(file_, first_->first, first_->second));
}

std::vector<std::string> plain(const std::optional<std::vector<PlacedText>>& texts) {
  std::vector<std::string> result;
  if (!texts) return result;
  for (const auto& written : *texts) result.push_back(written.text);
  return result;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  const auto near = nearest(word, candidates);
  return near ? fmt::format("; did you mean \"{}\"?", *near) : "";
}

const TomlMember* TableReader::any(std::string_view key) {
  known_.emplace_back(key);
  const auto found = std::ranges::find(table_, key, &TomlMember::key);
  return found == table_.end() ? nullptr : &*found;
}

void TableReader::wrong_kind(const TomlMember& member, std::string_view kind) {
  faults_.add(member.value.position,
              fmt::format("\"{}\" must be {}, not {}", member.key, kind, kind_of(member.value)));
}

template <class T>
const TomlMember* TableReader::typed(std::string_view key, std::string_view kind) {
  const auto* member = any(key);
  if (!member || member->value.as<T>()) return member;
  wrong_kind(*member, kind);
  return nullptr;
}

std::string TableReader::required_text(std::string_view key) {
  require(key);
  const auto written = text(key);
  if (!written) return "";
  if (trim(written->text).empty()) {
    faults_.add(written->position, fmt::format("\"{}\" must not be empty", key));
  }
  return std::string(trim(written->text));
}

std::optional<PlacedText> TableReader::text(std::string_view key) {
  const auto* member = typed<std::string>(key, "a string");
  if (!member) return std::nullopt;
  return PlacedText{*member->value.as<std::string>(), member->value.position};
}

std::optional<std::vector<PlacedText>> TableReader::texts(std::string_view key) {
  const auto* member = typed<TomlArray>(key, "an array of strings");
  if (!member) return std::nullopt;
  std::vector<PlacedText> texts;
  for (const auto& element : *member->value.as<TomlArray>()) {
    const auto* text = element.as<std::string>();
    if (!text) {
      faults_.add(element.position, fmt::format("\"{}\" must be an array of strings; this is {}",
                                                key, kind_of(element)));
      return std::nullopt;
    }
    texts.push_back({*text, element.position});
  }
  return texts;
}

std::optional<std::map<std::string, std::string>> TableReader::text_map(std::string_view key) {
  const auto* member = typed<TomlTable>(key, "a table of strings");
  if (!member) return std::nullopt;
  std::map<std::string, std::string> texts;
  for (const auto& entry : *member->value.as<TomlTable>()) {
    const auto* text = entry.value.as<std::string>();
    if (!text) {
      wrong_kind(entry, "a string");
      return std::nullopt;
    }
    texts.emplace(entry.key, *text);
  }
  return texts;
}

std::optional<bool> TableReader::boolean(std::string_view key) {
  const auto* member = typed<bool>(key, "true or false");
  if (!member) return std::nullopt;
  return *member->value.as<bool>();
}

std::optional<double> TableReader::number_between(std::string_view key, double least, double most) {
  const auto* member = any(key);
  if (!member) return std::nullopt;
  const auto* whole = member->value.as<std::int64_t>();
  const auto* real = member->value.as<double>();
  if (!whole && !real) {
    wrong_kind(*member, "a number");
    return std::nullopt;
  }
  const double value = whole ? static_cast<double>(*whole) : *real;
  if (value >= least && value <= most) return value;  // NaN is neither
  faults_.add(member->value.position,
              fmt::format("\"{}\" must be between {} and {}", key, least, most));
  return std::nullopt;
}

std::optional<std::uint32_t> TableReader::positive_number(std::string_view key) {
  const auto* member = typed<std::int64_t>(key, "a whole number");
  if (!member) return std::nullopt;
  const auto value = *member->value.as<std::int64_t>();
  constexpr auto most = std::numeric_limits<std::uint32_t>::max();
  if (value >= 1 && value <= most) return static_cast<std::uint32_t>(value);
  faults_.add(member->value.position, fmt::format("\"{}\" must be between 1 and {}", key, most));
  return std::nullopt;
}

std::optional<Date> TableReader::date(std::string_view key) {
  const auto* member = any(key);
  if (!member) return std::nullopt;
  if (const auto* date = member->value.as<Date>()) return *date;
  if (const auto* text = member->value.as<std::string>()) {
    if (const auto date = parse_date(*text)) return *date;
    faults_.add(
        member->value.position,
        fmt::format("\"{}\" must be a date (YYYY-MM-DD), not \"{}\"", key, printable(*text)));
    return std::nullopt;
  }
  wrong_kind(*member, "a date (YYYY-MM-DD)");
  return std::nullopt;
}

std::optional<Time> TableReader::time(std::string_view key) {
  const auto* member = any(key);
  if (!member) return std::nullopt;
  if (const auto* time = member->value.as<Time>()) return *time;
  if (const auto* date = member->value.as<Date>()) return std::chrono::sys_days(*date);
  if (const auto* text = member->value.as<std::string>()) {
    if (const auto time = parse_time(*text)) return *time;
  }
  wrong_kind(*member, "a date, or a time with its offset (2026-01-31T12:00:00Z)");
  return std::nullopt;
}

const TomlMember* TableReader::table(std::string_view key) {
  return typed<TomlTable>(key, "a table");
}

const TomlMember* TableReader::array(std::string_view key) {
  return typed<TomlArray>(key, "an array");
}

void TableReader::require(std::string_view key) {
  if (std::ranges::find(table_, key, &TomlMember::key) != table_.end()) return;
  // A misspelt key is told where it stands, as an unknown one; that it is missing would hide it.
  const std::vector<std::string> wanted{std::string(key)};
  const bool misspelt = std::ranges::any_of(
      table_, [&](const TomlMember& member) { return nearest(member.key, wanted).has_value(); });
  if (misspelt) return;
  faults_.add(position_, fmt::format("{} needs \"{}\"", title_, key));
}

void TableReader::refuse_unknown_keys() {
  for (const auto& member : table_) {
    if (std::ranges::find(known_, member.key) != known_.end()) continue;
    faults_.add(member.position, fmt::format("unknown key \"{}\" in {}{}", printable(member.key),
                                             title_, suggestion(member.key, known_)));
  }
}

}  // namespace assay
