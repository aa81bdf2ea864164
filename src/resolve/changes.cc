#include "resolve/changes.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace assay {

namespace {

constexpr std::size_t most_tried = 24;

class Changes {
 public:
  Changes(std::span<const ResolutionRequest> requests, CandidateSource& source, std::stop_token stop)
      : requests_(requests), source_(source), stop_(std::move(stop)) {}

  Result<std::vector<std::string>> that_help() {
    ASSAY_CHECK(lift_limits());
    ASSAY_CHECK(take_left_out());
    if (help_.empty()) ASSAY_CHECK(ask_for_less());
    return help_;
  }

 private:
  Result<> lift_limits() {
    const auto& requirements = requests_.front().requirements;
    for (std::size_t i = 0; i < requirements.size(); ++i) {
      const auto& [name, limit] = std::pair(requirements[i].name, requirements[i].specifier);
      if (limit.empty() || !requirements[i].url.empty()) continue;
      ASSAY_CHECK(attempt(name, fmt::format("{} without its limit {}", name.str(), limit.str()),
                          [&](ResolutionRequest& changed) { changed.requirements[i].specifier = {}; }));
    }
    for (const auto& [name, limit] : requests_.front().constraints) {
      ASSAY_CHECK(attempt(name, fmt::format("no constraint {}{}", name.str(), limit.str()),
                          [&](ResolutionRequest& changed) { changed.constraints.erase(name); }));
    }
    return {};
  }

  Result<> take_left_out() {
    for (const auto& [name, versions] : requests_.front().left_out) {
      if (versions.empty()) continue;
      const auto& [newest, reason] = *versions.rbegin();
      ASSAY_CHECK(attempt(name, fmt::format("{} in spite of what stands against it ({}: {})", name.str(), newest.str(), reason),
                          [&](ResolutionRequest& changed) { changed.left_out.erase(name); }));
    }
    return {};
  }

  Result<> ask_for_less() {
    const auto& requirements = requests_.front().requirements;
    if (requirements.size() < 2) return {};
    for (std::size_t i = 0; i < requirements.size(); ++i) {
      ASSAY_CHECK(attempt(requirements[i].name, fmt::format("not to ask for {}", requirements[i].str()),
                          [&](ResolutionRequest& changed) {
                            changed.requirements.erase(changed.requirements.begin() + static_cast<std::ptrdiff_t>(i));
                          }));
    }
    return {};
  }

  template <class Change>
  Result<> attempt(const Name& about, std::string words, Change change) {
    if (++tried_ > most_tried) return {};
    std::vector<ResolutionRequest> changed(requests_.begin(), requests_.end());
    for (auto& request : changed) change(request);
    const auto joint = resolve_together(changed, source_, stop_);
    if (!joint) {
      const auto kind = joint.error().kind;
      if (kind == ErrorKind::invalid_input || kind == ErrorKind::not_found) return {};
      return std::unexpected(joint.error());
    }
    const auto& packages = joint->resolutions.front().packages;
    const auto taken = std::ranges::find(packages, about, &ResolvedPackage::name);
    if (taken != packages.end()) words += fmt::format(": {} {} would be taken", about.str(), taken->version.str());
    help_.push_back(std::move(words));
    return {};
  }

  std::span<const ResolutionRequest> requests_;
  CandidateSource& source_;
  std::stop_token stop_;
  std::vector<std::string> help_;
  std::size_t tried_ = 0;
};

}  // namespace

Result<std::vector<std::string>> changes_that_help(std::span<const ResolutionRequest> requests,
                                                   CandidateSource& source, std::stop_token stop) {
  return Changes(requests, source, std::move(stop)).that_help();
}

}  // namespace assay
