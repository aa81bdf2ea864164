#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "package/index_file.h"

namespace assay {

// A project's page of the simple API: JSON (PEP 691, 700) or HTML (PEP 503, 592, 658, 714) by its
// content type. `url` is the page's own, against which the files' URLs are resolved. An entry that
// names no file is passed over; what is no page at all is invalid_input.
Result<std::vector<IndexFile>> parse_index_page(const std::string& body,
                                                std::string_view content_type,
                                                std::string_view url);

}  // namespace assay
