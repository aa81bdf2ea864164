#pragma once
#include <cstddef>

namespace assay {

// Bytes of a file that are read as Python at most. Syntax and what is worked out of it take up thirty times
// its text, and nobody writes such a file by hand.
inline constexpr std::size_t most_python = std::size_t{6} << 20;

}  // namespace assay
