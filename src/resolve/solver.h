#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/result.h"
#include "resolve/derivation.h"
#include "resolve/incompatibility.h"
#include "resolve/partial_solution.h"
#include "resolve/project.h"
#include "resolve/resolver.h"

namespace assay {

// PubGrub (Weizenbaum 2018): what is known is kept as incompatibilities; what they force is derived; a
// conflict is traced to the incompatibility that is its cause, which is learned, and the search jumps
// back to where that one forces something else. Sets of versions are bits over the candidates that the
// index has, newest first. An extra is a unit of its own that has no versions: it is there or not.
//
// Several requests are solved together, each in an environment of its own: a project is then one unit for
// all of them, and that one of them takes it is another unit, which is there or not as an extra is. A
// project that may differ is a unit in each environment, as where there is but one.
class Solver {
 public:
  // Decisions before it gives up. Real sets need a few for each package; this many end in seconds.
  static constexpr std::size_t usual_decisions = 50'000;

  struct Options {
    std::set<Name> apart = {};  // may differ between the requests
    std::size_t most_decisions = usual_decisions;
    std::stop_token stop = {};
  };
  // `projects` belong to the requests.
  Solver(std::span<const ResolutionRequest> requests, ProjectTable& projects, Options options);
  Solver(const Solver&) = delete;
  Solver& operator=(const Solver&) = delete;

  // Decides every project that is asked for, or says why that can't be. Once.
  Result<> run();

  struct Decided {
    Name name;
    const Candidate* candidate;
    const Metadata* metadata;
  };
  std::vector<Decided> decided(Environment environment) const;

  // A requirement of what was decided, and who asks; nothing: the request.
  struct Need {
    std::optional<Name> by;
    const Requirement* requirement;
  };
  std::vector<Need> needs(Environment environment) const;

  // After a run that found nothing: the projects that are tied and that the derivation speaks of.
  const std::set<Name>& tied_in_derivation() const { return tied_in_derivation_; }

 private:
  struct Unit {
    Name name;
    std::string extra;
    Environment environment = every_environment;
    Project* project = nullptr;  // of the request and of a switch: none
    UnitId base = 0;             // a switch's project
    bool is_switch() const { return project == nullptr && base != 0; }
  };
  // Part of a package that brings dependencies: the project at a candidate, in an environment or with one
  // of its extras there. In force while the unit is decided so and the switch, if any, is there.
  struct Part {
    UnitId unit;
    std::size_t candidate;
    UnitId with;  // the switch; 0: none, the unit is of one environment only
    Environment environment;
  };
  struct Asker : Part {
    const Requirement* requirement;
  };
  // Asker, switch, target, excluded; the environment of those that have none.
  using Merged = std::tuple<UnitId, UnitId, Environment, UnitId, VersionBits>;

  Result<> search();
  Result<> propagate(std::vector<UnitId> changed);
  enum class Relation { satisfied, almost, other };
  std::pair<Relation, const Term*> relation(const Incompatibility& incompatibility) const;
  Result<std::size_t> resolve_conflict(std::size_t conflict);
  std::size_t resolvent(std::size_t left, std::size_t right, UnitId unit);
  void count_conflict(std::size_t conflict);
  void count_conflict_of(UnitId unit);

  std::optional<UnitId> next_unit() const;
  Result<std::vector<UnitId>> decide_one(UnitId unit);
  std::optional<std::size_t> best_candidate(UnitId unit);
  Result<std::vector<UnitId>> expand_switches();
  Result<std::string> why_unusable(const Part& part);

  bool is_tied(const Name& name) const { return requests_.size() > 1 && !options_.apart.contains(name); }
  Result<UnitId> unit_of(const Name& name, Environment environment);
  UnitId switch_of(UnitId base, const std::string& extra, Environment environment);
  void add_limits(UnitId unit, UnitId with, Environment environment);
  VersionBits yanked_and_unpinned(Project& project, Environment environment) const;
  UnitId add_unit(Unit unit, std::size_t candidates);

  // Adds what the part needs; true if one of it can't be met as things stand.
  Result<bool> add_dependencies(const Part& part);
  Result<bool> add_dependency(const Part& part, const Requirement& written);
  bool add(Incompatibility incompatibility);
  bool add_merged(Merged key, std::size_t candidate, Incompatibility incompatibility);
  bool holds_but_for(UnitId unit, const Incompatibility& incompatibility) const;
  void index(std::size_t place);
  std::vector<Term> terms_of(const Part& part) const;
  bool applies(const Part& part, const Requirement& requirement) const;
  const std::vector<Requirement>& requirements_of(const Part& part) const;
  bool is_in_force(const Part& part) const;
  std::vector<UnitWords> unit_words() const;
  void forbid(const Part& part, std::string why);

  std::span<const ResolutionRequest> requests_;
  ProjectTable& projects_;
  Options options_;

  std::vector<Unit> units_;
  std::map<std::tuple<Name, std::string, Environment, bool>, UnitId> unit_ids_;  // true: a switch
  std::vector<Incompatibility> incompatibilities_;
  std::vector<std::vector<std::size_t>> by_unit_;  // places of those that have a term of the unit
  std::map<Merged, std::size_t> merged_;
  std::map<std::tuple<UnitId, UnitId, std::string>, std::size_t> forbidden_;  // unit, switch, why
  std::vector<std::vector<Asker>> askers_;
  std::vector<std::map<std::size_t, const Metadata*>> metadata_;  // by unit and candidate, of those tried
  std::set<std::tuple<UnitId, std::size_t, UnitId>> expanded_;
  std::map<std::pair<UnitId, std::size_t>, std::size_t> looks_;
  PartialSolution solution_;

  std::vector<std::size_t> conflicts_;  // by unit
  std::vector<UnitId> first_;           // units that go first, since they failed often
  bool start_over_ = false;
  std::size_t decisions_ = 0;
  std::vector<std::map<Name, Requirement>> constraint_requirements_;  // by request
  std::size_t last_learned_ = 0;
  std::set<Name> tied_in_derivation_;
};

}  // namespace assay
