#include "resolve/solver.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/text.h"

namespace assay {

namespace {

constexpr std::size_t most_units = 20'000;
constexpr std::size_t most_looks = 200'000;  // requirements against extras, for one candidate
constexpr std::size_t conflicts_to_go_first = 5;
constexpr UnitId request_unit = 0;
constexpr UnitId no_switch = 0;

using Kind = Incompatibility::Kind;

VersionBits bits_of(const VersionMask& mask) {
  VersionBits bits(mask.size());
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (mask[i]) bits.add(i);
  }
  return bits;
}

VersionBits only(std::size_t candidates, std::size_t candidate) {
  VersionBits bits(candidates);
  bits.add(candidate);
  return bits;
}

}  // namespace

Solver::Solver(std::span<const ResolutionRequest> requests, ProjectTable& projects, Options options)
    : requests_(requests), projects_(projects), options_(std::move(options)) {
  for (const auto& request : requests) {
    auto& requirements = constraint_requirements_.emplace_back();
    for (const auto& [name, specifier] : request.constraints) {
      auto& requirement = requirements[name];
      requirement.name = name;
      requirement.written_name = name.str();
      requirement.specifier = specifier;
    }
  }
}

Result<> Solver::run() {
  add_unit({.name = {}, .extra = "", .project = nullptr, .base = request_unit}, 1);
  add({.terms = {{request_unit, VersionBits::only_absent(1)}}, .kind = Kind::request, .text = ""});
  ASSAY_CHECK(propagate({request_unit}));
  ASSAY_TRY(auto changed, decide_one(request_unit));
  for (;;) {
    if (options_.stop.stop_requested()) return fail(ErrorKind::cancelled, "resolution was stopped");
    ASSAY_CHECK(propagate(std::move(changed)));
    if (start_over_) {
      start_over_ = false;
      solution_.back_to(1);
      changed.resize(units_.size());
      for (UnitId unit = 0; unit < units_.size(); ++unit) changed[unit] = unit;
      continue;
    }
    ASSAY_TRY(changed, expand_switches());
    if (!changed.empty()) continue;
    const auto unit = next_unit();
    if (!unit) return {};
    if (++decisions_ > options_.most_decisions) {
      return fail(ErrorKind::invalid_input, fmt::format("no answer after {} decisions; the last knot was: {}",
                                                        options_.most_decisions,
                                                        in_words(incompatibilities_[last_learned_], unit_words())));
    }
    ASSAY_TRY(changed, decide_one(*unit));
  }
}

// Derives what the incompatibilities of the changed units force, until nothing follows any more.
Result<> Solver::propagate(std::vector<UnitId> changed) {
  while (!changed.empty()) {
    const auto unit = changed.back();
    changed.pop_back();
    for (std::size_t i = by_unit_[unit].size(); i-- > 0;) {
      auto place = by_unit_[unit][i];
      auto [found, term] = relation(incompatibilities_[place]);
      if (found == Relation::satisfied) {
        count_conflict(place);
        ASSAY_TRY(place, resolve_conflict(place));
        std::tie(found, term) = relation(incompatibilities_[place]);
        changed.clear();
        i = 0;  // what was derived from here on is another thing now
      }
      if (found != Relation::almost) continue;
      const auto other = term->unit;
      solution_.derive(other, ~term->allowed, place);
      if (std::ranges::find(changed, other) == changed.end()) changed.push_back(other);
    }
  }
  return {};
}

std::pair<Solver::Relation, const Term*> Solver::relation(const Incompatibility& incompatibility) const {
  const Term* open = nullptr;
  for (const auto& term : incompatibility.terms) {
    const auto& now = solution_.now(term.unit);
    if (now.is_subset_of(term.allowed)) continue;
    if (open != nullptr || !now.meets(term.allowed)) return {Relation::other, nullptr};
    open = &term;
  }
  return {open == nullptr ? Relation::satisfied : Relation::almost, open};
}

