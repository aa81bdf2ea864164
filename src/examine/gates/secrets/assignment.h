#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace assay {

// A name and the text that a source, a configuration or a document gives it.
struct Assignment {
  std::string_view name;   // "password", "aws.secret-key", without quotes
  std::string_view value;  // without quotes
  std::size_t begin = 0;   // of the value
  bool quoted = false;
  bool element = false;    // <name>value</name>
  bool queried = false;    // ?name=value in an address
  bool listed = false;     // "name", "value": the next of a list, or of a call's arguments
  bool compared = false;   // "==", "!=": only looked at, not given
};

// The assignment in whose name `at` lies, or at whose name's end. Forms: `name = "…"`,
// `"name": "…"`, `x["name"] = '…'`, `name: str = "…"`, `set("name", "…")`, `name := …`, `NAME=…`,
// `name: …`, `<name>…</name>`. Nothing if no value follows. A few hundred bytes around are read,
// and the value, which ends with its line.
std::optional<Assignment> assignment_at(std::string_view text, std::size_t at);

}  // namespace assay
