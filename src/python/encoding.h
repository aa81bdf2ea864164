#pragma once
#include <string>
#include <string_view>

#include "python/problems.h"

namespace assay::python {

// The encoding that a source declares in its first two lines (PEP 263), in lower case with "-" for
// "_": "latin-1"; "" if it declares none.
std::string declared_encoding(std::string_view source);

// Tells what keeps a source from being read byte by byte as the lexer does: null bytes, bytes that
// are no UTF-8 where nothing else is declared, an encoding in which ASCII means something else.
void check_encoding(std::string_view source, Problems& problems);

// Whether a name may consist of these bytes, which begin as one does. Bytes that are no UTF-8 are
// taken for letters of another encoding.
bool is_identifier(std::string_view bytes);

}  // namespace assay::python
