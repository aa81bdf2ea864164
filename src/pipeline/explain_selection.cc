#include <algorithm>

#include "pipeline/stages.h"
#include "pipeline/tool_wheels.h"

namespace assay {

namespace {

std::vector<Requirement> needs_of(const Session& session, const SelectedPackage& package) {
  for (const auto& [python, built] : package.wheels) {
    if (!built.failure.empty()) continue;
    const auto text = wheel_member(*session.store, built.wheel, "METADATA");
    const auto metadata = text ? Metadata::parse(*text) : std::unexpected(text.error());
    if (metadata) return metadata->requires_dist;
  }
  return {};
}

void add_askers(const Session& session, const Selection& selection, SelectedPackage& package) {
  for (const auto& requirement : session.set.requirements) {
    if (requirement.name == package.name) package.askers.push_back({"the set", requirement});
  }
  for (const auto& other : selection) {
    const auto& names = package.required_by;
    if (std::ranges::find(names, other.name) == names.end()) continue;
    for (const auto& requirement : needs_of(session, other)) {
      const bool applies = std::ranges::any_of(session.interpreters, [&](const Interpreter& python) {
        return requirement.applies(python.markers, other.extras);
      });
      if (requirement.name == package.name && applies) {
        package.askers.push_back({other.title(), requirement});
      }
    }
  }
}

void add_newer(Session& session, SelectedPackage& package, const LeftOutVersions& left_out) {
  const auto page = session.index->page(package.name, session.set.uploaded_before);
  const auto python = std::ranges::find_if(session.interpreters, [&](const Interpreter& one) {
    return package.chosen_for(one.version);
  });
  if (!page || python == session.interpreters.end()) return;
  const auto version = Version::parse(python->full_version);
  if (!version) return;
  const ResolutionRequest request{.requirements = {},
                                  .markers = python->markers,
                                  .tags = python->tags,
                                  .python = *version,
                                  .need = ResolutionRequest::Need::sdist,
                                  .uploaded_before = session.set.uploaded_before,
                                  .constraints = {},
                                  .left_out = left_out};
  package.newer =
      newer_not_taken(package.name, package.version, *page->files, request, package.askers);
}

}  // namespace

void explain_selection(Session& session, Selection& selection, const LeftOutVersions& left_out) {
  for (auto& package : selection) {
    add_askers(session, selection, package);
    add_newer(session, package, left_out);
  }
}

}  // namespace assay