// Follows a conflict to the incompatibility that would have forced something else at an earlier
// decision, and goes back there.
Result<std::size_t> Solver::resolve_conflict(std::size_t conflict) {
  auto current = conflict;
  for (;;) {
    const auto& terms = incompatibilities_[current].terms;
    if (terms.empty() || (terms.size() == 1 && terms.front().unit == request_unit)) {
      for (const auto unit : units_of_derivation(incompatibilities_, current)) {
        const auto& name = units_[unit].name;
        if (unit != request_unit && is_tied(name)) tied_in_derivation_.insert(name);
      }
      return std::unexpected(tell_derivation(incompatibilities_, current, unit_words()));
    }
    // The assignment that made the last of its terms true, and the level at which the others were.
    const Term* last = nullptr;
    std::size_t last_place = 0;
    std::size_t level = 1;
    for (const auto& term : terms) {
      const auto place = *solution_.first_within(term.unit, term.allowed);
      if (last == nullptr || place > last_place) {
        if (last != nullptr) level = std::max(level, solution_.at(last_place).level);
        last = &term;
        last_place = place;
      } else {
        level = std::max(level, solution_.at(place).level);
      }
    }
    const auto& assignment = solution_.at(last_place);
    if (assignment.cause) {
      // Together with earlier ones of its unit, unless by itself.
      const auto& forbidden = incompatibilities_[*assignment.cause].term_of(last->unit)->allowed;
      if (const auto earlier = solution_.first_within(last->unit, forbidden | last->allowed)) {
        level = std::max(level, solution_.at(*earlier).level);
      }
    }
    if (!assignment.cause || level < assignment.level) {
      solution_.back_to(level);
      if (current != conflict) index(current);
      last_learned_ = current;
      return current;
    }
    current = resolvent(current, *assignment.cause, last->unit);
  }
}

// What follows from two incompatibilities, whatever the unit is.
std::size_t Solver::resolvent(std::size_t left, std::size_t right, UnitId unit) {
  std::map<UnitId, VersionBits> allowed;
  for (const auto& term : incompatibilities_[left].terms) allowed.emplace(term.unit, term.allowed);
  for (const auto& term : incompatibilities_[right].terms) {
    const auto [found, is_new] = allowed.emplace(term.unit, term.allowed);
    if (is_new) continue;
    if (term.unit == unit) {
      found->second |= term.allowed;
    } else {
      found->second &= term.allowed;
    }
  }
  Incompatibility derived{.terms = {}, .kind = Kind::derived, .text = "", .left = left, .right = right};
  for (auto& [of, versions] : allowed) {
    if (!versions.is_everything()) derived.terms.push_back({of, std::move(versions)});
  }
  incompatibilities_.push_back(std::move(derived));
  return incompatibilities_.size() - 1;
}

// What fails again and again is decided first: late, it would only find the same conflicts again.
void Solver::count_conflict(std::size_t conflict) {
  for (const auto& term : incompatibilities_[conflict].terms) count_conflict_of(units_[term.unit].base);
}

void Solver::count_conflict_of(UnitId unit) {
  if (unit == request_unit || ++conflicts_[unit] != conflicts_to_go_first) return;
  first_.push_back(unit);
  start_over_ = true;
}

// Of the projects that are asked for: those that often failed, those with one version left, then the
// order in which they were first asked for.
std::optional<UnitId> Solver::next_unit() const {
  std::optional<UnitId> best;
  std::pair<std::size_t, bool> best_key;
  for (UnitId unit = 1; unit < units_.size(); ++unit) {
    const auto& now = solution_.now(unit);
    if (units_[unit].project == nullptr || now.has_absent() || solution_.is_decided(unit)) continue;
    const auto early = std::ranges::find(first_, unit) - first_.begin();
    const std::pair<std::size_t, bool> key{static_cast<std::size_t>(early), now.count() > 1};
    if (best && best_key <= key) continue;
    best = unit;
    best_key = key;
  }
  return best;
}

// The units whose incompatibilities are to be looked at next.
Result<std::vector<UnitId>> Solver::decide_one(UnitId unit) {
  if (unit == request_unit) {
    solution_.decide(unit, 0);
    for (Environment one = 0; one < requests_.size(); ++one) {
      ASSAY_CHECK(add_dependencies({unit, 0, no_switch, one}));
    }
    return std::vector{unit};
  }
  const auto candidate = best_candidate(unit);
  if (!candidate) return std::vector{unit};
  const auto environment = units_[unit].environment;
  if (environment == every_environment) {  // what it needs is added with its switches
    solution_.decide(unit, *candidate);
    return std::vector{unit};
  }
  const Part part{unit, *candidate, no_switch, environment};
  ASSAY_TRY(auto why, why_unusable(part));
  if (!why.empty()) {
    forbid(part, std::move(why));
    return std::vector{unit};
  }
  ASSAY_TRY(const bool clash, add_dependencies(part));
  if (!clash) solution_.decide(unit, *candidate);
  return std::vector{unit};
}

