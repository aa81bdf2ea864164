#pragma once
#include <string>
#include <string_view>

#include "advisories/source_content.h"
#include "base/result.h"

namespace assay {

// NVD's CVE API 2.0 (https://nvd.nist.gov/developers/vulnerabilities): every CVE, page by page, the
// first time; then what was modified since, if that is less than 120 days. What is kept is one file of
// the same form with the members that are read. ASSAY_NVD_API_KEY, if it is set, is sent as the key,
// with which NVD takes 50 requests in 30 seconds instead of 5. It is asked every two hours at most, as
// NVD wishes.
bool is_nvd_api(std::string_view url);
Result<SourceContent> content_of_nvd_api(const std::string& url, const SourceAccess& access);

}  // namespace assay
