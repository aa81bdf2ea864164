#pragma once
#include <string>

#include "base/result.h"
#include "examine/gate_set.h"
#include "examine/pattern_engine.h"

namespace assay {

// The engine of these gates: from the folder if it was kept there for the same patterns, else
// compiled, and kept. What is damaged, or made for another processor, is compiled again. "" for no
// folder; one that can't be written costs time only.
Result<PatternEngine> kept_patterns(const GateSet& gates, const std::string& folder);

}  // namespace assay
