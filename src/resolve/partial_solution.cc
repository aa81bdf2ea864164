#include "resolve/partial_solution.h"

#include <algorithm>
#include <utility>

namespace assay {

void PartialSolution::add_unit(std::size_t candidates) {
  const auto all = VersionBits::everything(candidates);
  units_.push_back({.all = all, .now = all, .decided = std::nullopt, .places = {}});
}

void PartialSolution::decide(UnitId unit, std::size_t candidate) {
  auto& state = units_[unit];
  VersionBits only(state.all.candidates());
  only.add(candidate);
  state.now = std::move(only);
  state.decided = candidate;
  state.places.push_back(trail_.size());
  trail_.push_back({unit, state.now, ++level_, std::nullopt});
}

void PartialSolution::derive(UnitId unit, const VersionBits& allowed, std::size_t cause) {
  auto& state = units_[unit];
  state.now &= allowed;
  state.places.push_back(trail_.size());
  trail_.push_back({unit, state.now, level_, cause});
}

void PartialSolution::back_to(std::size_t level) {
  while (!trail_.empty() && trail_.back().level > level) {
    auto& state = units_[trail_.back().unit];
    if (!trail_.back().cause) state.decided.reset();
    state.places.pop_back();
    state.now = state.places.empty() ? state.all : trail_[state.places.back()].now;
    trail_.pop_back();
  }
  level_ = level;
}

std::optional<std::size_t> PartialSolution::first_within(UnitId unit, const VersionBits& allowed) const {
  const auto& state = units_[unit];
  if (state.all.is_subset_of(allowed)) return std::nullopt;
  // What a unit can be only shrinks along the trail.
  const auto first = std::ranges::partition_point(
      state.places, [&](std::size_t place) { return !trail_[place].now.is_subset_of(allowed); });
  return *first;
}

}  // namespace assay
