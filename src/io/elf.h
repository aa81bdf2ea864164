#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay {

// The shared libraries that an ELF file asks the dynamic linker for, in its order: DT_NEEDED (System
// V ABI, chapter 5, "Dynamic Section"), of 32 or 64 bits and either byte order. None for a static
// one. invalid_input if it is no ELF file or is damaged: then nothing is known.
Result<std::vector<std::string>> needed_libraries(std::string_view file);

// The symbols that an ELF file takes from others, in its order: the undefined ones of its dynamic
// symbol table (chapter 4, "Symbol Table"), weak ones too. Errors as above.
Result<std::vector<std::string>> imported_symbols(std::string_view file);

bool is_elf(std::string_view file);

}  // namespace assay
