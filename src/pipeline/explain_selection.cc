#include <algorithm>

#include <nlohmann/json.hpp>

#include "pipeline/stages.h"
#include "pipeline/summary.h"
#include "pipeline/tool_wheels.h"

namespace assay {

namespace {

// Raised when the same page and askers would give other words.
constexpr std::string_view version_of_this = "1";

std::vector<Requirement> needs_of(const Session& session, const SelectedPackage& package) {
  for (const auto& [python, built] : package.wheels) {
    if (!built.failure.empty()) continue;
    const auto text = wheel_member(*session.store, built.wheel, "METADATA");
    const auto metadata = text ? Metadata::parse(*text) : std::unexpected(text.error());
    if (metadata) return metadata->requires_dist;
  }
  return {};
}

// Who asks for each package. The set comes first, then the packages in their order; each wheel's
// metadata is read once.
void add_askers(const Session& session, Selection& selection) {
  for (auto& package : selection) {
    for (const auto& requirement : session.set.requirements) {
      if (requirement.name == package.name) package.askers.push_back({"the set", requirement});
    }
  }
  for (const auto& asking : selection) {
    for (const auto& requirement : needs_of(session, asking)) {
      const bool applies = std::ranges::any_of(session.interpreters, [&](const Interpreter& python) {
        return requirement.applies(python.markers, asking.extras);
      });
      if (!applies) continue;
      for (auto& package : selection) {
        const auto& names = package.required_by;
        if (requirement.name == package.name &&
            std::ranges::find(names, asking.name) != names.end()) {
          package.askers.push_back({asking.title(), requirement});
        }
      }
    }
  }
}

ActionKey key_of(const Session& session, const SelectedPackage& package, const Digest& page,
                 const Interpreter& python, const LeftOutVersions& left_out) {
  const auto& cut = session.set.uploaded_before;
  ActionKey key{.kind = "newer-versions",
                .version = std::string(version_of_this),
                .inputs = {page.hex(), python.fingerprint},
                .parameters = {package.name.str(), package.version.str(), cut ? format_time(*cut) : "",
                               compact(to_json(package.askers))}};
  if (const auto found = left_out.find(package.name); found != left_out.end()) {
    for (const auto& [version, reason] : found->second) {
      key.parameters.push_back(version.str() + ": " + reason);
    }
  }
  return key;
}

Result<std::string> newer_as_json(Session& session, const SelectedPackage& package,
                                  const Interpreter& python, const LeftOutVersions& left_out) {
  ASSAY_TRY(const auto page, session.index->page(package.name, session.set.uploaded_before));
  ASSAY_TRY(auto version, Version::parse(python.full_version));
  const ResolutionRequest request{.requirements = {},
                                  .markers = python.markers,
                                  .tags = python.tags,
                                  .python = std::move(version),
                                  .need = ResolutionRequest::Need::sdist,
                                  .uploaded_before = session.set.uploaded_before,
                                  .constraints = {},
                                  .left_out = left_out};
  return compact(to_json(
      newer_not_taken(package.name, package.version, *page.files, request, package.askers)));
}

Result<std::vector<NotTaken>> not_taken_from(std::string_view text) {
  ASSAY_TRY(const Json json, parse_json(text));
  std::vector<NotTaken> versions;
  for (const auto& one : json) {
    ASSAY_TRY(const auto version_text, string_member(one, "version"));
    ASSAY_TRY(auto version, Version::parse(version_text));
    ASSAY_TRY(auto reason, string_member(one, "reason"));
    versions.push_back({std::move(version), std::move(reason)});
  }
  return versions;
}

// An action: an index page may be large, and is not parsed again while it is the same.
Result<std::vector<NotTaken>> newer_than_chosen(Session& session, const SelectedPackage& package,
                                                const LeftOutVersions& left_out) {
  const auto python = std::ranges::find_if(session.interpreters, [&](const Interpreter& one) {
    return package.chosen_for(one.version);
  });
  if (python == session.interpreters.end()) return std::vector<NotTaken>();
  ASSAY_TRY(const auto page,
            session.index->page_digest(package.name, session.set.uploaded_before));
  ASSAY_TRY(const auto text,
            session.actions->run(key_of(session, package, page, *python, left_out),
                                 [&] { return newer_as_json(session, package, *python, left_out); }));
  return not_taken_from(text);
}

}  // namespace

void explain_selection(Session& session, Selection& selection, const LeftOutVersions& left_out) {
  add_askers(session, selection);
  for (auto& package : selection) {
    if (auto newer = newer_than_chosen(session, package, left_out)) package.newer = *std::move(newer);
  }
}

}  // namespace assay
