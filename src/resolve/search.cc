#include "resolve/search.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "base/text.h"

namespace assay {

namespace {

constexpr std::size_t most_packages = 10'000;
constexpr std::size_t failures_to_go_first = 5;
constexpr std::size_t most_wanted = 1'000;   // specifiers worth remembering
constexpr std::size_t most_reasons = 3;      // in a message
constexpr std::size_t longest_reason = 400;  // of several in a message
constexpr std::size_t longest_chain = 1'500;  // of reasons that hang on each other

std::string titled(const Project& project, const Candidate& candidate) {
  return project.name().str() + " " + candidate.version.str();
}

void add_all(Levels& levels, const Levels& more) { levels.insert(more.begin(), more.end()); }

}  // namespace

Search::Search(const ResolutionRequest& request, CandidateSource& source, std::stop_token stop,
               std::size_t most_steps)
    : request_(request),
      stop_(std::move(stop)),
      most_steps_(most_steps),
      projects_(request, source) {
  for (const auto& [name, specifier] : request.constraints) {
    auto& requirement = constraint_requirements_[name];
    requirement.name = name;
    requirement.written_name = name.str();
    requirement.specifier = specifier;
    constraints_.emplace(name, Demand{.requirement = &requirement, .by = std::nullopt,
                                      .asker = "", .levels = {}, .constraint = true});
  }
}

Result<> Search::run() {
  std::vector<Name> asked;
  for (const auto& requirement : request_.requirements) {
    if (!requirement.applies(request_.markers)) continue;
    const auto& name = requirement.name;
    demands_[name].push_back({.requirement = &requirement, .by = std::nullopt, .asker = "",
                              .levels = {}, .constraint = false, .sequence = next_sequence_++});
    if (std::ranges::find(asked, name) == asked.end()) asked.push_back(name);
  }
  projects_.prefetch(asked);
  while (const auto name = next_name()) {
    ASSAY_CHECK(open(*name));
    ASSAY_CHECK(settle());
  }
  return {};
}

// Advances the topmost project, going back as far as it takes, until none is half decided.
Result<> Search::settle() {
  for (;;) {
    ASSAY_TRY(const bool taken, advance());
    if (taken) return {};
    ASSAY_TRY(const auto next, jump_back());
    if (next == Next::another_project) return {};
  }
}

std::vector<Search::Decided> Search::decided() const {
  std::vector<Decided> all;
  for (const auto& level : levels_) {
    all.push_back({level.project->name(), &level.candidate(), level.metadata});
  }
  return all;
}

// Projects that failed before go first, since deciding them late only finds the same conflict
// again; then those that are pinned; then the order in which they were first asked for.
std::optional<Name> Search::next_name() const {
  using Key = std::tuple<std::size_t, bool, std::size_t>;
  std::optional<Name> best;
  Key best_key;
  for (const auto& [name, demands] : demands_) {
    if (demands.empty() || decided_.contains(name)) continue;
    const auto failed = failures_.find(name);
    const Key key{std::numeric_limits<std::size_t>::max() -
                      (failed == failures_.end() ? 0 : failed->second),
                  !std::ranges::any_of(demands, is_pin), demands.front().sequence};
    if (best && best_key <= key) continue;
    best = name;
    best_key = key;
  }
  return best;
}

Result<> Search::open(const Name& name) {
  if (levels_.size() == most_packages) {
    return fail(ErrorKind::invalid_input,
                fmt::format("more than {} packages are asked for", most_packages));
  }
  ASSAY_TRY(auto* const project, projects_.get(name));
  levels_.push_back({.project = project,
                     .to_try = candidates_to_try(*project, demands_on(name)),
                     .rejections = {},
                     .useful = {}});
  return {};
}

// Takes the next candidate of the topmost project that can be taken; false if there is none.
Result<bool> Search::advance() {
  for (;;) {
    auto& level = levels_.back();
    if (level.next == level.to_try.size()) return false;
    const auto candidate = level.to_try[level.next++];
    if (!is_useful(level, candidate)) continue;
    if (stop_.stop_requested()) return fail(ErrorKind::cancelled, "resolution was stopped");
    if (++steps_ > most_steps_) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("no answer after looking at {} candidates; the last knot was: {}",
                              most_steps_, last_failure_));
    }
    level.chosen = candidate;
    ASSAY_TRY(auto rejection, consider(candidate));
    if (!rejection) return true;
    level.rejections.push_back(*std::move(rejection));
  }
}

