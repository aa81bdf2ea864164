#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "io/mapped_file.h"

namespace assay {

// Texts by key in one run of bytes: a count, where each key and text ends, the keys in order, the
// texts. It is searched where it lies, so that opening one costs nothing, whatever its size.
std::string write_keyed_table(const std::map<std::string, std::string>& texts);

class KeyedTable {
 public:
  KeyedTable() = default;
  // internal if write_keyed_table() did not write it, or it is cut off.
  static Result<KeyedTable> open(MappedFile file);
  static Result<KeyedTable> of(std::string bytes);

  std::size_t size() const { return count_; }
  std::pair<std::string_view, std::string_view> at(std::size_t place) const;  // key and text
  std::optional<std::string_view> find(std::string_view key) const;
  std::size_t first_not_before(std::string_view key) const;  // its place, size() if there is none

 private:
  Result<> begin();
  std::string_view bytes() const { return text_.empty() ? file_.bytes() : std::string_view(text_); }
  std::size_t number(std::size_t offset) const;

  MappedFile file_;
  std::string text_;
  std::size_t count_ = 0;
  std::size_t keys_ = 0;   // where they begin
  std::size_t texts_ = 0;
};

}  // namespace assay
