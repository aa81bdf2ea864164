#pragma once
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "resolve/incompatibility.h"
#include "resolve/project.h"

namespace assay {

// What a derivation needs to know of a unit to name it.
struct UnitWords {
  std::string name;            // "flask", "requests[socks]"; "" for the request
  std::string where;           // " on Python 3.12"; "" where it can be no other
  Project* project = nullptr;  // the project's or the switch's; null for the request
  bool is_switch = false;      // it has no versions: it is there or not
};

// Why there is no solution, as a person would tell it: what stands at the bottom, step by step, to the
// end. `last` is the incompatibility that shows it. not_found if all that stands in the way are projects
// that the index does not have; else invalid_input.
Error tell_derivation(const std::vector<Incompatibility>& all, std::size_t last,
                      const std::vector<UnitWords>& units);

// Every unit that the derivation speaks of.
std::set<UnitId> units_of_derivation(const std::vector<Incompatibility>& all, std::size_t last);

// What one incompatibility comes to: "flask 3.0 or older and werkzeug 3.1 exclude each other"
std::string in_words(const Incompatibility& incompatibility, const std::vector<UnitWords>& units);

// "flask 3.0 to 3.1.3", "every version of flask"
std::string versions_in_words(const UnitWords& unit, const VersionBits& versions);

}  // namespace assay
