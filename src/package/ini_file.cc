#include "package/ini_file.h"

#include <fmt/format.h>

#include "base/text.h"

namespace assay {

namespace {

bool is_comment(std::string_view trimmed) {
  return trimmed.starts_with('#') || trimmed.starts_with(';');
}

bool is_indented(std::string_view line) { return line.starts_with(' ') || line.starts_with('\t'); }

}  // namespace

Result<IniFile> IniFile::parse(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  IniFile file;
  Section* section = nullptr;
  std::string* value = nullptr;
  unsigned number = 0;
  for (const auto line : lines(text)) {
    ++number;
    const auto trimmed = trim(line);
    if (trimmed.empty() || is_comment(trimmed)) continue;
    if (is_indented(line) && value != nullptr) {
      if (!value->empty()) *value += '\n';
      *value += trimmed;
      continue;
    }
    if (trimmed.starts_with('[')) {
      const auto end = trimmed.rfind(']');
      if (end == std::string_view::npos) {
        return fail(ErrorKind::invalid_input,
                    fmt::format("line {}: a section without \"]\"", number));
      }
      section = &file.sections_[std::string(trim(trimmed.substr(1, end - 1)))];
      value = nullptr;
      continue;
    }
    const auto sign = trimmed.find_first_of("=:");
    if (section == nullptr || sign == std::string_view::npos || sign == 0) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("line {}: no section, key or value", number));
    }
    value = &(*section)[std::string(trim(trimmed.substr(0, sign)))];
    *value = trim(trimmed.substr(sign + 1));
  }
  return file;
}

std::optional<std::string> IniFile::value(std::string_view section, std::string_view key) const {
  const auto found = sections_.find(section);
  if (found == sections_.end()) return std::nullopt;
  const auto value = found->second.find(key);
  if (value == found->second.end()) return std::nullopt;
  return value->second;
}

}  // namespace assay
