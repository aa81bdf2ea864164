#pragma once
#include "examine/gate.h"
#include "examine/reach/file_reach.h"

namespace assay {

// What a Python file can do, by the full names of what it calls, imports, derives from and hands
// over, and which calls in it may lead on. What stands in strings and comments does not count, and
// neither does what only a type checker imports. Part of a file that is no Python 3 is one hit of
// `unread`; the rest of it is read.
FileReach python_reach(const ExaminedFile& file);

}  // namespace assay
