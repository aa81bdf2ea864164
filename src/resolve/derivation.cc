#include "resolve/derivation.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "resolve/nothing_fits.h"
#include "resolve/short_list.h"

namespace assay {

namespace {

using Kind = Incompatibility::Kind;

constexpr UnitId request_unit = 0;
constexpr std::size_t most_sentences = 12;  // of more, the facts they rest on are told instead
constexpr std::size_t longest_text = 2'000;  // the same
constexpr std::size_t most_of_a_kind = 4;   // then: of what is asked for, and of dead ends
constexpr std::size_t deepest = 1'000;

// The places of all that the last one follows from, itself among them.
std::vector<std::size_t> steps_of(const std::vector<Incompatibility>& all, std::size_t last) {
  std::vector<std::size_t> steps;
  std::vector<std::size_t> todo{last};
  std::vector<bool> seen(all.size());
  while (!todo.empty()) {
    const auto at = todo.back();
    todo.pop_back();
    if (seen[at]) continue;
    seen[at] = true;
    steps.push_back(at);
    if (all[at].kind == Kind::derived) todo.insert(todo.end(), {all[at].left, all[at].right});
  }
  return steps;
}

class Teller {
 public:
  Teller(const std::vector<Incompatibility>& all, const std::vector<UnitWords>& units)
      : all_(all), units_(units) {}

  std::string tell(std::size_t last) {
    if (is_external(last)) return external(last) + ".";
    count_uses(last);
    visit(last, 0);
    const auto text = join(sentences_, " ");
    return sentences_.size() > most_sentences || text.size() > longest_text ? facts_in_words(last) : text;
  }

  // Whether all that ends a branch of the derivation is a project that the index does not have.
  bool only_unknown_projects(std::size_t last) const {
    bool unknown = false;
    for (const auto at : steps_of(all_, last)) {
      const auto& one = all_[at];
      if (one.kind == Kind::unusable || one.kind == Kind::barred || one.kind == Kind::constraint) return false;
      if (!ends_nowhere(one)) continue;
      if (units_[one.target].project->is_known()) return false;
      unknown = true;
    }
    return unknown;
  }

  // What an incompatibility comes to.
  std::string conclusion(const Incompatibility& one) const {
    std::vector<std::string> there;    // that can't be together
    std::vector<std::string> without;  // unless one of these is taken
    for (const auto& term : one.terms) {
      if (term.unit == request_unit) continue;
      auto unit = units_[term.unit];
      if (term.allowed.has_absent()) {
        without.push_back(versions_in_words(unit, ~term.allowed));
        continue;
      }
      const auto switches = switches_with(one, unit);
      if (unit.is_switch && has_versions(one, unit)) continue;  // told with them
      if (!switches.empty()) unit.where = " on " + join(switches, " and ");
      there.push_back(versions_in_words(unit, term.allowed));
    }
    if (there.empty() && without.empty()) return "there is no solution";
    if (there.empty()) return join(without, " or ") + " is needed";
    if (!without.empty()) return fmt::format("{} needs {}", join(there, " with "), join(without, " or "));
    if (there.size() == 1) return there.front() + " can't be taken";
    if (there.size() == 2) return fmt::format("{} and {} exclude each other", there[0], there[1]);
    return join(there, ", ") + " can't all be taken";
  }

 private:
  // The other terms of a project that say it is there.
  std::vector<std::string> switches_with(const Incompatibility& one, const UnitWords& unit) const {
    std::vector<std::string> wheres;
    for (const auto& term : one.terms) {
      const auto& other = units_[term.unit];
      if (unit.is_switch || !is_there(term) || !other.is_switch || other.project != unit.project) continue;
      if (other.where.empty() || other.name != unit.name) continue;
      wheres.push_back(other.where.substr(std::string_view(" on ").size()));
    }
    return wheres;
  }
  bool has_versions(const Incompatibility& one, const UnitWords& unit) const {
    return !unit.where.empty() && std::ranges::any_of(one.terms, [&](const Term& term) {
      const auto& other = units_[term.unit];
      return is_there(term) && !other.is_switch && other.project == unit.project && other.name == unit.name;
    });
  }
  static bool is_there(const Term& term) { return term.unit != request_unit && !term.allowed.has_absent(); }