bool Search::is_useful(const Level& level, std::size_t candidate) const {
  return std::ranges::all_of(level.useful, [&](const auto& any_of) {
    return std::ranges::any_of(any_of, [&](const auto& wanted) {
      return level.project->within(*wanted.second)[candidate];
    });
  });
}

// Takes the candidate, or says why it can't be taken.
Result<std::optional<Search::Rejection>> Search::consider(std::size_t candidate) {
  auto& project = *levels_.back().project;
  const auto& chosen = project.usable()[candidate];
  const auto title = titled(project, chosen);
  const auto reject = [&](std::string_view why) {
    return Rejection{.text = fmt::format("{}: {}", title, why),
                     .blamed = {}, .wanted = {}};
  };
  const auto metadata = project.metadata(candidate, projects_.source());
  if (!metadata) {
    if (metadata.error().kind != ErrorKind::invalid_input) {
      return std::unexpected(context(metadata, title).error());
    }
    return reject("its metadata can't be used (" + metadata.error().message + ")");
  }
  const auto& python = (*metadata)->requires_python;
  if (!python.contains(request_.python, true)) {
    return reject(fmt::format("needs Python {} (this is {})", python.str(), request_.python.str()));
  }
  auto pending = dependencies(chosen, **metadata);
  if (!pending) return reject("it has more dependencies than can be followed");
  for (const auto& demand : *pending) {
    if (auto rejection = check(demand, *pending)) return rejection;
  }
  take(candidate, **metadata, *std::move(pending));
  return std::nullopt;
}

// Whether a dependency of the candidate at hand agrees with what is decided and asked for.
std::optional<Search::Rejection> Search::check(const Demand& demand,
                                               const std::vector<Demand>& pending) {
  const auto& top = levels_.back();
  const auto& requirement = *demand.requirement;
  const std::size_t own_level = levels_.size() - 1;
  Rejection rejection{.text = "", .blamed = demand.levels, .wanted = {}};
  rejection.blamed.erase(own_level);
  if (!requirement.url.empty()) {
    rejection.text = fmt::format("{}: direct references are refused, only files of the index are "
                                 "taken", in_words(demand));
    return rejection;
  }
  if (requirement.name == top.project->name()) {
    if (requirement.specifier.contains(top.candidate().version, true)) return std::nullopt;
    rejection.text = fmt::format("{} does not fit itself: {}",
                                 titled(*top.project, top.candidate()), in_words(demand));
    return rejection;
  }
  auto* const project = projects_.find(requirement.name);
  if (project == nullptr) return std::nullopt;
  const auto demands = demands_on(requirement.name, pending);
  const auto fit = fitting(*project, demands);
  if (!any(fit)) {
    auto clash = explain_clash(*project, demands);
    clash.levels.erase(own_level);
    return Rejection{.kind = clash.kind, .text = std::move(clash.text),
                     .blamed = std::move(clash.levels), .wanted = {}};
  }
  const auto level = decided_level(requirement.name);
  if (!level) return std::nullopt;
  const auto& other = levels_[*level];
  if (project->within(requirement.specifier)[other.chosen]) return std::nullopt;
  // Unless the demand itself hangs on that decision, another version of it may do.
  if (rejection.blamed.insert(*level).second) {
    rejection.wanted[*level].emplace(requirement.specifier.str(), &requirement.specifier);
  }
  rejection.text = fmt::format("{}, but {} was taken", in_words(demand),
                               titled(*project, other.candidate()));
  return rejection;
}

void Search::take(std::size_t candidate, const Metadata& metadata, std::vector<Demand> pending) {
  auto& level = levels_.back();
  level.chosen = candidate;
  level.metadata = &metadata;
  decided_[level.project->name()] = levels_.size() - 1;
  std::vector<Name> next;
  for (auto& demand : pending) {
    const auto& name = demand.requirement->name;
    if (!decided_.contains(name) && std::ranges::find(next, name) == next.end()) {
      next.push_back(name);
    }
    demand.sequence = next_sequence_++;
    demands_[name].push_back(std::move(demand));
  }
  projects_.prefetch(next);
}

Demands Search::demands_on(const Name& name) const {
  Demands demands;
  if (const auto found = constraints_.find(name); found != constraints_.end()) {
    demands.push_back(&found->second);
  }
  if (const auto found = demands_.find(name); found != demands_.end()) {
    for (const auto& demand : found->second) demands.push_back(&demand);
  }
  return demands;
}

