#pragma once
#include <string>

namespace assay {

// A variable of this process's environment; "" if it is not set.
std::string variable(const char* name);

}  // namespace assay
