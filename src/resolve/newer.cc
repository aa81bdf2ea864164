#include "resolve/newer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "resolve/candidates.h"

namespace assay {

namespace {

std::string objection_to(const Candidate& candidate, const Version& chosen,
                         const std::vector<Asker>& askers) {
  for (const auto& [who, requirement] : askers) {
    if (!requirement.specifier.contains(candidate.version, true)) {
      return fmt::format("{} asks for {}", who, requirement.str());
    }
  }
  const auto& yanked = candidate.file->yanked;
  if (!yanked.empty()) return "yanked: " + printable(yanked.substr(0, 200));
  const bool asked_for = std::ranges::any_of(askers, [](const Asker& asker) {
    return asker.requirement.specifier.admits_prereleases();
  });
  if (candidate.version.is_prerelease() && !chosen.is_prerelease() && !asked_for) {
    return "a pre-release, and nobody asks for one";
  }
  return std::string(does_not_agree);
}

}  // namespace

std::vector<NotTaken> newer_not_taken(const Name& name, const Version& chosen,
                                      FileList files,
                                      const ResolutionRequest& request,
                                      const std::vector<Asker>& askers) {
  const auto candidates =
      find_candidates(name, std::move(files), request, rank_tags(request.tags));
  std::vector<NotTaken> newer;
  for (const auto& refusal : candidates.refused) {
    if (refusal.version > chosen) newer.push_back({refusal.version, refusal.reason});
  }
  for (const auto& candidate : candidates.usable) {
    if (candidate.version > chosen) {
      newer.push_back({candidate.version, objection_to(candidate, chosen, askers)});
    }
  }
  std::ranges::sort(newer, std::ranges::greater(), &NotTaken::version);
  return newer;
}

}  // namespace assay
