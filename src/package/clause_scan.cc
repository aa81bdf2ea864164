#include "package/clause_scan.h"

#include <algorithm>
#include <array>

#include "package/version_scan.h"
#include "package/white_space.h"

namespace assay {

namespace {

// Longer operators stand before their beginnings.
constexpr std::array<std::string_view, 8> operators{"===", "~=", "==", "!=", "<=", ">=", "<", ">"};

// === is held against any run of characters that can't end a requirement's clause.
std::size_t arbitrary_length(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && text[end] != ';' && text[end] != ')' &&
         white_space_length(text.substr(end)) == 0) {
    ++end;
  }
  return end;
}

}  // namespace

std::optional<ScannedClause> scan_clause(std::string_view text) {
  const auto op = std::ranges::find_if(
      operators, [&](std::string_view candidate) { return text.starts_with(candidate); });
  if (op == operators.end()) return std::nullopt;
  std::size_t start = op->size();
  while (const auto length = white_space_length(text.substr(start))) start += length;
  const auto rest = text.substr(start);
  const auto clause = [&](std::size_t length, bool wildcard = false) {
    return ScannedClause{*op, rest.substr(0, length), wildcard,
                         start + length + (wildcard ? 2 : 0)};
  };
  if (*op == "===") {
    const auto length = arbitrary_length(rest);
    return length == 0 ? std::nullopt : std::optional(clause(length));
  }

  const auto version = scan_version(rest);
  if (!version) return std::nullopt;
  if (*op == "==" || *op == "!=") {
    // A wildcard stands after a release and nothing else (PEP 440, "version matching").
    if (rest.substr(version->release_end).starts_with(".*")) {
      return clause(version->release_end, true);
    }
    return clause(version->end);
  }
  // ~=1 would have no number left to hold fixed.
  if (*op == "~=" && version->release.size() < 2) return std::nullopt;
  return clause(version->public_end);
}

}  // namespace assay
