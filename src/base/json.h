#pragma once
#include <nlohmann/json_fwd.hpp>  // the forward declarations only; the rest stays in .cc files
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

// Objects keep their keys sorted, so that equal values have equal bytes.
using Json = nlohmann::json;

// invalid_input with the place of the fault. Invalid UTF-8 is a fault, and so is nesting that
// nobody needs, which would cost whoever walks the value its stack.
Result<Json> parse_json(std::string_view text);

// One line without spaces: what digests are taken of. Bytes that are no UTF-8 become U+FFFD.
std::string compact(const Json& value);
// Indented by two, ending in a newline: what people read.
std::string pretty(const Json& value);

// Members that must or may be there, for documents from outside. A member of another type is
// invalid_input, naming the key; a missing one is the fallback where there is one.
Result<std::string> string_member(const Json& object, std::string_view key);
Result<std::string> string_member(const Json& object, std::string_view key, std::string fallback);

}  // namespace assay
