#pragma once
#include <string>

#include "copies/copies.h"

namespace assay {

// For people. Paths are as the package has them: whoever prints them makes them printable.
std::string place_of(const Copy& copy);        // the folder, or the file
std::string share_in_words(double share);      // "98 %", "less than 1 %"
std::string in_words(const Copy& copy);        // without its lines
std::string in_words(const CopiedLines& one);  // "a.py:1-20 has lib/a.py:3-22"

}  // namespace assay
