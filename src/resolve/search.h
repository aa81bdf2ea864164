#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "resolve/clash.h"
#include "resolve/demand.h"
#include "resolve/project.h"
#include "resolve/resolver.h"

namespace assay {

// Backtracking with conflict-directed backjumping. One project after another is decided, newest
// candidate first. A candidate brings its dependencies as demands; each demand knows the decisions
// it hangs on. When a project has no candidate left, the decisions that excluded its candidates are
// the conflict: the search jumps back to the latest of them, past all that had no part in it, and
// hands the rest of the conflict on to it. An empty conflict proves that there is no solution.
class Search {
 public:
  Search(const ResolutionRequest& request, CandidateSource& source, std::stop_token stop);
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;

  // Decides every project that is asked for, or says why that can't be.
  Result<> run();

  struct Decided {
    Name name;
    const Candidate* candidate;
    const Metadata* metadata;
  };
  std::vector<Decided> decided() const;
  // In force at the end; none of them is a constraint.
  const std::map<Name, std::vector<Demand>>& demands() const { return demands_; }

 private:
  // Why one candidate could not be taken.
  struct Rejection {
    ErrorKind kind = ErrorKind::invalid_input;
    std::string text;
    Levels blamed;
    // If another version of one decided project would have done: its level, and which versions.
    std::optional<std::size_t> decided_level;
    const SpecifierSet* wanted = nullptr;
  };

  // A project being decided or decided: its place in the stack is its level.
  struct Level {
    Project* project;
    std::vector<std::size_t> to_try;
    std::size_t next = 0;
    std::size_t chosen = 0;
    const Metadata* metadata = nullptr;
    std::vector<Rejection> rejections;
    // Each: a version outside all of these would fail as the one before did.
    std::vector<std::vector<const SpecifierSet*>> useful;

    const Candidate& candidate() const { return project->usable()[chosen]; }
  };

  struct Failure {
    ErrorKind kind = ErrorKind::invalid_input;
    std::string text;
    Levels blamed;
    // Versions of the project at the latest blamed level that may do better; empty: any.
    std::vector<const SpecifierSet*> useful;
  };

  std::optional<Name> next_name() const;
  Result<> open(const Name& name);
  Result<bool> advance();
  Result<> jump_back();
  void undo_to(std::size_t level);

  Result<std::optional<Rejection>> consider(std::size_t candidate);
  std::optional<Rejection> check(const Demand& demand, const std::vector<Demand>& pending);
  void take(std::size_t candidate, const Metadata& metadata, std::vector<Demand> pending);
  bool is_useful(const Level& level, std::size_t candidate) const;

  Demands demands_on(const Name& name) const;
  Demands demands_on(const Name& name, const std::vector<Demand>& pending) const;
  Failure explain_failure(const Level& level);
  std::optional<std::size_t> decided_level(const Name& name) const;
  std::set<std::string> wanted_extras(const Name& name) const;
  // The candidate's dependencies here, with those of extras that it is or makes others taken with;
  // nothing if there are too many to follow.
  std::optional<std::vector<Demand>> dependencies(const Candidate& candidate,
                                                  const Metadata& metadata) const;

  const ResolutionRequest& request_;
  std::stop_token stop_;
  ProjectTable projects_;
  std::vector<Level> levels_;
  std::map<Name, std::size_t> decided_;
  std::map<Name, std::vector<Demand>> demands_;
  std::map<Name, Requirement> constraint_requirements_;
  std::map<Name, Demand> constraints_;
  std::map<Name, std::size_t> failures_;
  std::size_t next_sequence_ = 0;
  std::size_t steps_ = 0;
  std::string last_failure_;
};

}  // namespace assay
