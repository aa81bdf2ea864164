#pragma once
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "package/metadata.h"
#include "resolve/candidates.h"

namespace assay {

// A yes or no for each usable candidate of a project, newest first.
using VersionMask = std::vector<bool>;

// What is known of one project; asked for once, kept for the whole resolution.
class Project {
 public:
  Project(Name name, Candidates candidates)
      : name_(std::move(name)), candidates_(std::move(candidates)) {}
  static Project unknown(Name name);

  const Name& name() const { return name_; }
  bool is_known() const { return known_; }
  const std::vector<Candidate>& usable() const { return candidates_.usable; }
  const Candidates& candidates() const { return candidates_; }

  // Which candidates are within the specifiers, which must outlive the project. Pre-releases count
  // as any other version.
  const VersionMask& within(const SpecifierSet& specifiers);

  // The candidate's metadata. invalid_input, and the same again every time, if it can't be used;
  // other errors are those of the source and are not kept.
  Result<const Metadata*> metadata(std::size_t candidate, CandidateSource& source);

 private:
  Name name_;
  Candidates candidates_;
  bool known_ = true;
  std::map<std::string, VersionMask> within_;                            // by text
  std::unordered_map<const SpecifierSet*, const VersionMask*> known_sets_;  // saves making the text
  std::map<std::size_t, Result<std::unique_ptr<Metadata>>> metadata_;
};

// Every project that was asked about.
class ProjectTable {
 public:
  ProjectTable(const ResolutionRequest& request, CandidateSource& source)
      : request_(request), source_(source), ranks_(rank_tags(request.tags)) {}

  // Asks the source the first time. A name the index does not have is a Project that is not known.
  Result<Project*> get(const Name& name);
  Project* find(const Name& name);  // null if it was not asked for yet
  void prefetch(const std::vector<Name>& names);  // those not asked for yet
  CandidateSource& source() { return source_; }

 private:
  const ResolutionRequest& request_;
  CandidateSource& source_;
  TagRanks ranks_;
  std::map<Name, Project> projects_;
};

}  // namespace assay
