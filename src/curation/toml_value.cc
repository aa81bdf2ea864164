#include "curation/toml_value.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <array>

#include "base/text.h"
#include "io/files.h"

namespace assay {

namespace {

Position position_of(const toml::source_region& source) {
  return {source.begin.line, source.begin.column};
}

Date date_of(const toml::date& date) {
  return Date(std::chrono::year(date.year), std::chrono::month(date.month),
              std::chrono::day(date.day));
}

Time time_of(const toml::date_time& time) {
  return std::chrono::sys_days(date_of(time.date)) + std::chrono::hours(time.time.hour) +
         std::chrono::minutes(time.time.minute) + std::chrono::seconds(time.time.second) -
         std::chrono::minutes(time.offset->minutes);
}

TomlTable table_of(const toml::table& table);

TomlValue value_of(const toml::node& node) {
  TomlValue value{std::string(), position_of(node.source())};
  if (const auto* table = node.as_table()) {
    value.content = table_of(*table);
  } else if (const auto* array = node.as_array()) {
    TomlArray elements;
    for (const auto& element : *array) elements.push_back(value_of(element));
    value.content = std::move(elements);
  } else if (const auto* text = node.as_string()) {
    value.content = text->get();
  } else if (const auto* integer = node.as_integer()) {
    value.content = integer->get();
  } else if (const auto* number = node.as_floating_point()) {
    value.content = number->get();
  } else if (const auto* boolean = node.as_boolean()) {
    value.content = boolean->get();
  } else if (const auto* date = node.as_date()) {
    value.content = date_of(date->get());
  } else if (const auto* time = node.as_date_time(); time && time->get().offset) {
    value.content = time_of(time->get());
  } else {
    value.content = TomlLocalTime();
  }
  return value;
}

TomlTable table_of(const toml::table& table) {
  TomlTable members;
  for (const auto& [key, node] : table) {
    members.push_back({std::string(key.str()), position_of(key.source()), value_of(node)});
  }
  std::ranges::sort(members, {}, &TomlMember::position);
  return members;
}

}  // namespace

std::string_view kind_of(const TomlValue& value) {
  static constexpr std::array<std::string_view, 9> kinds = {
      "a string", "a whole number", "a number", "a boolean", "a date",
      "a time",   "a local time",   "an array", "a table"};
  return kinds.at(value.content.index());
}

std::string at_position(std::string_view file, Position position, std::string_view message) {
  return fmt::format("{}:{}:{}: {}", file, position.line, position.column, message);
}

std::string toml_string(std::string_view text) {
  return '"' + replace_all(replace_all(printable(text), "\\", "\\\\"), "\"", "\\\"") + '"';
}

Result<TomlTable> parse_toml(std::string_view text, const std::string& file) {
  try {
    return table_of(toml::parse(text));
  } catch (const toml::parse_error& e) {
    return fail(ErrorKind::invalid_input,
                at_position(file, position_of(e.source()), printable(e.description())));
  }
}

Result<TomlTable> read_toml(const std::filesystem::path& file) {
  ASSAY_TRY(const auto text, read_file(file));
  return parse_toml(text, file.string());
}

}  // namespace assay
