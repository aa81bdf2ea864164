#include "resolve/changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "base/text.h"
#include "resolve/nothing_fits.h"

namespace assay {

namespace {

constexpr std::size_t most_tried = 24;
constexpr std::size_t most_read = 40;      // pages and metadata that no other attempt read before, for one
constexpr std::size_t most_looked = 8'000;  // at pages and metadata, for all attempts

// The source as one attempt after the other sees it: what was read before costs nothing, and what is new is
// counted.
class BoundedSource final : public CandidateSource {
 public:
  explicit BoundedSource(CandidateSource& source) : source_(source) { source_.build_nothing_more(); }

  void begin(std::size_t most) {
    left_ = most;
    stopped_.clear();
  }
  // Why the attempt could not go on; "" if it could.
  const std::string& stopped() const { return stopped_; }
  bool may_go_on() const { return looked_ < most_looked; }

  Result<FileList> files(const Name& name) override {
    ++looked_;
    if (const auto known = files_.find(name); known != files_.end()) return known->second;
    ASSAY_CHECK(count());
    auto files = source_.files(name);
    if (!files && !is_answer(files.error())) return give_up(files.error());
    return files_.emplace(name, std::move(files)).first->second;
  }

  Result<Metadata> metadata(const Name& name, const Version& version,
                            const std::vector<IndexFile>& files) override {
    ++looked_;
    const std::pair key(name, version);
    if (const auto known = metadata_.find(key); known != metadata_.end()) return known->second;
    ASSAY_CHECK(count());
    auto metadata = source_.metadata(name, version, files);
    if (!metadata && !is_answer(metadata.error())) return give_up(metadata.error());
    return metadata_.emplace(key, std::move(metadata)).first->second;
  }

  void prefetch(const std::vector<Name>& names) override {
    if (names.size() <= left_) source_.prefetch(names);
  }

 private:
  static bool is_answer(const Error& error) {
    return error.kind == ErrorKind::not_found || error.kind == ErrorKind::invalid_input;
  }
  Result<> count() {
    if (left_ == 0) {
      stopped_ = "more would have to be read than is worth it";
      return fail(ErrorKind::network, stopped_);
    }
    --left_;
    return {};
  }
  std::unexpected<Error> give_up(const Error& error) {
    if (error.kind != ErrorKind::cancelled) stopped_ = error.message;
    return std::unexpected(error);
  }

  CandidateSource& source_;
  std::size_t left_ = 0;
  std::size_t looked_ = 0;
  std::string stopped_;
  std::map<Name, Result<FileList>> files_;
  std::map<std::pair<Name, Version>, Result<Metadata>> metadata_;
};

class Search {
 public:
  Search(std::span<const ResolutionRequest> requests, CandidateSource& source, std::stop_token stop)
      : requests_(requests), source_(source), stop_(std::move(stop)) {}

  Result<Changes> run() {
    ASSAY_CHECK(lift_limits());
    ASSAY_CHECK(take_left_out());
    if (found_.help.empty()) ASSAY_CHECK(ask_for_less());
    return std::move(found_);
  }

 private:
  enum class Outcome { helps, does_not, unknown };

  Result<> lift_limits() {
    const auto& requirements = requests_.front().requirements;
    for (std::size_t i = 0; i < requirements.size(); ++i) {
      const auto& [name, limit] = std::pair(requirements[i].name, requirements[i].specifier);
      if (limit.empty() || !requirements[i].url.empty()) continue;
      const auto limited_to = [i](const SpecifierSet& other) {
        return [i, other](ResolutionRequest& changed) { changed.requirements[i].specifier = other; };
      };
      ASSAY_TRY(const auto outcome, attempt(name, fmt::format("{} without its limit {}", name.str(), limit.str()),
                                            limited_to({})));
      if (outcome != Outcome::unknown) continue;
      // The newest versions are far from what was pinned; what others ask for may be near.
      if (const auto older = up_to_pin(limit)) {
        ASSAY_CHECK(attempt(name, fmt::format("{}{} instead of {}", name.str(), older->str(), limit.str()),
                            limited_to(*older)));
      }
    }
    for (const auto& [name, limit] : requests_.front().constraints) {
      ASSAY_CHECK(attempt(name, fmt::format("no constraint {}{}", name.str(), limit.str()),
                          [&](ResolutionRequest& changed) { changed.constraints.erase(name); }));
    }
    return {};
  }

  static std::optional<SpecifierSet> up_to_pin(const SpecifierSet& limit) {
    if (!limit.is_pin() || limit.clauses().size() != 1) return std::nullopt;
    auto older = SpecifierSet::parse("<" + limit.clauses().front().version_text());
    return older ? std::optional(*std::move(older)) : std::nullopt;
  }

  Result<> take_left_out() {
    for (const auto& [name, versions] : requests_.front().left_out) {
      if (versions.empty()) continue;
      const auto& [newest, reason] = *versions.rbegin();
      ASSAY_CHECK(attempt(name, fmt::format("{} in spite of what stands against it ({}: {})", name.str(), newest.str(), brief_reason(reason)),
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
  Result<Outcome> attempt(const Name& about, std::string words, Change change) {
    if (++tried_ > most_tried || !source_.may_go_on()) return not_known(words, "enough others were tried");
    if (tried_ == 1) ASSAY_CHECK(read_what_is_asked());
    std::vector<ResolutionRequest> changed(requests_.begin(), requests_.end());
    for (auto& request : changed) change(request);
    source_.begin(most_read);
    const auto joint = resolve_together(changed, source_, stop_);
    if (!source_.stopped().empty()) return not_known(words, source_.stopped());
    if (!joint) {
      const auto kind = joint.error().kind;
      if (kind == ErrorKind::invalid_input || kind == ErrorKind::not_found) return Outcome::does_not;
      return std::unexpected(joint.error());
    }
    const auto& packages = joint->resolutions.front().packages;
    const auto taken = std::ranges::find(packages, about, &ResolvedPackage::name);
    if (taken != packages.end()) words += fmt::format(": {} {} would be taken", about.str(), taken->version.str());
    found_.help.push_back(std::move(words));
    return Outcome::helps;
  }

  // What the question itself reads is at hand, and does not count.
  Result<> read_what_is_asked() {
    source_.begin(std::numeric_limits<std::size_t>::max());
    const auto again = resolve_together(requests_, source_, stop_);
    if (!again && again.error().kind == ErrorKind::cancelled) return std::unexpected(again.error());
    return {};
  }

  Outcome not_known(const std::string& words, const std::string& why) {
    found_.untried.push_back(fmt::format("{} ({})", words, why));
    return Outcome::unknown;
  }

  std::span<const ResolutionRequest> requests_;
  BoundedSource source_;
  std::stop_token stop_;
  Changes found_;
  std::size_t tried_ = 0;
};

}  // namespace

Result<Changes> changes_that_help(std::span<const ResolutionRequest> requests, CandidateSource& source,
                                  std::stop_token stop) {
  return Search(requests, source, std::move(stop)).run();
}

std::string in_words(const Changes& changes) {
  std::string words;
  for (const auto& change : changes.help) words += " Would help: " + change + ".";
  for (const auto& change : changes.untried) words += " Might help, but is not known: " + change + ".";
  return words;
}

}  // namespace assay
