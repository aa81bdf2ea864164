#include "package/requirements_text.h"

#include <algorithm>

#include "base/text.h"

namespace assay {

std::string_view without_comment(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t')) {
      return line.substr(0, i);
    }
  }
  return line;
}

std::string_view without_options(std::string_view line) {
  return trim(line.substr(0, std::min(line.find(" --"), line.find("\t--"))));
}

std::vector<NumberedLine> numbered_logical_lines(std::string_view text) {
  std::vector<NumberedLine> result;
  std::string line;
  std::uint32_t number = 0;
  std::uint32_t begin = 0;  // of `line`; 0 while it is empty
  const auto end_line = [&] {
    if (const auto whole = trim(line); !whole.empty()) result.push_back({std::string(whole), begin});
    line.clear();
    begin = 0;
  };
  for (const auto part : lines(text)) {
    ++number;
    const auto kept = without_comment(part);
    if (begin == 0 && !trim(kept).empty()) begin = number;
    if (kept.ends_with('\\')) {
      line += kept.substr(0, kept.size() - 1);
      continue;
    }
    line += kept;
    end_line();
  }
  end_line();
  return result;
}

std::vector<std::string> logical_lines(std::string_view text) {
  std::vector<std::string> result;
  for (auto& line : numbered_logical_lines(text)) result.push_back(std::move(line.text));
  return result;
}

std::optional<std::string_view> argument_of(std::string_view line, std::string_view short_form,
                                            std::string_view long_form) {
  std::string_view rest;
  if (line.starts_with(long_form)) {
    rest = line.substr(long_form.size());
    if (!rest.empty() && rest[0] != ' ' && rest[0] != '=') return std::nullopt;
  } else if (line.starts_with(short_form)) {
    rest = line.substr(short_form.size());
  } else {
    return std::nullopt;
  }
  rest = trim(rest);
  if (rest.starts_with('=')) rest = trim(rest.substr(1));
  return rest;
}

}  // namespace assay
