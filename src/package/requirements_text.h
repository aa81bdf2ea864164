#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// The text of requirements files, as pip reads it (pip's documentation, "Requirements File Format").

// Lines without comments, continued ones joined, empty ones left out.
std::vector<std::string> logical_lines(std::string_view text);

// The same, each with the number of the line that it begins on, from 1.
struct NumberedLine {
  std::string text;
  std::uint32_t number = 0;
};
std::vector<NumberedLine> numbered_logical_lines(std::string_view text);

// A comment begins the line or follows white space.
std::string_view without_comment(std::string_view line);

// "pytest==8.3 --hash=sha256:..." without what follows the requirement.
std::string_view without_options(std::string_view line);

// What follows an option: "-r x", "-rx", "--requirement x", "--requirement=x". Nothing for another line.
std::optional<std::string_view> argument_of(std::string_view line, std::string_view short_form,
                                            std::string_view long_form);

}  // namespace assay
