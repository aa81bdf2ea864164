#include "copies/file_matches.h"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "base/text.h"

namespace assay {

namespace {

constexpr double least_weight = 8;        // of a stretch, in fingerprints: some twelve lines
constexpr std::size_t longest_gap = 3;    // fingerprints that differ within a stretch
constexpr std::size_t most_sources = 16;  // of one file

}  // namespace

PossibleOrigins::PossibleOrigins(const OriginIndex& index, Name own)
    : index_(index), own_(std::move(own)), likelihoods_(index.origins().size()) {}

bool PossibleOrigins::may_be_copied(const OriginIndex::Owner& owner) const {
  if (index_.origins()[owner.origin].name == own_) return false;
  const auto parts = split(owner.path, '/');
  return std::ranges::none_of(parts, [&](std::string_view part) {
    if (part.ends_with(".py")) part.remove_suffix(3);
    return Name::normalize(part) == own_;
  });
}

bool PossibleOrigins::may_be_copied(std::uint32_t content) const {
  const auto [known, is_new] = asked_.emplace(content, false);
  if (is_new) {
    known->second =
        std::ranges::any_of(index_.content(content).owners,
                            [&](const OriginIndex::Owner& owner) { return may_be_copied(owner); });
  }
  return known->second;
}

double PossibleOrigins::likelihood(std::uint32_t content) const {
  double best = 0;
  for (const auto& owner : index_.content(content).owners) {
    if (may_be_copied(owner)) best = std::max(best, likelihoods_[owner.origin]);
  }
  return best;
}

FileHits::FileHits(const CodePrint& code, const PossibleOrigins& possible)
    : code_(code), possible_(possible), weights_(code.fingerprints.size()) {
  std::unordered_set<std::uint64_t> seen;
  for (std::uint32_t i = 0; i < code.fingerprints.size(); ++i) {
    if (!seen.insert(code.fingerprints[i].hash).second) continue;
    std::set<std::uint32_t> projects;
    for (const auto& place : possible.index().find(code.fingerprints[i].hash)) {
      const auto& content = possible.index().content(place.content);
      projects.insert(content.projects.begin(), content.projects.end());
      if (possible.may_be_copied(place.content)) {
        hits_[place.content].push_back({i, place.from, place.to});
      }
    }
    if (!projects.empty()) weights_[i] = 1.0 / static_cast<double>(projects.size());
  }
}

std::map<std::uint32_t, std::size_t> FileHits::shared() const {
  std::map<std::uint32_t, std::size_t> counts;
  for (const auto& [content, hits] : hits_) counts[content] = hits.size();
  return counts;
}

// What the stretches span is explained by them, even where it differs.
std::vector<SharedLines> FileHits::stretches(const std::vector<Hit>& hits,
                                             std::vector<bool>& explained) const {
  std::vector<SharedLines> found;
  for (std::size_t begin = 0; begin < hits.size();) {
    std::size_t end = begin;
    double weight = 0;
    SharedLines lines{code_.fingerprints[hits[begin].print].from, 0, hits[begin].from, 0};
    while (end < hits.size() && !explained[hits[end].print] &&
           (end == begin || hits[end].print - hits[end - 1].print <= longest_gap + 1)) {
      weight += weights_[hits[end].print];
      lines.to = std::max(lines.to, code_.fingerprints[hits[end].print].to);
      lines.origin_from = std::min(lines.origin_from, hits[end].from);
      lines.origin_to = std::max(lines.origin_to, hits[end].to);
      ++end;
    }
    if (weight >= least_weight) {
      found.push_back(lines);
      for (auto i = hits[begin].print; i <= hits[end - 1].print; ++i) explained[i] = true;
    }
    begin = std::max(end, begin + 1);
  }
  return found;
}

std::optional<FileMatch> FileHits::whole_match() const {
  if (!code_.digest) return std::nullopt;
  std::optional<std::uint32_t> best;
  for (const auto content : possible_.index().same_code(*code_.digest)) {
    if (!possible_.may_be_copied(content)) continue;
    if (!best || possible_.likelihood(content) > possible_.likelihood(*best)) best = content;
  }
  if (!best) return std::nullopt;
  const auto last_line = possible_.index().content(*best).code.last_line;
  return FileMatch{*best, true, {{1, code_.last_line, 1, last_line}}};
}

std::optional<std::uint32_t> FileHits::best_content(const std::vector<bool>& explained,
                                                    const std::vector<std::uint32_t>& tried) const {
  std::optional<std::uint32_t> best;
  std::pair<double, double> best_value{least_weight, -1};
  for (const auto& [content, hits] : hits_) {
    if (std::ranges::find(tried, content) != tried.end()) continue;
    double weight = 0;
    for (const auto& hit : hits) weight += explained[hit.print] ? 0 : weights_[hit.print];
    const std::pair value{weight, possible_.likelihood(content)};
    if (value > best_value) {
      best = content;
      best_value = value;
    }
  }
  return best;
}

std::vector<FileMatch> FileHits::matches() const {
  if (auto whole = whole_match()) return {*std::move(whole)};
  std::vector<FileMatch> found;
  std::vector<bool> explained(code_.fingerprints.size());
  std::vector<std::uint32_t> tried;
  while (tried.size() < most_sources) {
    const auto content = best_content(explained, tried);
    if (!content) break;
    tried.push_back(*content);
    auto lines = stretches(hits_.at(*content), explained);
    if (!lines.empty()) found.push_back({*content, false, std::move(lines)});
  }
  return found;
}

}  // namespace assay
