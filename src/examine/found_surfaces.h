#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/text.h"
#include "evidence/surface.h"

namespace assay {

// Surfaces as their places are found; the first few of each kind are kept.
class FoundSurfaces {
 public:
  void add(SurfaceKind kind, std::string_view place) {
    constexpr std::size_t most_places = 5;
    auto& surface = surfaces_[kind];
    surface.kind = kind;
    ++surface.count;
    if (surface.places.size() < most_places) surface.places.push_back(printable(place));
  }

  std::vector<Surface> take() {
    std::vector<Surface> all;
    for (auto& [kind, surface] : surfaces_) all.push_back(std::move(surface));
    return all;
  }

 private:
  std::map<SurfaceKind, Surface> surfaces_;
};

}  // namespace assay
