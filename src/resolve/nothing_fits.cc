#include "resolve/nothing_fits.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "resolve/short_list.h"

namespace assay {

namespace {

constexpr std::size_t longest_requirement = 200;

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

std::string refused_text(const std::string& name, const std::vector<Refusal>& refused) {
  const auto cause = refused.front().cause;
  const bool one_cause = std::ranges::all_of(
      refused, [&](const Refusal& refusal) { return refusal.cause == cause; });
  const bool no_file = cause == Refusal::Cause::no_sdist || cause == Refusal::Cause::no_wheel;
  ShortList versions;
  ShortList reasons;
  for (const auto& refusal : refused) {
    versions.add([&] { return refusal.version.str(); });
    reasons.add([&] { return refusal.version.str() + ": " + brief_reason(refusal.reason); });
  }
  if (one_cause && no_file) {
    return fmt::format("{} {} in any version that fits (looked at {})", name, refused.front().reason,
                       versions.str(", "));
  }
  return fmt::format("no version of {} can be taken for it; {}", name, reasons.str("; "));
}

}  // namespace

std::string words_of(const Requirement& requirement) {
  return printable(requirement.str().substr(0, longest_requirement));
}

std::string brief_reason(std::string_view reason) {
  constexpr std::size_t longest = 160;
  return shortened(reason, longest);
}

std::string nothing_fits(const Project& project, const Requirement& requirement) {
  const auto& name = project.name().str();
  if (!project.is_known()) return "the index has no project " + name;
  std::vector<Refusal> refused;
  for (const auto& refusal : project.candidates().refused) {
    if (requirement.specifier.contains(refusal.version, true)) refused.push_back(refusal);
  }
  if (!refused.empty()) return refused_text(name, refused);
  return fmt::format("no version of {} satisfies {}; {}", name, words_of(requirement), available_text(project));
}

}  // namespace assay
