#include "serve/byte_range.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace assay {

namespace {

// Digits only; a number that is too great for a file is the greatest.
std::optional<std::uint64_t> position(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc() ? value : UINT64_MAX;
}

}  // namespace

ChosenRange choose_range(std::string_view header, std::uint64_t size) {
  constexpr std::string_view unit = "bytes=";
  if (!lower(header).starts_with(unit)) return {};
  const auto text = trim(header.substr(unit.size()));
  if (text.find(',') != std::string_view::npos) return {RangeAnswer::unsatisfiable, {}};
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return {};
  const auto first = position(text.substr(0, dash));
  const auto last = position(text.substr(dash + 1));
  if (!first && dash == 0 && last) {  // the last so many bytes
    if (*last == 0 || size == 0) return {RangeAnswer::unsatisfiable, {}};
    const auto length = std::min(*last, size);
    return {RangeAnswer::part, {size - length, length}};
  }
  const bool open = dash + 1 == text.size();
  if (!first || (!last && !open) || (last && *last < *first)) return {};
  if (*first >= size) return {RangeAnswer::unsatisfiable, {}};
  const auto end = open ? size : std::min(*last, size - 1) + 1;
  return {RangeAnswer::part, {*first, end - *first}};
}

}  // namespace assay
