#include <fmt/format.h>

#include <set>
#include <utility>

#include "resolve/search.h"

namespace assay {

namespace {

// Requirement against extra, for one candidate: past any real package, before any real wait.
constexpr std::size_t most_looks = 200'000;

// A package with one of its extras is a package of its own that has the same version: this is one
// whose dependencies are still to be listed.
struct Part {
  const Candidate* candidate;
  const Metadata* metadata;
  std::string extra;  // "" for the package itself
  Levels levels;
};

std::string asker_of(const Part& part) {
  const auto extra = part.extra.empty() ? std::string() : "[" + part.extra + "]";
  return fmt::format("{}{} {}", part.metadata->name.str(), extra, part.candidate->version.str());
}

bool belongs_to(const Requirement& requirement, const Part& part,
                const MarkerEnvironment& markers) {
  const bool plain = requirement.applies(markers);
  if (part.extra.empty()) return plain;
  return !plain && requirement.applies(markers, {part.extra});
}

}  // namespace

std::set<std::string> Search::wanted_extras(const Name& name) const {
  std::set<std::string> extras;
  if (const auto found = demands_.find(name); found != demands_.end()) {
    for (const auto& demand : found->second) {
      extras.insert(demand.requirement->extras.begin(), demand.requirement->extras.end());
    }
  }
  return extras;
}

std::optional<std::vector<Demand>> Search::dependencies(const Candidate& candidate,
                                                        const Metadata& metadata) const {
  const std::size_t own_level = levels_.size() - 1;
  std::vector<Demand> found;
  std::vector<Part> parts{{&candidate, &metadata, "", {own_level}}};
  std::set<std::pair<Name, std::string>> seen;
  if (const auto wanted = demands_.find(metadata.name); wanted != demands_.end()) {
    for (const auto& demand : wanted->second) {
      for (const auto& extra : demand.requirement->extras) {
        if (!seen.emplace(metadata.name, extra).second) continue;
        auto levels = demand.levels;
        levels.insert(own_level);
        parts.push_back({&candidate, &metadata, extra, std::move(levels)});
      }
    }
  }

  // An extra of a package that is decided already brings that package's own dependencies in now.
  const auto add_extra = [&](const Requirement& requirement, const std::string& extra,
                             const Levels& levels) {
    const bool own = requirement.name == metadata.name;
    const auto level = own ? std::optional(own_level) : decided_level(requirement.name);
    if (!level) return;
    if (!own && wanted_extras(requirement.name).contains(extra)) return;
    if (!seen.emplace(requirement.name, extra).second) return;
    Part part{own ? &candidate : &levels_[*level].candidate(),
              own ? &metadata : levels_[*level].metadata, extra, levels};
    part.levels.insert(*level);
    parts.push_back(std::move(part));
  };

  std::size_t looks = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto part = parts[i];  // a copy: the list grows below
    const auto asker = asker_of(part);
    looks += part.metadata->requires_dist.size();
    if (looks > most_looks) return std::nullopt;
    for (const auto& requirement : part.metadata->requires_dist) {
      if (!belongs_to(requirement, part, request_.markers)) continue;
      found.push_back({.requirement = &requirement, .by = part.metadata->name, .asker = asker,
                       .levels = part.levels});
      for (const auto& extra : requirement.extras) add_extra(requirement, extra, part.levels);
    }
  }
  return found;
}

}  // namespace assay
