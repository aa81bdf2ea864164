#pragma once
#include <span>

#include "examine/gate.h"
#include "examine/reach/file_reach.h"

namespace assay {

// What a C, C++, Cython or Rust source can do, by the functions that it calls: `hits` are those of
// native_marks(). Names in comments and strings, members of values and declarations do not count,
// and names that are everybody's ("connect") count beside a socket header only. It looks at no
// macro and follows no call.
std::vector<CapabilityHit> native_source_reach(const ExaminedFile& file, std::span<const Hit> hits);

// What a compiled file can do, by the functions that it asks the dynamic linker for (ELF). Of other
// formats, and of a damaged file, one hit of `unread`.
std::vector<CapabilityHit> compiled_reach(std::string_view path, std::string_view bytes);

}  // namespace assay