  bool is_external(std::size_t at) const { return all_[at].kind != Kind::derived; }
  // A requirement that nothing meets.
  bool ends_nowhere(const Incompatibility& one) const {
    return one.kind == Kind::dependency && one.term_of(one.target) == nullptr;
  }

  void count_uses(std::size_t last) {
    std::vector<std::size_t> todo{last};
    while (!todo.empty()) {
      const auto at = todo.back();
      todo.pop_back();
      if (is_external(at) || ++uses_[at] > 1) continue;
      todo.insert(todo.end(), {all_[at].left, all_[at].right});
    }
  }

  // Facts that one sentence can tell: all that the versions of one project need of another, or why they
  // can't be taken.
  struct FactGroup {
    std::size_t first = 0;                  // place of one of them
    std::vector<std::string> needs;         // in words, each once
    std::optional<VersionBits> versions;    // of who needs it
    std::size_t depth = 0;                  // how far from the request
    bool dead_end = false;
    std::size_t count = 0;
  };

  const Term* asking_term(const Incompatibility& one) const {
    const Term* versions = nullptr;
    for (const auto& term : one.terms) {
      if (term.unit == request_unit || term.allowed.has_absent() || units_[term.unit].is_switch) continue;
      if (versions == nullptr || term.unit != one.target) versions = &term;
    }
    return versions;
  }

  std::vector<FactGroup> group_facts(std::size_t last) const {
    std::vector<FactGroup> groups;
    std::map<std::tuple<Kind, std::string, std::string>, std::size_t> places;
    auto steps = steps_of(all_, last);
    std::ranges::sort(steps);
    for (const auto at : steps) {
      const auto& one = all_[at];
      if (external(at).empty()) continue;
      const auto* const asking = asking_term(one);
      const auto by = asking == nullptr ? std::string() : units_[asking->unit].name + units_[asking->unit].where;
      const auto of = one.requirement == nullptr ? one.text : one.requirement->name.str() + one.text;
      const auto [found, is_new] = places.try_emplace({one.kind, by, of}, groups.size());
      if (is_new) groups.push_back({.first = at, .needs = {}, .versions = {}, .depth = 0});
      auto& group = groups[found->second];
      ++group.count;
      group.dead_end = group.dead_end || one.kind == Kind::unusable || one.kind == Kind::barred || ends_nowhere(one);
      if (asking != nullptr) group.versions = group.versions ? *group.versions | asking->allowed : asking->allowed;
      if (one.requirement == nullptr) continue;
      auto plain = *one.requirement;
      plain.marker.reset();  // that it applies is seen from its being here
      auto words = words_of(plain);
      if (std::ranges::find(group.needs, words) == group.needs.end()) group.needs.push_back(std::move(words));
    }
    measure_depths(groups);
    return groups;
  }

  // Over who needs whom, breadth first.
  void measure_depths(std::vector<FactGroup>& groups) const {
    std::map<std::string, std::size_t> depths;
    const auto asker = [&](const FactGroup& group) {
      const auto* const asking = asking_term(all_[group.first]);
      return asking == nullptr ? std::string() : units_[asking->unit].project->name().str();
    };
    depths[""] = 0;
    for (bool again = true; again;) {
      again = false;
      for (const auto& group : groups) {
        const auto& one = all_[group.first];
        const auto from = depths.find(asker(group));
        if (one.kind != Kind::dependency || from == depths.end()) continue;
        again = depths.emplace(one.requirement->name.str(), from->second + 1).second || again;
      }
    }
    for (auto& group : groups) {
      const auto found = depths.find(asker(group));
      group.depth = found == depths.end() ? groups.size() : found->second;
    }
  }

