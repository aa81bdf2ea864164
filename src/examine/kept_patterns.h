#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "examine/gate_set.h"
#include "examine/pattern_engine.h"

namespace assay {

// The engine of these gates: of what the program ships (shipped_patterns()) or the folder keeps, if that was
// compiled of the same patterns; else compiled, and kept. What is damaged, or made for another processor, is
// compiled again. "" for no folder; one that can't be written costs time only.
Result<PatternEngine> kept_patterns(const GateSet& gates, const std::string& folder);

// The engine's databases, with what tells damage and of which patterns they are.
Result<std::string> packed_patterns(const GateSet& gates, const PatternEngine& engine);

}  // namespace assay
