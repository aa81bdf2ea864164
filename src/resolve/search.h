#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <set>
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
  // Candidates looked at before a search gives up. Real sets need a few for each package; this
  // many end in seconds.
  static constexpr std::size_t usual_steps = 50'000;

  Search(const ResolutionRequest& request, CandidateSource& source, std::stop_token stop,
         std::size_t most_steps = usual_steps);
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
  // Versions of a blamed project that may do better, by the specifiers' text. A level without such
  // is to blame whatever its version is.
  using Wanted = std::map<std::string, const SpecifierSet*>;

  // Why one candidate could not be taken.
  struct Rejection {
    ErrorKind kind = ErrorKind::invalid_input;
    std::string text;
    Levels blamed;
    std::map<std::size_t, Wanted> wanted;  // by blamed level
  };

  // A project being decided or decided: its place in the stack is its level.
  struct Level {
    Project* project;
    std::vector<std::size_t> to_try;
    std::size_t next = 0;
    std::size_t chosen = 0;
    const Metadata* metadata = nullptr;
    std::vector<Rejection> rejections;
    // A version outside all specifiers of any of these would fail as one before it did.
    std::vector<Wanted> useful;

    const Candidate& candidate() const { return project->usable()[chosen]; }
  };

  std::optional<Name> next_name() const;
  Result<> open(const Name& name);
  Result<bool> advance();
  Result<> settle();
  enum class Next { another_version, another_project };
  Result<Next> jump_back();
  void undo_to(std::size_t level);

  Result<std::optional<Rejection>> consider(std::size_t candidate);
  std::optional<Rejection> check(const Demand& demand, const std::vector<Demand>& pending);
  void take(std::size_t candidate, const Metadata& metadata, std::vector<Demand> pending);
  bool is_useful(const Level& level, std::size_t candidate) const;

  Demands demands_on(const Name& name) const;
  Demands demands_on(const Name& name, const std::vector<Demand>& pending) const;
  Rejection explain_failure(const Level& level);
  std::string failure_text(const Level& level, const Demands& demands) const;
  std::optional<std::size_t> decided_level(const Name& name) const;
  std::set<std::string> wanted_extras(const Name& name) const;
  // The candidate's dependencies here, with those of extras that it is or makes others taken with;
  // nothing if there are too many to follow.
  std::optional<std::vector<Demand>> dependencies(const Candidate& candidate,
                                                  const Metadata& metadata) const;

  const ResolutionRequest& request_;
  std::stop_token stop_;
  std::size_t most_steps_;
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
