#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

// tox.ini, setup.cfg, pytest.ini: sections of keys, a value going on in the lines that are indented
// deeper than its key. Lines that begin with # or ; are comments. Of a key that is given twice the
// last one counts.
class IniFile {
 public:
  // invalid_input with the line that is neither section, key, value nor comment.
  static Result<IniFile> parse(std::string_view text);

  bool has_section(std::string_view section) const { return sections_.contains(section); }
  // The value's lines, trimmed, joined with "\n"; nothing if there is no such key.
  std::optional<std::string> value(std::string_view section, std::string_view key) const;

 private:
  using Section = std::map<std::string, std::string, std::less<>>;
  std::map<std::string, Section, std::less<>> sections_;
};

}  // namespace assay
