#pragma once
#include <string_view>

namespace assay {

// All gates' patterns as they were compiled when the program was built: what packed_patterns() gave. "" in a
// program that ships none. cmake/ship_patterns.cmake makes it.
std::string_view shipped_patterns();

}  // namespace assay
