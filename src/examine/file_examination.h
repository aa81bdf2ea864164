#pragma once
#include <memory>
#include <vector>

#include "base/result.h"
#include "evidence/finding.h"
#include "examine/gate.h"
#include "examine/pattern_engine.h"

namespace assay {

// Everything that the gates say of one file. Equal findings are one, which tells how often it
// stands there; of one rule at most 100 are told in full, the heaviest, and the rest are counted in
// one more, so that no file can drown the others.
Result<std::vector<Finding>> examine_file(const std::vector<std::unique_ptr<FileGate>>& gates,
                                          const PatternEngine& engine,
                                          const PatternEngine::Scratch& scratch,
                                          const ExaminedFile& file);

}  // namespace assay
