#include "examine/shipped_patterns.h"

namespace assay {

// Of a program that ships none, like the one that compiles them; cmake/ship_patterns.cmake gives others
// their own.
[[gnu::weak]] std::string_view shipped_patterns() { return {}; }

}  // namespace assay
