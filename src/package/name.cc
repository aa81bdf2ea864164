#include "package/name.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "package/unicode.h"

namespace assay {

namespace {

bool is_separator(char c) { return c == '-' || c == '_' || c == '.'; }

}  // namespace

Result<Name> Name::parse(std::string_view text) {
  const bool shaped = !text.empty() && is_ascii_alphanumeric(text.front()) &&
                      is_ascii_alphanumeric(text.back()) && std::ranges::all_of(text, [](char c) {
                        return is_ascii_alphanumeric(c) || is_separator(c);
                      });
  if (!shaped) {
    return fail(ErrorKind::invalid_input,
                fmt::format("not a project name: \"{}\"", printable(text.substr(0, 100))));
  }
  return normalize(text);
}

Name Name::normalize(std::string_view text) {
  Name name;
  for (const char c : lower_letters(text)) {
    if (!is_separator(c)) {
      name.normalized_ += c;
    } else if (!name.normalized_.ends_with('-')) {
      name.normalized_ += '-';
    }
  }
  return name;
}

std::string Name::file_form() const { return replace_all(normalized_, "-", "_"); }

}  // namespace assay