  std::string in_words(const FactGroup& group) const {
    const auto& one = all_[group.first];
    if (one.kind == Kind::barred || one.kind == Kind::constraint || !group.versions) return external(group.first);
    auto who = one;
    for (auto& term : who.terms) {
      if (term.unit == asking_term(one)->unit) term.allowed = *group.versions;
    }
    const auto asker = asker_of(who);
    if (one.requirement == nullptr) return asker + one.text;
    if (group.needs.size() == 1) {
      const bool nowhere = ends_nowhere(one);
      return fmt::format("{} needs {}{}", asker, group.needs.front(),
                         nowhere ? " (" + nothing_fits(*units_[one.target].project, *one.requirement) + ")" : one.text);
    }
    return fmt::format("{} needs {}, not every version the same, such as {} and {}", asker, one.requirement->name.str(),
                       group.needs.front(), group.needs.back());
  }

  // A long derivation by what it rests on: what is asked for, what leads nowhere, and between them what
  // narrows the most.
  std::string facts_in_words(std::size_t last) const {
    auto groups = group_facts(last);
    std::ranges::stable_sort(groups, std::greater<>(), &FactGroup::count);
    std::vector<FactGroup> told;
    std::size_t asked = 0;
    std::size_t dead_ends = 0;
    std::vector<FactGroup> others;
    for (auto& group : groups) {
      const bool is_asked = group.depth == 0 && asked < most_of_a_kind;
      const bool is_dead_end = !is_asked && group.dead_end && dead_ends < most_of_a_kind;
      asked += is_asked ? 1 : 0;
      dead_ends += is_dead_end ? 1 : 0;
      (is_asked || is_dead_end ? told : others).push_back(std::move(group));
    }
    const auto room = std::min(others.size(), most_sentences - 1 - told.size());
    told.insert(told.end(), others.begin(), others.begin() + static_cast<std::ptrdiff_t>(room));
    std::ranges::stable_sort(told, [](const FactGroup& a, const FactGroup& b) {
      return std::pair(a.depth, a.first) < std::pair(b.depth, b.first);
    });
    std::vector<std::string> sentences;
    for (const auto& group : told) sentences.push_back(in_words(group) + ".");
    const auto more = others.size() - room;
    sentences.push_back(fmt::format("No choice of versions satisfies all of that{}; it takes {} steps to see it.",
                                    more == 0 ? "" : fmt::format(", with {} more requirements between them", more),
                                    sentences_.size()));
    return join(sentences, " ");
  }

  void say(std::size_t at, const std::string& because) {
    auto text = fmt::format("{}{}", because, conclusion(all_[at]));
    if (uses_[at] > 1) {
      numbers_[at] = numbers_.size() + 1;
      text += fmt::format(" ({})", numbers_[at]);
    }
    sentences_.push_back(text + ".");
  }

  std::string reference(std::size_t at) const {
    return fmt::format("{} ({})", conclusion(all_[at]), numbers_.at(at));
  }

  void visit(std::size_t at, std::size_t depth) {
    if (numbers_.contains(at)) return;
    if (depth > deepest) return say(at, "After many more steps, ");
    auto left = all_[at].left;
    auto right = all_[at].right;
    if (is_external(left) && is_external(right)) {
      return say(at, fmt::format("Because {}, ", both(external(left), external(right))));
    }
    if (!is_external(left) && !is_external(right)) {
      visit(left, depth + 1);
      visit(right, depth + 1);
      const auto known = [&](std::size_t of) {
        return numbers_.contains(of) ? reference(of) : conclusion(all_[of]);
      };
      return say(at, fmt::format("Because {}, ", both(known(left), known(right))));
    }
    if (is_external(left)) std::swap(left, right);
    if (numbers_.contains(left)) {
      return say(at, fmt::format("Because {}, ", both(reference(left), external(right))));
    }
    visit(left, depth + 1);
    const auto because = external(right);
    // A requirement with extras is two facts of the same words.
    const bool told = because.empty() || sentences_.back().contains(because);
    say(at, told ? "So " : fmt::format("And because {}, ", because));
  }

  static std::string both(const std::string& a, const std::string& b) {
    if (a.empty()) return b;
    return b.empty() || a == b ? a : a + " and " + b;
  }

