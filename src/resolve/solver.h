#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <set>
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
class Solver {
 public:
  // Decisions before it gives up. Real sets need a few for each package; this many end in seconds.
  static constexpr std::size_t usual_decisions = 50'000;

  Solver(const ResolutionRequest& request, CandidateSource& source, std::stop_token stop,
         std::size_t most_decisions = usual_decisions);
  Solver(const Solver&) = delete;
  Solver& operator=(const Solver&) = delete;

  // Decides every project that is asked for, or says why that can't be.
  Result<> run();

  struct Decided {
    Name name;
    const Candidate* candidate;
    const Metadata* metadata;
  };
  std::vector<Decided> decided() const;

  // A requirement of what was decided, and who asks; nothing: the request.
  struct Need {
    std::optional<Name> by;
    const Requirement* requirement;
  };
  std::vector<Need> needs() const;

 private:
  struct Unit {
    Name name;
    std::string extra;
    Project* project = nullptr;  // of the request and of an extra: none
    UnitId base = 0;             // an extra's project
  };
  // Who asks for a project, in force while `by` is decided so and the extra, if any, is there.
  struct Asker {
    UnitId by;
    std::size_t candidate;
    UnitId extra;  // 0: for itself
    const Requirement* requirement;
  };
  // Part of a package that brings dependencies: the project at a candidate, or one of its extras with it.
  struct Part {
    UnitId unit;
    std::size_t candidate;
    UnitId extra;  // 0: the project itself
  };
  using Merged = std::tuple<UnitId, UnitId, UnitId, VersionBits>;  // asker, extra, target, excluded

  Result<> search();
  Result<> propagate(std::vector<UnitId> changed);
  enum class Relation { satisfied, almost, other };
  std::pair<Relation, const Term*> relation(const Incompatibility& incompatibility) const;
  Result<std::size_t> resolve_conflict(std::size_t conflict);
  std::size_t resolvent(std::size_t left, std::size_t right, UnitId unit);
  void count_conflict(std::size_t conflict);

  std::optional<UnitId> next_unit() const;
  Result<std::vector<UnitId>> decide_one(UnitId unit);
  std::optional<std::size_t> best_candidate(UnitId unit);
  Result<std::vector<UnitId>> expand_extras();

  Result<UnitId> unit_of(const Name& name);
  UnitId extra_of(UnitId base, const std::string& extra);
  UnitId add_unit(Unit unit, std::size_t candidates);
  void forbid_yanked(UnitId unit);

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
  bool is_in_force(const Asker& asker) const;
  std::vector<UnitWords> unit_words() const;
  void forbid(UnitId unit, const VersionBits& candidates, std::string why);

  const ResolutionRequest& request_;
  std::stop_token stop_;
  std::size_t most_decisions_;
  ProjectTable projects_;

  std::vector<Unit> units_;
  std::map<std::pair<Name, std::string>, UnitId> unit_ids_;
  std::vector<Incompatibility> incompatibilities_;
  std::vector<std::vector<std::size_t>> by_unit_;  // places of those that have a term of the unit
  std::map<Merged, std::size_t> merged_;
  std::vector<std::vector<Asker>> askers_;
  std::vector<std::map<std::size_t, const Metadata*>> metadata_;  // by unit and candidate, of those tried
  std::set<std::tuple<UnitId, std::size_t, UnitId>> expanded_;
  std::map<std::pair<UnitId, std::size_t>, std::size_t> looks_;
  PartialSolution solution_;

  std::vector<std::size_t> conflicts_;  // by unit
  std::vector<UnitId> first_;           // units that go first, since they failed often
  bool start_over_ = false;
  std::set<std::pair<Name, Version>> pinned_yanked_;  // asked for by == or ===
  std::set<std::pair<Name, Version>> unpinned_;       // taken, though nobody who was taken pins it
  bool pins_changed_ = false;
  std::size_t decisions_ = 0;
  std::map<Name, Requirement> constraint_requirements_;
  std::size_t last_learned_ = 0;
};

}  // namespace assay
