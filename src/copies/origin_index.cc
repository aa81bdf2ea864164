#include "copies/origin_index.h"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace assay {

namespace {

// Not what it vendors: in a folder of that role, or as "packages" in its own package.
bool is_its_own(const FilePrint& file) {
  return file.role != PathRole::vendored && !file.path.contains("/packages/");
}

}  // namespace

OriginIndex::OriginIndex(std::vector<std::pair<Origin, SourcePrints>> origins) {
  std::unordered_map<Digest, std::uint32_t> numbers;
  for (auto& [origin, prints] : origins) {
    const auto number = static_cast<std::uint32_t>(origins_.size());
    origins_.push_back(std::move(origin));
    for (auto& file : prints.files) {
      if (!is_its_own(file)) continue;
      if (!file.code.digest && file.code.fingerprints.empty()) continue;
      const auto [known, is_new] =
          numbers.emplace(file.content, static_cast<std::uint32_t>(contents_.size()));
      if (is_new) {
        for (const auto& print : file.code.fingerprints) {
          places_.push_back({print.hash, known->second, print.from, print.to});
        }
        if (file.code.digest) by_code_.emplace(*file.code.digest, known->second);
        file.code.fingerprints.clear();
        contents_.push_back({std::move(file.code), 0, {}, {}});
      }
      contents_[known->second].owners.push_back({number, std::move(file.path)});
    }
  }
  std::ranges::sort(places_);
  const auto repeated = std::ranges::unique(places_, [](const Place& a, const Place& b) {
    return a.hash == b.hash && a.content == b.content;
  });
  places_.erase(repeated.begin(), repeated.end());
  for (const auto& place : places_) ++contents_[place.content].fingerprints;
  sizes_.resize(origins_.size());
  std::map<Name, std::uint32_t> projects;
  for (const auto& origin : origins_) {
    projects.emplace(origin.name, static_cast<std::uint32_t>(projects.size()));
  }
  for (auto& content : contents_) {
    std::set<std::uint32_t> of_content;
    for (const auto& owner : content.owners) {
      of_content.insert(projects.at(origins_[owner.origin].name));
      ++sizes_[owner.origin].files;
      sizes_[owner.origin].code += amount_of(content);
    }
    content.projects.assign(of_content.begin(), of_content.end());
  }
}

std::span<const OriginIndex::Place> OriginIndex::find(std::uint64_t hash) const {
  const auto range = std::ranges::equal_range(places_, hash, {}, &Place::hash);
  return {range.begin(), range.end()};
}

std::vector<std::uint32_t> OriginIndex::same_code(const Digest& code) const {
  std::vector<std::uint32_t> numbers;
  const auto [begin, end] = by_code_.equal_range(code);
  for (auto at = begin; at != end; ++at) numbers.push_back(at->second);
  return numbers;
}

}  // namespace assay
