#pragma once
#include <cstddef>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "package/metadata.h"
#include "resolve/candidates.h"

namespace assay {

// A yes or no for each usable candidate of a project, newest first.
using VersionMask = std::vector<bool>;

// A request by its place among those that are resolved together, or all of them.
using Environment = std::size_t;
constexpr Environment every_environment = std::numeric_limits<Environment>::max();

// What is known of one project; asked for once, kept for the whole resolution.
class Project {
 public:
  Project(Name name, Candidates candidates)
      : name_(std::move(name)), candidates_(std::move(candidates)) {}
  // What is usable in any of several environments, each of which has candidates of its own.
  Project(Name name, std::vector<Candidates> by_environment);
  static Project unknown(Name name);

  const Name& name() const { return name_; }
  bool is_known() const { return known_; }
  const std::vector<Candidate>& usable() const { return candidates_.usable; }
  const Candidates& candidates() const { return candidates_; }
  // The candidate as one of the environments has it, with the file that is the best there; null if it
  // can't be taken there.
  const Candidate* usable_in(std::size_t candidate, Environment environment) const;
  // What that environment refuses; a project of one environment has the same as candidates().
  const std::vector<Refusal>& refused_in(Environment environment) const;

  // Which candidates are within the specifiers, which must outlive the project. Pre-releases count
  // as any other version.
  const VersionMask& within(const SpecifierSet& specifiers);

  // The candidate's metadata. invalid_input, and the same again every time, if it can't be used;
  // other errors are those of the source and are not kept.
  Result<const Metadata*> metadata(std::size_t candidate, CandidateSource& source);

 private:
  Name name_;
  Candidates candidates_;
  std::vector<Candidates> by_environment_;  // empty if there is one
  bool known_ = true;
  std::map<std::string, VersionMask> within_;                            // by text
  std::unordered_map<const SpecifierSet*, const VersionMask*> known_sets_;  // saves making the text
  std::map<std::size_t, Result<std::unique_ptr<Metadata>>> metadata_;
};

// Every project that was asked about.
class ProjectTable {
 public:
  // The requests must outlive the table: specifiers of theirs are remembered by their place.
  ProjectTable(std::span<const ResolutionRequest> requests, CandidateSource& source);

  // Asks the source the first time. A name the index does not have is a Project that is not known.
  Result<Project*> get(const Name& name, Environment environment);
  bool is_known(const Name& name) const { return seen_.contains(name); }  // it was asked for already
  void prefetch(const std::vector<Name>& names);  // those not asked for yet
  CandidateSource& source() { return source_; }

 private:
  std::span<const ResolutionRequest> requests_;
  CandidateSource& source_;
  std::vector<TagRanks> ranks_;  // by request
  std::map<std::pair<Name, Environment>, Project> projects_;
  std::set<Name> seen_;
};

}  // namespace assay
