#pragma once
#include <string>
#include <string_view>

namespace assay {

// Text for an element or a quoted attribute: markup, control characters and bytes that are no UTF-8
// are made harmless.
std::string escape_html(std::string_view text);

// One segment of a URL's path (RFC 3986, section 2.3: all but unreserved characters are encoded).
std::string encode_segment(std::string_view text);

}  // namespace assay
