#include "examine/gates/secrets/armour.h"

#include "base/text.h"

namespace assay {

namespace {

bool is_base64(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/' || c == '=';
}

}  // namespace

std::string without_escapes(std::string_view body) {
  std::string text = replace_all(std::string(body), "\\r", "\n");
  text = replace_all(std::move(text), "\\n", "\n");
  return replace_all(std::move(text), "\\t", " ");
}

std::string base64_of_lines(std::string_view text) {
  std::string joined;
  for (std::string_view line : lines(text)) {
    line = trim(line);
    if (line.starts_with("// ") || line == "//") line.remove_prefix(2);
    while (!line.empty() && !is_base64(line.back())) line.remove_suffix(1);
    while (!line.empty() && (!is_base64(line.front()) || line.front() == '='))
      line.remove_prefix(1);
    bool whole = true;
    for (const char c : line) whole = whole && is_base64(c);
    if (whole) joined += line;
  }
  return joined;
}

}  // namespace assay
