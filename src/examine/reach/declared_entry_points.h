#pragma once
#include <vector>

#include "examine/gate.h"
#include "package/record.h"

namespace assay {

// The commands and plug-ins that a source tree's pyproject.toml (PEP 621), setup.cfg or setup.py
// declares, as far as it is text: what setup.py makes at run time is not seen; and those of a wheel's
// entry_points.txt. Empty for other files and where nothing can be read.
std::vector<EntryPoint> declared_entry_points(const ExaminedFile& file);

}  // namespace assay
