#pragma once
#include <string>
#include <string_view>

namespace assay {

// Answers one question about Python packaging, so that this room can be run against the reference
// implementation: a JSON object in, a JSON object out, each on one line without its end. What can't
// be read answers {"error":…,"ok":false}. The operations:
//   version.parse, version.compare, specifier.contains, requirement.parse, marker.evaluate,
//   name.normalize, wheel.parse, tag.supported
std::string answer_debug_line(std::string_view json_line);

}  // namespace assay
