#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "resolve/demand.h"
#include "resolve/project.h"

namespace assay {

// Which candidates every demand lets through; yanked ones only if a demand pins its version.
VersionMask fitting(Project& project, const Demands& demands);
bool any(const VersionMask& mask);

// The candidates to try in turn: newest first, pre-releases only if a demand names one or nothing
// else fits (PEP 440, "handling of pre-releases").
std::vector<std::size_t> candidates_to_try(Project& project, const Demands& demands);

// Why no candidate of a project fits.
struct Clash {
  ErrorKind kind = ErrorKind::invalid_input;  // not_found if there is no such project
  Levels levels;                              // of the demands that clash
  std::string text;
};

// For demands that leave no candidate: the fewest of them, oldest preferred, that still leave none.
Clash explain_clash(Project& project, const Demands& demands);

// Levels of enough demands, oldest preferred, to exclude every candidate that does not fit, and of
// the first one that asks for the project at all.
Levels excluding_levels(Project& project, const Demands& demands);

}  // namespace assay