// Reads the metadata of the part's candidate; "" if its environment can take it, else why not, without its
// name, since it may be the same for many.
Result<std::string> Solver::why_unusable(const Part& part) {
  auto& project = *units_[part.unit].project;
  const auto title = project.name().str() + " " + project.usable()[part.candidate].version.str();
  const auto metadata = project.metadata(part.candidate, projects_.source());
  if (!metadata) {
    if (metadata.error().kind == ErrorKind::invalid_input) {
      std::string_view why = metadata.error().message;
      const auto drop = [&](const std::string& prefix) {
        if (why.starts_with(prefix)) why.remove_prefix(prefix.size());
      };
      drop(title + ": ");
      for (const auto* file : project.usable()[part.candidate].files) drop(file->file_name + ": ");
      return fmt::format(": its metadata can't be used ({})", why);
    }
    return std::unexpected(context(metadata, title).error());
  }
  const auto& wanted = (*metadata)->requires_python;
  const auto& python = requests_[part.environment].python;
  if (!wanted.contains(python, true)) {
    return fmt::format(": needs Python {} (this is {})", wanted.str(), python.str());
  }
  metadata_[part.unit].emplace(part.candidate, *metadata);
  return "";
}

// Newest first, or lowest first; pre-releases only if somebody who is taken names one, or if no final release is within
// what all of them ask for (PEP 440, "Handling of pre-releases"). Nothing if only pre-releases are left
// that may not be taken, which is then forbidden.
std::optional<std::size_t> Solver::best_candidate(UnitId unit) {
  auto& project = *units_[unit].project;
  const auto is_prerelease = [&](std::size_t i) { return project.usable()[i].version.is_prerelease(); };
  auto left = solution_.now(unit).list();
  if (requests_.front().strategy == ResolutionRequest::Strategy::lowest) std::ranges::reverse(left);
  auto asked = VersionBits::everything(project.usable().size());
  bool named = false;
  Incompatibility barred{.terms = {}, .kind = Kind::barred, .text = ""};
  std::map<UnitId, VersionBits> who;
  const auto heed = [&](const Requirement& requirement) {
    asked &= bits_of(project.within(requirement.specifier));
    named = named || requirement.specifier.admits_prereleases();
  };
  for (const auto& asker : askers_[unit]) {
    if (!is_in_force(asker)) continue;
    heed(*asker.requirement);
    for (auto& term : terms_of(asker)) who.emplace(term.unit, term.allowed);
  }
  for (Environment one = 0; one < requests_.size(); ++one) {
    if (units_[unit].environment != every_environment && units_[unit].environment != one) continue;
    const auto limit = constraint_requirements_[one].find(project.name());
    if (limit != constraint_requirements_[one].end()) heed(limit->second);
  }
  const auto final_left = std::ranges::find_if_not(left, is_prerelease);
  const auto first_good = [&](bool finals_only) {
    std::optional<std::size_t> yanked;
    for (const auto i : left) {
      if (finals_only && is_prerelease(i)) continue;
      if (project.usable()[i].file->yanked.empty()) return std::optional(i);
      if (!yanked) yanked = i;
    }
    return yanked;
  };
  if (const auto kept = requests_.front().preferred.find(project.name());
      kept != requests_.front().preferred.end()) {
    const auto there = std::ranges::find_if(
        left, [&](std::size_t i) { return kept->second.contains(project.usable()[i].version); });
    if (there != left.end()) return *there;
  }
  if (named) return first_good(false);
  if (final_left != left.end()) return first_good(true);
  const auto fitting = asked.list();
  const bool final_fits = std::ranges::any_of(fitting, [&](std::size_t i) {
    return !is_prerelease(i) && project.usable()[i].file->yanked.empty();
  });
  if (!final_fits) return first_good(false);
  VersionBits prereleases(project.usable().size());
  for (const auto i : left) prereleases.add(i);
  who.insert_or_assign(unit, prereleases);
  for (auto& [of, versions] : who) barred.terms.push_back({of, std::move(versions)});
  barred.text = fmt::format("of {} only pre-releases are left, and nobody asks for one", project.name().str());
  add(std::move(barred));
  return std::nullopt;
}

