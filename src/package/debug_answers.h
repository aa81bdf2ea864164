#pragma once
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace assay {

// An operation by its name, and what answers it: an object without "ok", or why there is no answer.
struct DebugOperation {
  std::string_view name;
  Result<Json> (*answer)(const Json& question);
};

// Answers one question about Python packaging, so that this room can be run against the reference
// implementation: a JSON object in, a JSON object out, each on one line without its end. What can't
// be read answers {"error":…,"ok":false}. The operations:
//   version.parse, version.compare, specifier.contains, requirement.parse, marker.evaluate,
//   name.normalize, wheel.parse, tag.supported
// and `more`, those of rooms that this one does not see.
std::string answer_debug_line(std::string_view json_line, std::span<const DebugOperation> more = {});

}  // namespace assay
