#pragma once
#include <string>
#include <vector>

#include "base/json.h"
#include "evidence/capability.h"

namespace assay {

// What a release can do that another could not, and the reverse. A place is the same in both if file,
// definition and what is done there are the same, or definition and what is done after the file got
// another name; lines don't count.
struct CapabilityChange {
  Capability capability{};
  bool was = false;                     // the old release had it, somewhere
  bool is = false;                      // the new one has it
  std::vector<CapabilityPlace> gained;  // of the new release
  std::vector<CapabilityPlace> lost;    // of the old one
};

// Only what changed; capabilities that are new as a whole first, then those with new places.
std::vector<CapabilityChange> surface_changes(const PackageSurfaces& old_release,
                                              const PackageSurfaces& new_release);

// For people: a line for each capability and one for each of its places, at most `most` of these.
std::string words_of(const std::vector<CapabilityChange>& changes, std::size_t most = 20);
// The same of one release by itself.
std::string words_of(const PackageSurfaces& found, std::size_t most = 20);
Json to_json(const std::vector<CapabilityChange>& changes);

}  // namespace assay
