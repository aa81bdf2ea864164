#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "resolve/incompatibility.h"

namespace assay {

// What is assumed of each unit at a moment of the search: decisions, and what follows from them, in
// order. PubGrub's partial solution (Weizenbaum, "PubGrub: Next-Generation Version Solving", 2018).
class PartialSolution {
 public:
  struct Assignment {
    UnitId unit;
    VersionBits now;                         // what the unit can be after this
    std::size_t level;                       // how many decisions there were
    std::optional<std::size_t> cause;        // the incompatibility it follows from; nothing: a decision
  };

  void add_unit(std::size_t candidates);

  const VersionBits& now(UnitId unit) const { return units_[unit].now; }
  bool is_decided(UnitId unit) const { return units_[unit].decided.has_value(); }
  std::size_t decision(UnitId unit) const { return *units_[unit].decided; }
  std::size_t level() const { return level_; }

  void decide(UnitId unit, std::size_t candidate);
  void derive(UnitId unit, const VersionBits& allowed, std::size_t cause);
  void back_to(std::size_t level);

  const Assignment& at(std::size_t place) const { return trail_[place]; }
  // The first assignment after which the unit is within `allowed`, which it is now; nothing if it
  // always was.
  std::optional<std::size_t> first_within(UnitId unit, const VersionBits& allowed) const;

 private:
  struct UnitState {
    VersionBits all;
    VersionBits now;
    std::optional<std::size_t> decided;
    std::vector<std::size_t> places;  // in the trail
  };

  std::vector<UnitState> units_;
  std::vector<Assignment> trail_;
  std::size_t level_ = 0;
};

}  // namespace assay