// Adds what the switches of decided projects bring: that an environment takes it, and its extras there.
Result<std::vector<UnitId>> Solver::expand_switches() {
  std::vector<UnitId> changed;
  for (UnitId with = 1; with < units_.size(); ++with) {
    if (!units_[with].is_switch() || solution_.now(with).has_absent()) continue;
    const auto base = units_[with].base;
    if (!solution_.is_decided(base)) continue;
    const Part part{base, solution_.decision(base), with, units_[with].environment};
    if (!expanded_.emplace(base, part.candidate, with).second) continue;
    changed.push_back(base);
    if (units_[with].extra.empty()) {
      ASSAY_TRY(auto why, why_unusable(part));
      if (!why.empty()) {
        forbid(part, std::move(why));
        continue;
      }
    } else if (!metadata_[base].contains(part.candidate)) {
      continue;  // it can't be taken there, which was added before
    }
    ASSAY_TRY(const bool clash, add_dependencies(part));
    if (clash) expanded_.erase({base, part.candidate, with});  // not all was looked at
  }
  return changed;
}

std::vector<Term> Solver::terms_of(const Part& part) const {
  std::vector<Term> terms;
  if (part.unit == request_unit) return {{request_unit, only(1, 0)}};
  terms.push_back({part.unit, only(units_[part.unit].project->usable().size(), part.candidate)});
  if (part.with != no_switch) terms.push_back({part.with, only(1, 0)});
  return terms;
}

const std::vector<Requirement>& Solver::requirements_of(const Part& part) const {
  if (part.unit == request_unit) return requests_[part.environment].requirements;
  return metadata_[part.unit].at(part.candidate)->requires_dist;
}

bool Solver::applies(const Part& part, const Requirement& requirement) const {
  const auto& markers = requests_[part.environment].markers;
  const bool plain = requirement.applies(markers);
  const auto& extra = units_[part.with].extra;  // of no switch: that of the request, which has none
  return extra.empty() ? plain : !plain && requirement.applies(markers, {extra});
}

// Projects whose page is known already are looked at first: a candidate that clashes with what is
// decided costs no request.
Result<bool> Solver::add_dependencies(const Part& part) {
  const auto& requirements = requirements_of(part);
  auto& looks = looks_[{part.unit, part.candidate}];
  looks += requirements.size();
  if (looks > most_looks) {
    forbid(part, ": it has more dependencies than can be followed");
    return true;
  }
  std::vector<const Requirement*> known;
  std::vector<const Requirement*> unknown;
  std::vector<Name> names;
  for (const auto& requirement : requirements) {
    if (!applies(part, requirement)) continue;
    if (!requirement.url.empty() || projects_.is_known(requirement.name)) {
      known.push_back(&requirement);
      continue;
    }
    unknown.push_back(&requirement);
    if (std::ranges::find(names, requirement.name) == names.end()) names.push_back(requirement.name);
  }
  bool clash = false;
  for (const auto* requirement : known) {
    ASSAY_TRY(const bool clashes, add_dependency(part, *requirement));
    clash = clash || clashes;
  }
  if (clash) return true;
  projects_.prefetch(names);
  for (const auto* requirement : unknown) {
    ASSAY_TRY(const bool clashes, add_dependency(part, *requirement));
    clash = clash || clashes;
  }
  return clash;
}

Result<bool> Solver::add_dependency(const Part& part, const Requirement& written) {
  const auto& overrides = requests_[part.environment].overrides;
  const auto override = overrides.find(written.name);
  const auto& requirement = override == overrides.end() ? written : override->second;
  if (&requirement != &written && !requirement.applies(requests_[part.environment].markers)) return false;
  if (!requirement.url.empty()) {
    return add({.terms = terms_of(part),
                .kind = Kind::unusable,
                .requirement = &requirement,
                .text = ": direct references are refused, only files of the index are taken"});
  }
  ASSAY_TRY(const auto target, unit_of(requirement.name, part.environment));
  auto& project = *units_[target].project;
  askers_[target].push_back({part, &requirement});
  // The target outside of what is asked for, absence included, is what can't be.
  const auto needs_target = [&](UnitId unit, const VersionBits& allowed) {
    const Incompatibility without{.terms = {}, .kind = Kind::dependency, .requirement = &requirement,
                                  .target = unit, .text = ""};
    return add_merged({part.unit, part.with, part.environment, unit, ~allowed}, part.candidate, without);
  };
  bool clash = needs_target(target, bits_of(project.within(requirement.specifier)));
  // One after the other would be refused for what was decided before: the newest of it might never be seen,
  // and old ones, that don't tell what they need, be built for nothing.
  if (clash && solution_.is_decided(target)) count_conflict_of(part.unit);
  std::vector<std::string> wanted(written.extras.begin(), written.extras.end());
  if (is_tied(project.name())) wanted.insert(wanted.begin(), "");
  for (const auto& extra : wanted) {
    if (units_.size() > most_units) {
      return fail(ErrorKind::invalid_input, fmt::format("more than {} packages are asked for", most_units));
    }
    const auto unit = switch_of(target, extra, part.environment);
    clash = needs_target(unit, only(1, 0)) || clash;
  }
  return clash;
}

