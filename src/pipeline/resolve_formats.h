#pragma once
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "pipeline/resolve_request.h"

// What a resolution comes to, for programs and people. A package that not every environment takes has
// a marker, or its environments beside it.
namespace assay {

// Requirements with hashes, as pip reads them.
std::string requirements_text(const ResolveAnswer& answer);
// A lock file: pylock.toml, PEP 751. It wants a hash of every file: invalid_input without.
Result<std::string> pylock_text(const ResolveAnswer& answer);
// A tree, and where versions differ, why.
std::string tree_text(const ResolveAnswer& answer);
Json to_json(const ResolveAnswer& answer);

}  // namespace assay
