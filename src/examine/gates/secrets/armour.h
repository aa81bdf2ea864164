#pragma once
#include <string>
#include <string_view>

namespace assay {

// What keys look like in text: base64 in lines, which source code quotes, indents, comments, and
// whose line ends it writes as \n.
std::string without_escapes(std::string_view text);

// What is left of the lines when quotes, comment marks, commas and spaces at both ends are gone. A
// line that still holds anything else is a header (RFC 1421) or prose, and no part of it.
std::string base64_of_lines(std::string_view text);

}  // namespace assay