// One incompatibility for all candidates of a project that need the same of another.
bool Solver::add_merged(Merged key, std::size_t candidate, Incompatibility incompatibility) {
  const auto& [by, with, environment, target, excluded] = key;
  const auto known = merged_.find(key);
  if (known != merged_.end()) {
    auto& merged = incompatibilities_[known->second];
    merged.term_of(by)->allowed.add(candidate);
    return holds_but_for(by, merged);
  }
  for (auto& term : terms_of({by, candidate, with, environment})) incompatibility.terms.push_back(std::move(term));
  if (auto* const own = incompatibility.term_of(target)) {
    own->allowed &= excluded;
    if (own->allowed.empty()) return false;  // it is what it asks for
  } else if (!excluded.is_everything()) {
    incompatibility.terms.push_back({target, excluded});
  }
  if (by != target) merged_.emplace(key, incompatibilities_.size());
  return add(std::move(incompatibility));
}

// True if all of it holds, whatever its first unit is.
bool Solver::add(Incompatibility incompatibility) {
  const auto asker = incompatibility.terms.front().unit;
  std::ranges::sort(incompatibility.terms, {}, &Term::unit);
  incompatibilities_.push_back(std::move(incompatibility));
  index(incompatibilities_.size() - 1);
  return holds_but_for(asker, incompatibilities_.back());
}

bool Solver::holds_but_for(UnitId unit, const Incompatibility& incompatibility) const {
  return std::ranges::all_of(incompatibility.terms, [&](const Term& term) {
    return term.unit == unit || solution_.now(term.unit).is_subset_of(term.allowed);
  });
}

void Solver::index(std::size_t place) {
  for (const auto& term : incompatibilities_[place].terms) by_unit_[term.unit].push_back(place);
}

// One incompatibility for all candidates that can't be taken for the same reason.
void Solver::forbid(const Part& part, std::string why) {
  const auto [known, is_new] = forbidden_.try_emplace({part.unit, part.with, why}, incompatibilities_.size());
  if (is_new) {
    add({.terms = terms_of(part), .kind = Kind::unusable, .text = std::move(why)});
  } else {
    incompatibilities_[known->second].term_of(part.unit)->allowed.add(part.candidate);
  }
}

Result<UnitId> Solver::unit_of(const Name& name, Environment environment) {
  const bool tied = is_tied(name);
  if (tied) environment = every_environment;
  if (const auto known = unit_ids_.find({name, "", environment, false}); known != unit_ids_.end()) {
    return known->second;
  }
  if (units_.size() > most_units) {
    return fail(ErrorKind::invalid_input, fmt::format("more than {} packages are asked for", most_units));
  }
  ASSAY_TRY(auto* const project, projects_.get(name, environment));
  const auto unit = add_unit({.name = name, .extra = "", .environment = environment, .project = project,
                              .base = units_.size()},
                             project->usable().size());
  if (!tied) add_limits(unit, no_switch, environment);
  return unit;
}

// There or not: that the environment takes the project ("", of tied ones), or that it does with the extra.
UnitId Solver::switch_of(UnitId base, const std::string& extra, Environment environment) {
  const auto name = units_[base].name;
  const auto known = unit_ids_.find({name, extra, environment, true});
  if (known != unit_ids_.end()) return known->second;
  const auto unit = add_unit({.name = name, .extra = extra, .environment = environment, .project = nullptr,
                              .base = base},
                             1);
  add({.terms = {{unit, only(1, 0)}, {base, VersionBits::only_absent(units_[base].project->usable().size())}},
       .kind = Kind::extra, .text = ""});
  if (extra.empty()) add_limits(base, unit, environment);
  return unit;
}

