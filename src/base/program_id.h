#pragma once
#include <string>

namespace assay {

// What the linker named this program by (its build id, in hexadecimal digits): two programs that were made
// of different code have different ones. "" where it named it by nothing.
std::string program_id();

}  // namespace assay
