#include "resolve/resolver.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/text.h"
#include "resolve/project.h"
#include "resolve/solver.h"

namespace assay {

namespace {

Result<> refuse_direct_references(const ResolutionRequest& request) {
  for (const auto& requirement : request.requirements) {
    if (requirement.url.empty() || !requirement.applies(request.markers)) continue;
    return fail(ErrorKind::invalid_input,
                fmt::format("{} (asked for directly): direct references are refused, only files of "
                            "the index are taken",
                            printable(requirement.str())));
  }
  return {};
}

void insert_sorted(std::vector<Name>& names, const Name& name) {
  const auto at = std::ranges::lower_bound(names, name);
  if (at == names.end() || *at != name) names.insert(at, name);
}

Resolution to_resolution(const Solver& solver, Environment environment) {
  Resolution resolution;
  auto& packages = resolution.packages;
  for (const auto& [name, candidate, metadata] : solver.decided(environment)) {
    packages.push_back({.name = name,
                        .version = candidate->version,
                        .file = *candidate->file,
                        .metadata = *metadata,
                        .extras = {},
                        .required_by = {},
                        .dependencies = {}});
  }
  std::ranges::sort(packages, {}, &ResolvedPackage::name);
  const auto find = [&](const Name& name) -> ResolvedPackage& {
    return *std::ranges::lower_bound(packages, name, {}, &ResolvedPackage::name);
  };
  for (const auto& [by, requirement] : solver.needs(environment)) {
    const auto& name = requirement->name;
    auto& package = find(name);
    package.extras.insert(requirement->extras.begin(), requirement->extras.end());
    if (!by || *by == name) continue;
    insert_sorted(package.required_by, *by);
    insert_sorted(find(*by).dependencies, name);
  }
  return resolution;
}

// Requests that are solved again and again, with all pages and metadata at hand.
class Solving {
 public:
  Solving(std::span<const ResolutionRequest> requests, CandidateSource& source, std::stop_token stop)
      : requests_(requests), projects_(requests, source), stop_(std::move(stop)) {}

  Result<std::vector<Resolution>> solve(const std::set<Name>& apart) {
    Solver solver(requests_, projects_, {.apart = apart, .stop = stop_});
    const auto found = solver.run();
    tied_in_derivation_ = solver.tied_in_derivation();
    if (!found) return std::unexpected(found.error());
    std::vector<Resolution> resolutions;
    for (Environment one = 0; one < requests_.size(); ++one) resolutions.push_back(to_resolution(solver, one));
    return resolutions;
  }

  // Of the last solve that found nothing.
  const std::set<Name>& tied_in_derivation() const { return tied_in_derivation_; }

 private:
  std::span<const ResolutionRequest> requests_;
  ProjectTable projects_;
  std::stop_token stop_;
  std::set<Name> tied_in_derivation_;
};

bool has_no_solution(const Error& error) {
  return error.kind == ErrorKind::invalid_input || error.kind == ErrorKind::not_found;
}

}  // namespace

std::map<Name, SpecifierSet> limits_by_project(const std::vector<Requirement>& constraints,
                                               const MarkerEnvironment& markers) {
  std::map<Name, std::string> texts;
  for (const auto& one : constraints) {
    if (!one.applies(markers) || one.specifier.empty()) continue;
    auto& text = texts[one.name];
    text += (text.empty() ? "" : ",") + one.specifier.str();
  }
  std::map<Name, SpecifierSet> all;
  for (const auto& [name, text] : texts) {
    if (auto set = SpecifierSet::parse(text)) all.emplace(name, *std::move(set));
  }
  return all;
}

Result<Resolution> resolve(const ResolutionRequest& request, CandidateSource& source,
                           std::stop_token stop) {
  ASSAY_CHECK(refuse_direct_references(request));
  ASSAY_TRY(auto resolutions, Solving({&request, 1}, source, std::move(stop)).solve({}));
  return std::move(resolutions.front());
}

Result<JointResolution> resolve_together(std::span<const ResolutionRequest> requests, CandidateSource& source,
                                         std::stop_token stop) {
  if (requests.size() == 1) {
    ASSAY_TRY(auto alone, resolve(requests.front(), source, std::move(stop)));
    return JointResolution{.resolutions = {std::move(alone)}, .differences = {}};
  }
  for (const auto& request : requests) ASSAY_CHECK(refuse_direct_references(request));
  Solving solving(requests, source, stop);
  std::set<Name> apart;
  auto found = solving.solve(apart);
  // What the derivation is about may differ, until there is a solution or it is about nothing that is tied.
  while (!found && has_no_solution(found.error()) && !solving.tied_in_derivation().empty()) {
    apart.merge(std::set(solving.tied_in_derivation()));
    found = solving.solve(apart);
  }
  if (!found) {
    if (!has_no_solution(found.error())) return std::unexpected(std::move(found).error());
    for (const auto& request : requests) {
      const auto alone = resolve(request, source, stop);
      if (!alone) return std::unexpected(context(alone, "for " + request.title).error());
    }
    return std::unexpected(std::move(found).error());
  }
  // Those that need not are tied again, one by one.
  std::map<Name, std::string> reasons;
  for (const auto& name : std::set(apart)) {
    auto fewer = apart;
    fewer.erase(name);
    auto again = solving.solve(fewer);
    if (again) {
      found = std::move(again);
      apart = std::move(fewer);
    } else if (has_no_solution(again.error())) {
      reasons[name] = std::move(again.error().message);
    } else {
      return std::unexpected(std::move(again).error());
    }
  }
  JointResolution joint{.resolutions = *std::move(found), .differences = {}};
  for (const auto& name : apart) joint.differences.push_back({name, std::move(reasons[name])});
  return joint;
}

}  // namespace assay
