#pragma once
#include <string>

#include "advisories/source_content.h"
#include "base/result.h"

namespace assay {

// OSV lays an archive of each ecosystem out as all.zip, and beside it modified_id.csv, which tells when
// each record was changed last, and every record as ID.json
// (https://google.github.io/osv.dev/data/#data-dumps). Where few were changed since the archive that is
// kept, they alone are fetched; else, or where there is no such list, the archive is.
bool is_osv_archive(std::string_view url);
Result<SourceContent> content_of_osv_archive(const std::string& url, const SourceAccess& access);

}  // namespace assay
