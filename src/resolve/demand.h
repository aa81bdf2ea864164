#pragma once
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "package/name.h"
#include "package/requirement.h"

namespace assay {

// Decisions of a search, by their place in the order they were taken in.
using Levels = std::set<std::size_t>;

// A requirement that is in force, who asks, and the decisions it vanishes with.
struct Demand {
  const Requirement* requirement;
  std::optional<Name> by;     // the package that asks; nothing if it was asked for directly
  std::string asker;          // "flask[async] 3.0.2", for messages
  Levels levels;              // empty: always in force
  bool constraint = false;    // limits versions without asking for the package
  std::size_t sequence = 0;   // when it was first seen
};

using Demands = std::vector<const Demand*>;

// "werkzeug>=3 (required by flask 3.0.2)"
std::string in_words(const Demand& demand);
std::string in_words(const Demands& demands);  // joined by "and"

// Held to one version by == or ===, which is what admits a yanked file (PEP 592).
bool is_pin(const Demand& demand);
bool any_pin(const Demands& demands);

}  // namespace assay
