#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "curation/toml_value.h"

namespace assay {

// What is wrong with a file. Only the first fault in the order of the file is told: the others are
// often its echo.
class Faults {
 public:
  explicit Faults(std::string file) : file_(std::move(file)) {}

  void add(Position position, std::string message);
  Result<> first() const;  // invalid_input with file, line and column
  const std::string& file() const { return file_; }

 private:
  std::string file_;
  std::optional<std::pair<Position, std::string>> first_;
};

// A text and where it stands in the file.
struct PlacedText {
  std::string text;
  Position position;
};

// Takes a table's members out by key and type, and notes whatever is not as it should be. A key
// that was asked for is a known one; refuse_unknown_keys() comes last.
class TableReader {
 public:
  // `title` is what messages call the table: "[set]".
  TableReader(const TomlTable& table, Position position, std::string title, Faults& faults)
      : table_(table), position_(position), title_(std::move(title)), faults_(faults) {}

  // Nothing if the key is not there or (a fault) its value is of another type.
  std::optional<PlacedText> text(std::string_view key);
  std::optional<std::vector<PlacedText>> texts(std::string_view key);
  std::optional<std::map<std::string, std::string>> text_map(std::string_view key);
  std::optional<bool> boolean(std::string_view key);
  std::optional<double> number_between(std::string_view key, double least, double most);
  std::optional<std::uint32_t> positive_number(std::string_view key);
  std::optional<Date> date(std::string_view key);  // a TOML date, or a string of that form
  std::optional<Time> time(std::string_view key);  // a date is its midnight, UTC
  const TomlMember* table(std::string_view key);   // its value is a table
  const TomlMember* array(std::string_view key);   // its value is an array
  const TomlMember* any(std::string_view key);

  // A text that must be there and not be empty, without the white space around it; else a fault and "".
  std::string required_text(std::string_view key);

  // A fault unless the key is there; what it is there with is another question.
  void require(std::string_view key);
  void refuse_unknown_keys();

  Position position() const { return position_; }
  Faults& faults() { return faults_; }

 private:
  template <class T>
  const TomlMember* typed(std::string_view key, std::string_view kind);
  void wrong_kind(const TomlMember& member, std::string_view kind);

  const TomlTable& table_;
  Position position_;
  std::string title_;
  Faults& faults_;
  std::vector<std::string> known_;
};

// The texts alone; none if the key was not there.
std::vector<std::string> plain(const std::optional<std::vector<PlacedText>>& texts);

// "; did you mean \"flask\"?", or "" if no candidate is near.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace assay
