#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace assay {

// A version clause as it stands in a text: ">= 1.0", "==1.*", "===anything".
struct ScannedClause {
  std::string_view op;
  std::string_view version;  // without ".*"
  bool wildcard = false;
  std::size_t end = 0;       // where what was recognized ends
};

// Reads as much of a clause as stands at the start of the text; nothing if none does.
std::optional<ScannedClause> scan_clause(std::string_view text);

}  // namespace assay
