#pragma once
#include <string_view>

namespace assay {

// Why a value that has a credential's form is none: it is published, as an example or as the
// default of a program that runs on one's own machine. "" for all others. The values themselves are
// kept as digests only.
std::string_view known_value(std::string_view value);

}  // namespace assay
