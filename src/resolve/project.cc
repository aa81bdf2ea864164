#include "resolve/project.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/text.h"

namespace assay {

namespace {

// Metadata that speaks of something else would let one package stand in for another.
Result<Metadata> checked_metadata(const Name& name, const Candidate& candidate,
                                  CandidateSource& source) {
  std::vector<IndexFile> files;
  for (const auto* file : candidate.files) files.push_back(*file);
  ASSAY_TRY(auto metadata, source.metadata(name, candidate.version, files));
  if (metadata.name != name || metadata.version != candidate.version) {
    return fail(ErrorKind::invalid_input,
                fmt::format("the metadata is that of {} {}", metadata.name.str(),
                            metadata.version.str()));
  }
  return metadata;
}

}  // namespace

Project::Project(Name name, std::vector<Candidates> by_environment)
    : name_(std::move(name)), by_environment_(std::move(by_environment)) {
  std::map<Version, const Candidate*, std::greater<>> usable;
  std::map<Version, const Refusal*, std::greater<>> refused;
  for (const auto& candidates : by_environment_) {
    for (const auto& candidate : candidates.usable) usable.emplace(candidate.version, &candidate);
    for (const auto& refusal : candidates.refused) refused.emplace(refusal.version, &refusal);
  }
  for (const auto& [version, candidate] : usable) candidates_.usable.push_back(*candidate);
  for (const auto& [version, refusal] : refused) {
    if (!usable.contains(version)) candidates_.refused.push_back(*refusal);
  }
  if (!by_environment_.empty()) candidates_.unreadable = by_environment_.front().unreadable;
}

Project Project::unknown(Name name) {
  Project project(std::move(name), Candidates{});
  project.known_ = false;
  return project;
}

const Candidate* Project::usable_in(std::size_t candidate, Environment environment) const {
  const auto& wanted = candidates_.usable[candidate];
  if (by_environment_.empty()) return &wanted;
  const auto& usable = by_environment_[environment].usable;
  const auto found = std::ranges::lower_bound(usable, wanted.version, std::greater<>(), &Candidate::version);
  return found != usable.end() && found->version == wanted.version ? &*found : nullptr;
}

const std::vector<Refusal>& Project::refused_in(Environment environment) const {
  return by_environment_.empty() ? candidates_.refused : by_environment_[environment].refused;
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

ProjectTable::ProjectTable(std::span<const ResolutionRequest> requests, CandidateSource& source)
    : requests_(requests), source_(source) {
  for (const auto& request : requests) ranks_.push_back(rank_tags(request.tags));
}

Result<Project*> ProjectTable::get(const Name& name, Environment environment) {
  const std::pair key(name, environment);
  if (const auto known = projects_.find(key); known != projects_.end()) return &known->second;
  seen_.insert(name);
  auto files = source_.files(name);
  if (!files && files.error().kind != ErrorKind::not_found) {
    return std::unexpected(std::move(files).error());
  }
  if (!files) return &projects_.emplace(key, Project::unknown(name)).first->second;
  const auto candidates_in = [&](Environment one) {
    return find_candidates(name, *files, requests_[one], ranks_[one]);
  };
  if (environment != every_environment) {
    return &projects_.emplace(key, Project(name, candidates_in(environment))).first->second;
  }
  std::vector<Candidates> all;
  for (Environment one = 0; one < requests_.size(); ++one) all.push_back(candidates_in(one));
  return &projects_.emplace(key, Project(name, std::move(all))).first->second;
}

void ProjectTable::prefetch(const std::vector<Name>& names) {
  std::vector<Name> unasked;
  for (const auto& name : names) {
    if (!is_known(name)) unasked.push_back(name);
  }
  if (!unasked.empty()) source_.prefetch(unasked);
}

}  // namespace assay
