#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace assay {

// A text in UTF-16 as UTF-8, if a byte order mark says that it is one (Unicode, 23.8). What is no
// character becomes U+FFFD.
std::optional<std::string> utf16_as_utf8(std::string_view bytes);

}  // namespace assay
