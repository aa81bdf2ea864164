#include "resolve/clash.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace assay {

namespace {

constexpr std::size_t most_named = 5;  // versions in a message

VersionMask not_yanked(const Project& project, bool yanked_too) {
  VersionMask mask;
  for (const auto& candidate : project.usable()) {
    mask.push_back(yanked_too || candidate.file.yanked.empty());
  }
  return mask;
}

// Takes from `mask` what the demand excludes; says whether that was anything.
bool narrow(VersionMask& mask, Project& project, const Demand& demand) {
  const auto& within = project.within(demand.requirement->specifier);
  bool narrowed = false;
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (!mask[i] || within[i]) continue;
    mask[i] = false;
    narrowed = true;
  }
  return narrowed;
}

// The demands that exclude something, in turn, until nothing is left.
Demands excluding(Project& project, const Demands& demands, bool yanked_too) {
  Demands found;
  auto mask = not_yanked(project, yanked_too);
  for (const auto* demand : demands) {
    if (!any(mask)) break;
    if (narrow(mask, project, *demand)) found.push_back(demand);
  }
  return found;
}

bool leave_nothing(Project& project, const Demands& demands, bool yanked_too) {
  auto mask = not_yanked(project, yanked_too);
  for (const auto* demand : demands) narrow(mask, project, *demand);
  return !any(mask);
}

const Demand* first_asking(const Demands& demands) {
  const auto found = std::ranges::find(demands, false, &Demand::constraint);
  return found == demands.end() ? nullptr : *found;
}

Demands smallest_clash(Project& project, const Demands& demands) {
  constexpr std::size_t most_to_minimize = 64;
  const bool yanked_too = any_pin(demands);
  auto clash = excluding(project, demands, yanked_too);
  for (auto at = clash.size(); at-- > 0 && clash.size() <= most_to_minimize;) {
    auto without = clash;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(at));
    if (leave_nothing(project, without, yanked_too)) clash = std::move(without);
  }
  // Without anybody who asks, nothing would clash.
  const auto* asking = first_asking(demands);
  if (asking != nullptr && first_asking(clash) == nullptr) clash.push_back(asking);
  return clash;
}

bool let_through(const Demands& demands, const Version& version) {
  return std::ranges::all_of(demands, [&](const Demand* demand) {
    return demand->requirement->specifier.contains(version, true);
  });
}

// The first few of a list in words, and how many more there are.
class ShortList {
 public:
  // `make` is called only for what is shown.
  template <class Make>
  void add(Make make) {
    if (shown_.size() < most_named) {
      shown_.push_back(make());
    } else {
      ++more_;
    }
  }
  bool empty() const { return shown_.empty(); }
  std::string str(std::string_view separator) const {
    auto text = join(shown_, separator);
    if (more_ > 0) text += fmt::format("{}{} more", separator, more_);
    return text;
  }

 private:
  std::vector<std::string> shown_;
  std::size_t more_ = 0;
};

// Versions that would do if they could be taken at all, with what stands against each.
std::vector<Refusal> fitting_but_refused(const Project& project, const Demands& clash) {
  std::vector<Refusal> found;
  for (const auto& refusal : project.candidates().refused) {
    if (let_through(clash, refusal.version)) found.push_back(refusal);
  }
  return found;
}

std::string refusal_text(const Project& project, const Demands& clash,
                         const std::vector<Refusal>& refused) {
  const auto& name = project.name().str();
  const auto cause = refused.front().cause;
  const bool one_cause = std::ranges::all_of(
      refused, [&](const Refusal& refusal) { return refusal.cause == cause; });
  const bool no_file = cause == Refusal::Cause::no_sdist || cause == Refusal::Cause::no_wheel;
  ShortList versions;
  ShortList reasons;
  for (const auto& refusal : refused) {
    versions.add([&] { return refusal.version.str(); });
    reasons.add([&] { return refusal.version.str() + ": " + refusal.reason; });
  }
  if (one_cause && no_file) {
    return fmt::format("{} {} in any version that fits {} (looked at {})", name,
                       refused.front().reason, in_words(clash), versions.str(", "));
  }
  return fmt::format("no version of {} can be taken for {}; {}", name, in_words(clash),
                     reasons.str("; "));
}

std::string yanked_text(const Project& project, const Demands& clash) {
  ShortList versions;
  for (const auto& candidate : project.usable()) {
    if (candidate.file.yanked.empty() || !let_through(clash, candidate.version)) continue;
    versions.add([&] { return candidate.version.str(); });
  }
  if (versions.empty()) return "";
  return fmt::format("every version of {} that fits {} was yanked ({})", project.name().str(),
                     in_words(clash), versions.str(", "));
}

std::string available_text(const Project& project) {
  ShortList versions;
  const auto add = [&](const Version& version) { versions.add([&] { return version.str(); }); };
  for (const auto& candidate : project.usable()) add(candidate.version);
  for (const auto& refusal : project.candidates().refused) add(refusal.version);
  if (!versions.empty()) return "there are " + versions.str(", ");
  const auto unreadable = project.candidates().unreadable;
  if (unreadable == 0) return "the index lists no file of it";
  return fmt::format("none of its {} files is a wheel or source distribution of a readable version",
                     unreadable);
}

std::string clash_text(const Project& project, const Demands& clash) {
  const auto& name = project.name().str();
  if (!project.is_known()) {
    return fmt::format("the index has no project {}: {}", name, in_words(clash));
  }
  const auto refused = fitting_but_refused(project, clash);
  if (!refused.empty()) return refusal_text(project, clash, refused);
  if (auto text = yanked_text(project, clash); !text.empty()) return text;
  auto text = fmt::format("no version of {} satisfies {}", name, in_words(clash));
  if (clash.size() == 1) text += "; " + available_text(project);
  return text;
}

Levels levels_of(const Demands& demands) {
  Levels levels;
  for (const auto* demand : demands) levels.insert(demand->levels.begin(), demand->levels.end());
  return levels;
}

}  // namespace

bool any(const VersionMask& mask) { return std::ranges::find(mask, true) != mask.end(); }

VersionMask fitting(Project& project, const Demands& demands) {
  auto mask = not_yanked(project, any_pin(demands));
  for (const auto* demand : demands) narrow(mask, project, *demand);
  return mask;
}

std::vector<std::size_t> candidates_to_try(Project& project, const Demands& demands) {
  const auto mask = fitting(project, demands);
  const bool prereleases = std::ranges::any_of(demands, [](const Demand* demand) {
    return demand->requirement->specifier.admits_prereleases();
  });
  std::vector<std::size_t> all;
  std::vector<std::size_t> final_releases;
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (!mask[i]) continue;
    all.push_back(i);
    if (!project.usable()[i].version.is_prerelease()) final_releases.push_back(i);
  }
  return prereleases || final_releases.empty() ? all : final_releases;
}

Clash explain_clash(Project& project, const Demands& demands) {
  const auto clash = smallest_clash(project, demands);
  return {.kind = project.is_known() ? ErrorKind::invalid_input : ErrorKind::not_found,
          .levels = levels_of(clash),
          .text = clash_text(project, clash)};
}

Levels excluding_levels(Project& project, const Demands& demands) {
  auto blamed = excluding(project, demands, any_pin(demands));
  if (const auto* asking = first_asking(demands)) blamed.push_back(asking);
  return levels_of(blamed);
}

}  // namespace assay
