#include "resolve/resolver.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
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

Resolution to_resolution(const Solver& solver) {
  Resolution resolution;
  auto& packages = resolution.packages;
  for (const auto& [name, candidate, metadata] : solver.decided()) {
    packages.push_back({.name = name,
                        .version = candidate->version,
                        .file = candidate->file,
                        .metadata = *metadata,
                        .extras = {},
                        .required_by = {},
                        .dependencies = {}});
  }
  std::ranges::sort(packages, {}, &ResolvedPackage::name);
  const auto find = [&](const Name& name) -> ResolvedPackage& {
    return *std::ranges::lower_bound(packages, name, {}, &ResolvedPackage::name);
  };
  for (const auto& [by, requirement] : solver.needs()) {
    const auto& name = requirement->name;
    auto& package = find(name);
    package.extras.insert(requirement->extras.begin(), requirement->extras.end());
    if (!by || *by == name) continue;
    insert_sorted(package.required_by, *by);
    insert_sorted(find(*by).dependencies, name);
  }
  return resolution;
}

}  // namespace

Result<Resolution> resolve(const ResolutionRequest& request, CandidateSource& source,
                           std::stop_token stop) {
  ASSAY_CHECK(refuse_direct_references(request));
  Solver solver(request, source, std::move(stop));
  ASSAY_CHECK(solver.run());
  return to_resolution(solver);
}

}  // namespace assay