// What an environment admits of a project: its constraint, what is not yanked, and, of a tied one, what is usable there.
void Solver::add_limits(UnitId unit, UnitId with, Environment environment) {
  auto& project = *units_[unit].project;
  const auto all = project.usable().size();
  const auto forbid_there = [&](const VersionBits& versions, Incompatibility limit) {
    if (versions.empty()) return;
    limit.terms.push_back({unit, versions});
    if (with != no_switch) limit.terms.push_back({with, only(1, 0)});
    add(std::move(limit));
  };
  const auto& constraints = constraint_requirements_[environment];
  if (const auto limit = constraints.find(project.name()); limit != constraints.end()) {
    forbid_there(~(bits_of(project.within(limit->second.specifier)) | VersionBits::only_absent(all)),
                 {.terms = {}, .kind = Kind::constraint, .requirement = &limit->second, .text = ""});
  }
  forbid_there(yanked_and_unpinned(project, environment),
               {.terms = {}, .kind = Kind::unusable, .text = " was yanked (and the request does not pin it)"});
  if (with == no_switch) return;
  VersionBits unusable(all);
  for (std::size_t i = 0; i < all; ++i) {
    if (project.usable_in(i, environment) == nullptr) unusable.add(i);
  }
  if (unusable.empty()) return;
  const auto& newest = project.usable()[unusable.list().front()].version;
  const auto& refused = project.refused_in(environment);
  const auto why = std::ranges::find(refused, newest, &Refusal::version);
  auto words = unit_words()[with];
  words.is_switch = false;
  words.project = &project;
  forbid_there(unusable, {.terms = {}, .kind = Kind::barred,
                          .text = fmt::format("{} can't be taken{}", versions_in_words(words, unusable),
                                              why == refused.end() ? "" : " (" + why->reason + ")")});
}

UnitId Solver::add_unit(Unit unit, std::size_t candidates) {
  unit_ids_.emplace(std::tuple(unit.name, unit.extra, unit.environment, unit.is_switch()), units_.size());
  units_.push_back(std::move(unit));
  by_unit_.emplace_back();
  askers_.emplace_back();
  metadata_.emplace_back();
  conflicts_.push_back(0);
  solution_.add_unit(candidates);
  return units_.size() - 1;
}

// Those that may not be taken there: nobody but the request itself may ask for a yanked version (PEP 592).
VersionBits Solver::yanked_and_unpinned(Project& project, Environment environment) const {
  const auto& request = requests_[environment];
  const auto& name = project.name();
  VersionBits unpinned(project.usable().size());
  for (std::size_t i = 0; i < project.usable().size(); ++i) {
    if (!project.usable()[i].file->yanked.empty()) unpinned.add(i);
  }
  if (unpinned.empty()) return unpinned;
  const auto heed = [&](const SpecifierSet& specifier) {
    if (specifier.is_pin()) unpinned &= ~bits_of(project.within(specifier));
  };
  for (const auto& requirement : request.requirements) {
    if (requirement.name == name && requirement.applies(request.markers)) heed(requirement.specifier);
  }
  if (const auto limit = request.constraints.find(name); limit != request.constraints.end()) heed(limit->second);
  if (const auto instead = request.overrides.find(name); instead != request.overrides.end()) {
    heed(instead->second.specifier);
  }
  return unpinned;
}

bool Solver::is_in_force(const Part& part) const {
  if (!solution_.is_decided(part.unit) || solution_.decision(part.unit) != part.candidate) return false;
  return part.with == no_switch || !solution_.now(part.with).has_absent();
}

std::vector<UnitWords> Solver::unit_words() const {
  std::vector<UnitWords> words;
  for (const auto& unit : units_) {
    const bool everywhere = requests_.size() == 1 || unit.environment == every_environment;
    words.push_back({.name = unit.extra.empty() ? unit.name.str() : fmt::format("{}[{}]", unit.name.str(), unit.extra),
                     .where = everywhere ? "" : " on " + requests_[unit.environment].title,
                     .project = units_[unit.base].project,
                     .is_switch = unit.is_switch()});
  }
  return words;
}

std::vector<Solver::Decided> Solver::decided(Environment environment) const {
  std::vector<Decided> all;
  for (UnitId unit = 1; unit < units_.size(); ++unit) {
    const auto& [name, extra, own, project, base] = units_[unit];
    if (!extra.empty() || own != environment || solution_.now(unit).has_absent()) continue;
    if (!solution_.is_decided(base)) continue;
    const auto candidate = solution_.decision(base);
    all.push_back({name, units_[base].project->usable_in(candidate, environment), metadata_[base].at(candidate)});
  }
  return all;
}

std::vector<Solver::Need> Solver::needs(Environment environment) const {
  std::vector<Need> all;
  for (const auto& askers : askers_) {
    for (const auto& asker : askers) {
      if (asker.environment != environment || !is_in_force(asker)) continue;
      all.push_back({asker.unit == request_unit ? std::nullopt : std::optional(units_[asker.unit].name),
                     asker.requirement});
    }
  }
  return all;
}

}  // namespace assay
