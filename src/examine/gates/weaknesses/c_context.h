#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "examine/gates/weaknesses/c_call.h"

namespace assay {

// What stands around a call, read as text and not as a language: enough to doubt a finding, never
// to hide one.
class CSurroundings {
 public:
  // Nothing stands there if it must not look.
  CSurroundings(std::string_view file, const CCall& call, bool looks = true);

  // Was the room of `to` asked for, or the length of `from` looked at, before the call in its
  // function?
  bool looks_bounded(const CArgument& to, const CArgument& from) const;
  // Is the name given literals only, and at least one, in its function before the call?
  bool holds_literals(const CArgument& name) const;
  // Is it declared as a pointer in its function (or among its parameters)?
  bool is_pointer(const CArgument& name) const;
  bool after_contains(std::string_view word) const { return contains_word(after_, word); }
  // `name[…] = 0` after the call, in the same function: it ends what was copied.
  bool ends_later(const CArgument& name) const;

 private:
  bool is_allocated(std::string_view name) const;
  static bool contains_word(std::string_view text, std::string_view word);

  std::string before_;  // from the function's begin, at most 4 KiB; without white space
  std::string after_;   // at most 1 KiB of it; without white space
};

// Is it an item of a table that the file fills with literals: `static const char *const names[] = {"a"};`?
bool is_of_literal_table(std::string_view file, const CArgument& item);

// Is it a parameter of the static function around the call, which every call in the file gives a literal
// shorter than `most` bytes?
bool callers_give_literals(std::string_view file, const CCall& call, const CArgument& name, std::size_t most);

// Are buffer and source parameters of the static function around the call, and does every call in the
// file measure or allocate before what it gives for them?
bool callers_measure(std::string_view file, const CCall& call, const CArgument& to, const CArgument& from);

// Was the name compared with literals by strcmp() before the call in its function, and left where none
// was equal?
bool is_one_of_literals(std::string_view file, const CCall& call, const CArgument& from);

// The program that wrote a C source, by what its head says: "Cython", "protoc", "flex" …
std::optional<std::string_view> generator_of(std::string_view text);

}  // namespace assay