  // A fact in words; "" for what goes without saying.
  std::string external(std::size_t at) const {
    const auto& one = all_[at];
    switch (one.kind) {
      case Kind::request:
      case Kind::extra:
      case Kind::derived: return "";
      case Kind::constraint: return words_of(*one.requirement) + " is a constraint";
      case Kind::barred: return one.text;
      case Kind::unusable: return (one.requirement == nullptr ? asker_of(one) : need(one)) + one.text;
      case Kind::dependency: break;
    }
    auto text = need(one);
    if (ends_nowhere(one)) {
      const auto& target = units_[one.target];
      text += " (" + nothing_fits(*target.project, *one.requirement) + ")";
    }
    return text;
  }

  std::string need(const Incompatibility& one) const {
    const auto asker = asker_of(one);
    const auto what = words_of(*one.requirement);
    if (asker.empty()) return fmt::format("{} is asked for{}", what, units_[one.target].where);
    return fmt::format("{} needs {}", asker, what);
  }

  // Who needs: a project's versions, with its extra; "" for the request.
  std::string asker_of(const Incompatibility& one) const {
    const UnitWords* with = nullptr;
    const Term* versions = nullptr;
    for (const auto& term : one.terms) {
      if (term.unit == request_unit || term.allowed.has_absent()) continue;
      if (units_[term.unit].is_switch) {
        with = &units_[term.unit];
      } else if (versions == nullptr || term.unit != one.target) {
        versions = &term;
      }
    }
    if (versions == nullptr) return "";
    auto unit = units_[versions->unit];
    if (with != nullptr) {
      unit.name = with->name;
      unit.where = with->where;
    }
    return versions_in_words(unit, versions->allowed);
  }

  const std::vector<Incompatibility>& all_;
  const std::vector<UnitWords>& units_;
  std::map<std::size_t, std::size_t> uses_;
  std::map<std::size_t, std::size_t> numbers_;
  std::vector<std::string> sentences_;
};

}  // namespace

std::string versions_in_words(const UnitWords& unit, const VersionBits& versions) {
  if (unit.is_switch) return unit.name + unit.where;
  const auto list = versions.list();
  const auto& usable = unit.project->usable();
  const auto version = [&](std::size_t i) { return usable[i].version.str(); };
  if (list.empty()) return "no version of " + unit.name + unit.where;
  if (list.size() == 1) return fmt::format("{} {}{}", unit.name, version(list.front()), unit.where);
  if (list.size() == usable.size()) return fmt::format("every version of {}{}", unit.name, unit.where);
  const bool one_run = list.back() - list.front() + 1 == list.size();
  if (one_run && list.front() == 0) {
    return fmt::format("{} {} or newer{}", unit.name, version(list.back()), unit.where);
  }
  if (one_run && list.back() + 1 == usable.size()) {
    return fmt::format("{} {} or older{}", unit.name, version(list.front()), unit.where);
  }
  if (one_run) {
    return fmt::format("{} {} to {}{}", unit.name, version(list.back()), version(list.front()), unit.where);
  }
  ShortList named;
  for (const auto i : list) named.add([&] { return version(i); });
  return fmt::format("{} {}{}", unit.name, named.str(", "), unit.where);
}

std::set<UnitId> units_of_derivation(const std::vector<Incompatibility>& all, std::size_t last) {
  std::set<UnitId> units;
  for (const auto at : steps_of(all, last)) {
    for (const auto& term : all[at].terms) units.insert(term.unit);
    if (all[at].kind == Kind::dependency) units.insert(all[at].target);
  }
  return units;
}

std::string in_words(const Incompatibility& incompatibility, const std::vector<UnitWords>& units) {
  const std::vector<Incompatibility> none;
  return Teller(none, units).conclusion(incompatibility);
}

Error tell_derivation(const std::vector<Incompatibility>& all, std::size_t last,
                      const std::vector<UnitWords>& units) {
  Teller teller(all, units);
  const auto kind = teller.only_unknown_projects(last) ? ErrorKind::not_found : ErrorKind::invalid_input;
  return {.kind = kind, .message = teller.tell(last)};
}

}  // namespace assay
