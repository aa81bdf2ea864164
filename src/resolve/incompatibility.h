#pragma once
#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "package/requirement.h"
#include "resolve/version_bits.h"

namespace assay {

// What a resolution decides about: the request itself, a project, or one extra of a project, which is
// absent or there. By its number in the order of discovery.
using UnitId = std::size_t;

// That a unit is one of `allowed`.
struct Term {
  UnitId unit;
  VersionBits allowed;
};

// Terms that can't all hold, and why. An incompatibility without terms can't be: there is no solution.
struct Incompatibility {
  enum class Kind {
    request,     // the request can't be left out
    dependency,  // a unit needs another: `requirement`, of `asker` or of the request
    extra,       // an extra needs its project
    constraint,  // `requirement` limits a project without asking for it
    unusable,    // these candidates can't be taken, `text` says why after their name: ": needs Python >=3.12"
    barred,      // nor can these, `text` is the whole sentence
    derived,     // follows from `left` and `right`
  };

  std::vector<Term> terms;  // by unit
  Kind kind = Kind::derived;
  const Requirement* requirement = nullptr;
  UnitId target = 0;  // of a dependency: the project or extra that is needed
  std::string text;
  std::size_t left = 0;   // their places in the solver's list
  std::size_t right = 0;

  const Term* term_of(UnitId unit) const {
    const auto found = std::ranges::find(terms, unit, &Term::unit);
    return found == terms.end() ? nullptr : &*found;
  }
  Term* term_of(UnitId unit) { return const_cast<Term*>(std::as_const(*this).term_of(unit)); }
};

}  // namespace assay