Demands Search::demands_on(const Name& name, const std::vector<Demand>& pending) const {
  auto demands = demands_on(name);
  for (const auto& demand : pending) {
    if (demand.requirement->name == name) demands.push_back(&demand);
  }
  return demands;
}

std::optional<std::size_t> Search::decided_level(const Name& name) const {
  const auto found = decided_.find(name);
  if (found == decided_.end()) return std::nullopt;
  return found->second;
}

std::string Search::failure_text(const Level& level, const Demands& demands) const {
  const auto& rejections = level.rejections;
  if (rejections.size() == 1 && rejections.front().text.size() > longest_chain) {
    return rejections.front().text;
  }
  const auto longest = rejections.size() == 1 ? longest_chain : longest_reason;
  std::vector<std::string> reasons;
  for (const auto& rejection : rejections) {
    if (reasons.size() == most_reasons) break;
    reasons.push_back(shortened(rejection.text, longest));
  }
  if (level.to_try.size() > reasons.size()) {
    reasons.push_back(fmt::format("and {} more versions", level.to_try.size() - reasons.size()));
  }
  return fmt::format("no version of {} can be taken for {}: {}", level.project->name().str(),
                     in_words(demands), join(reasons, "; "));
}

// Why a project has no candidate left, and which decisions are to blame.
Search::Rejection Search::explain_failure(const Level& level) {
  auto& project = *level.project;
  const auto demands = demands_on(project.name());
  if (level.to_try.empty()) {
    auto clash = explain_clash(project, demands);
    return {.kind = clash.kind, .text = std::move(clash.text), .blamed = std::move(clash.levels),
            .wanted = {}};
  }
  const auto excluding = excluding_levels(project, demands);
  Rejection failure{.text = failure_text(level, demands), .blamed = excluding, .wanted = {}};
  bool all_unknown = true;
  for (const auto& rejection : level.rejections) {
    add_all(failure.blamed, rejection.blamed);
    all_unknown = all_unknown && rejection.kind == ErrorKind::not_found;
    for (const auto& [blamed, wanted] : rejection.wanted) {
      failure.wanted[blamed].insert(wanted.begin(), wanted.end());
    }
  }
  if (all_unknown) failure.kind = ErrorKind::not_found;

  // Another version of a blamed project helps only by being what a candidate here wants, provided
  // that each of its faults was not to be that.
  std::erase_if(failure.wanted, [&](const auto& entry) {
    const auto blamed = entry.first;
    return excluding.contains(blamed) || entry.second.size() > most_wanted ||
           std::ranges::any_of(level.rejections, [&](const Rejection& rejection) {
             return rejection.blamed.contains(blamed) && !rejection.wanted.contains(blamed);
           });
  });
  return failure;
}

// The topmost project can't be decided: goes back to the latest decision that is to blame.
Result<Search::Next> Search::jump_back() {
  const auto failed = std::move(levels_.back());
  levels_.pop_back();
  auto failure = explain_failure(failed);
  const auto failures = ++failures_[failed.project->name()];
  if (failure.blamed.empty()) return fail(failure.kind, std::move(failure.text));
  last_failure_ = failure.text;
  const auto latest = *failure.blamed.rbegin();
  undo_to(latest);
  // Once for each project: what fails again and again goes before what it fails against.
  if (failures == failures_to_go_first) {
    levels_.pop_back();
    return Next::another_project;
  }
  failure.blamed.erase(latest);
  auto& level = levels_.back();
  if (auto wanted = failure.wanted.extract(latest)) {
    level.useful.push_back(std::move(wanted.mapped()));
  }
  level.rejections.push_back(std::move(failure));
  return Next::another_version;
}

// Takes back every decision after that level and the one at it, which is to be taken anew.
void Search::undo_to(std::size_t level) {
  levels_.erase(levels_.begin() + static_cast<std::ptrdiff_t>(level) + 1, levels_.end());
  std::erase_if(decided_, [&](const auto& decision) { return decision.second >= level; });
  for (auto& [name, demands] : demands_) {
    std::erase_if(demands, [&](const Demand& demand) {
      return !demand.levels.empty() && *demand.levels.rbegin() >= level;
    });
  }
}

}  // namespace assay
