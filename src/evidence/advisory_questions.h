#pragma once
#include <span>

#include "package/debug_answers.h"

namespace assay {

// What `assay debug` answers of advisories, so that this room can be run against other
// implementations:
//   cvss.score     {"vector":…}: {"base":…,"temporal":…,"environmental":…}, null where version 2.0
//                  has none; of version 4.0 {"score":…}
//   osv.affected   {"record":{…},"name":…,"version":…}: {"affected":…}
std::span<const DebugOperation> advisory_questions();

}  // namespace assay
