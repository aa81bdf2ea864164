#pragma once
#include <cstddef>
#include <string_view>

namespace assay {

// White space as the reference implementation knows it around versions and specifiers: Unicode's
// (UTF-8 here), where base/text.h knows only ASCII's.

// Bytes of the white space character at the start of the text; 0 if there is none.
std::size_t white_space_length(std::string_view text);

std::string_view trim_white_space(std::string_view text);

}  // namespace assay
