#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace assay {

// The value of a Python string literal, given what stands between its quotes. The reference
// implementation reads a marker's strings so, escape sequences included. Nothing if Python would
// refuse it, and for what UTF-8 can't hold (surrogates) or a table would be needed for (\N{…}).
std::optional<std::string> read_python_string(std::string_view body);

}  // namespace assay
