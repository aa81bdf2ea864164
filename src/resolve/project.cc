#include "resolve/project.h"

#include <fmt/format.h>

#include "base/text.h"

namespace assay {

namespace {

// Metadata that speaks of something else would let one package stand in for another.
Result<Metadata> checked_metadata(const Name& name, const Candidate& candidate,
                                  CandidateSource& source) {
  ASSAY_TRY(auto metadata, source.metadata(name, candidate.version, candidate.files));
  if (metadata.name != name || metadata.version != candidate.version) {
    return fail(ErrorKind::invalid_input,
                fmt::format("the metadata is that of {} {}", metadata.name.str(),
                            metadata.version.str()));
  }
  return metadata;
}

}  // namespace

Project Project::unknown(Name name) {
  Project project(std::move(name), {});
  project.known_ = false;
  return project;
}

const VersionMask& Project::within(const SpecifierSet& specifiers) {
  const VersionMask*& known = known_sets_[&specifiers];
  if (known != nullptr) return *known;
  const auto [found, is_new] = within_.try_emplace(specifiers.str());
  if (is_new) {
    for (const auto& candidate : candidates_.usable) {
      found->second.push_back(specifiers.contains(candidate.version, true));
    }
  }
  known = &found->second;
  return *known;
}

Result<const Metadata*> Project::metadata(std::size_t candidate, CandidateSource& source) {
  auto found = metadata_.find(candidate);
  if (found == metadata_.end()) {
    auto metadata = checked_metadata(name_, candidates_.usable.at(candidate), source);
    if (metadata) {
      found = metadata_.emplace(candidate, std::make_unique<Metadata>(*std::move(metadata))).first;
    } else if (metadata.error().kind == ErrorKind::invalid_input ||
               metadata.error().kind == ErrorKind::not_found) {
      found = metadata_.emplace(candidate, fail(ErrorKind::invalid_input,
                                                printable(metadata.error().message)))
                  .first;
    } else {
      return std::unexpected(std::move(metadata).error());
    }
  }
  if (!found->second) return std::unexpected(found->second.error());
  return found->second->get();
}

Result<Project*> ProjectTable::get(const Name& name) {
  if (auto* known = find(name)) return known;
  auto files = source_.files(name);
  if (!files && files.error().kind != ErrorKind::not_found) {
    return std::unexpected(std::move(files).error());
  }
  auto project = files ? Project(name, find_candidates(name, *std::move(files), request_, ranks_))
                       : Project::unknown(name);
  return &projects_.emplace(name, std::move(project)).first->second;
}

Project* ProjectTable::find(const Name& name) {
  const auto found = projects_.find(name);
  return found == projects_.end() ? nullptr : &found->second;
}

void ProjectTable::prefetch(const std::vector<Name>& names) {
  std::vector<Name> unasked;
  for (const auto& name : names) {
    if (find(name) == nullptr) unasked.push_back(name);
  }
  if (!unasked.empty()) source_.prefetch(unasked);
}

}  // namespace assay
