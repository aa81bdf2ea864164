#include "resolve/resolver.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "resolve/search.h"

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

Resolution to_resolution(const Search& search) {
  Resolution resolution;
  auto& packages = resolution.packages;
  for (const auto& decided : search.decided()) {
    packages.push_back({.name = decided.name,
                        .version = decided.candidate->version,
                        .file = decided.candidate->file,
                        .metadata = *decided.metadata,
                        .extras = {},
                        .required_by = {},
                        .dependencies = {}});
  }
  std::ranges::sort(packages, {}, &ResolvedPackage::name);
  const auto find = [&](const Name& name) -> ResolvedPackage& {
    return *std::ranges::lower_bound(packages, name, {}, &ResolvedPackage::name);
  };
  for (const auto& [name, demands] : search.demands()) {
    for (const auto& demand : demands) {
      auto& package = find(name);
      package.extras.insert(demand.requirement->extras.begin(), demand.requirement->extras.end());
      if (!demand.by || *demand.by == name) continue;
      insert_sorted(package.required_by, *demand.by);
      insert_sorted(find(*demand.by).dependencies, name);
    }
  }
  return resolution;
}

}  // namespace

Result<Resolution> resolve(const ResolutionRequest& request, CandidateSource& source,
                           std::stop_token stop) {
  ASSAY_CHECK(refuse_direct_references(request));
  Search search(request, source, std::move(stop));
  ASSAY_CHECK(search.run());
  return to_resolution(search);
}

}  // namespace assay
