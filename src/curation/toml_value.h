#pragma once
#include <compare>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace assay {

// A place in a text file. Both count from 1; columns count characters.
struct Position {
  unsigned line = 1;
  unsigned column = 1;
  auto operator<=>(const Position&) const = default;
};

struct TomlValue;
struct TomlMember;
using TomlArray = std::vector<TomlValue>;
using TomlTable = std::vector<TomlMember>;  // in the order of the file; keys are unique

// A time of day or a date with time, without an offset: it names no instant.
struct TomlLocalTime {};

// A TOML 1.0 value and where it stands.
struct TomlValue {
  std::variant<std::string, std::int64_t, double, bool, Date, Time, TomlLocalTime, TomlArray,
               TomlTable>
      content;
  Position position;

  template <class T>
  const T* as() const {
    return std::get_if<T>(&content);
  }
};

struct TomlMember {
  std::string key;
  Position position;  // of the key
  TomlValue value;
};

std::string_view kind_of(const TomlValue& value);  // with its article: "a string", "an array"

// "assay.toml:12:3: message"
std::string at_position(std::string_view file, Position position, std::string_view message);

// A basic string as it is written, quotes included; what would steer a terminal is made visible.
std::string toml_string(std::string_view text);

// The whole document. not_found if the file is missing; invalid_input with the place for a fault in
// the syntax.
Result<TomlTable> read_toml(const std::filesystem::path& file);
// The same of a text; `file` is what messages call it.
Result<TomlTable> parse_toml(std::string_view text, const std::string& file);

}  // namespace assay
