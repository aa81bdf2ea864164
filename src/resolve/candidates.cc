#include "resolve/candidates.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "package/file_name.h"

namespace assay {

namespace {

// A file and what decides between files of one version; the smaller, the better.
struct Offer {
  const IndexFile* file = nullptr;
  bool sdist = false;
  std::size_t rank = 0;      // of the archive's kind, or of the best tag
  std::string build_number;  // of a wheel, without leading zeros: the higher, the better (PEP 427)
  std::string build_rest;

  bool is_better_than(const Offer& other) const {
    const bool yanked = !file->yanked.empty();
    const bool other_yanked = !other.file->yanked.empty();
    if (yanked != other_yanked) return other_yanked;
    if (rank != other.rank) return rank < other.rank;
    if (build_number.size() != other.build_number.size()) {
      return build_number.size() > other.build_number.size();
    }
    return std::tie(other.build_number, other.build_rest, file->file_name) <
           std::tie(build_number, build_rest, other.file->file_name);
  }
};

constexpr std::size_t does_not_fit = std::numeric_limits<std::size_t>::max();

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

// Of a compressed set of tags (PEP 425), without making each of them a Tag: an index may list thousands
// of wheels of a project, of which one is taken.
std::size_t best_rank(std::string_view compressed, const TagRanks& ranks) {
  const auto sets = split(compressed, '-');
  if (sets.size() != 3) return does_not_fit;
  std::size_t best = does_not_fit;
  std::string tag;
  for (const auto interpreter : split(sets[0], '.')) {
    for (const auto abi : split(sets[1], '.')) {
      for (const auto platform : split(sets[2], '.')) {
        tag.assign(interpreter).append("-").append(abi).append("-").append(platform);
        auto found = ranks.find(std::string_view(tag));
        if (found == ranks.end() && std::ranges::any_of(tag, is_upper)) found = ranks.find(lower(tag));
        if (found != ranks.end()) best = std::min(best, found->second);
      }
    }
  }
  return best;
}

// PEP 625's form first; the others are what older releases have beside it or instead.
std::size_t archive_rank(std::string_view file_name) {
  if (file_name.ends_with(".tar.gz")) return 0;
  return file_name.ends_with(".zip") ? 1 : 2;
}

void set_build(Offer& offer, std::string_view build) {
  const auto digits = std::min(build.find_first_not_of("0123456789"), build.size());
  const auto significant = std::min(build.find_first_not_of('0'), digits);
  offer.build_number = build.substr(significant, digits - significant);
  offer.build_rest = build.substr(digits);
}

struct VersionOffer {
  Version version;
  Offer offer;
};

// A page lists the wheels of a version one after the other: what was read of the last one serves the next.
class FileReader {
 public:
  FileReader(const Name& name, const TagRanks& ranks) : name_(name), ranks_(ranks) {}

  std::optional<VersionOffer> read(const IndexFile& file) {
    return file.file_name.ends_with(".whl") ? read_wheel(file) : read_sdist(file);
  }

 private:
  std::optional<VersionOffer> read_wheel(const IndexFile& file) {
    const auto parts = WheelParts::split(file.file_name);
    if (!parts) return std::nullopt;
    if (parts->name != written_name_) {
      if (Name::normalize(parts->name) != name_) return std::nullopt;
      written_name_ = parts->name;
    }
    if (parts->version != written_version_ || !version_) {
      auto version = Version::parse(parts->version);
      if (!version) return std::nullopt;
      written_version_ = parts->version;
      version_ = *std::move(version);
    }
    Offer offer{.file = &file, .sdist = false, .rank = rank_of(parts->tags), .build_number = {},
                .build_rest = {}};
    set_build(offer, parts->build);
    return VersionOffer{*version_, std::move(offer)};
  }

  // Each version of a project has wheels of about the same tags.
  std::size_t rank_of(std::string_view tags) {
    if (const auto known = known_ranks_.find(tags); known != known_ranks_.end()) return known->second;
    return known_ranks_.emplace(tags, best_rank(tags, ranks_)).first->second;
  }

  std::optional<VersionOffer> read_sdist(const IndexFile& file) const {
    auto sdist = SdistName::parse(file.file_name, name_);
    if (!sdist) return std::nullopt;
    const auto rank = archive_rank(file.file_name);
    return VersionOffer{std::move(sdist->version),
                        {.file = &file, .sdist = true, .rank = rank,
                         .build_number = {}, .build_rest = {}}};
  }

  const Name& name_;
  const TagRanks& ranks_;
  TagRanks known_ranks_;  // of compressed sets of tags
  std::string written_name_;
  std::string written_version_;
  std::optional<Version> version_;
};

// Why a file may not be looked at at all; "" if it may.
std::string upload_objection(const IndexFile& file, const ResolutionRequest& request) {
  if (!request.uploaded_before) return "";
  if (!file.upload_time) {
    return fmt::format("the index tells no upload time for {}, and only what was uploaded before "
                       "{} may be taken",
                       printable(file.file_name), format_time(*request.uploaded_before));
  }
  if (*file.upload_time < *request.uploaded_before) return "";
  return fmt::format("uploaded at {}, not before {}", format_time(*file.upload_time),
                     format_time(*request.uploaded_before));
}

// Why this Python may not take files, by their Requires-Python, of which a project has few.
class PythonObjections {
 public:
  explicit PythonObjections(const Version& python) : python_(python) {}

  // "" if it may.
  const std::string& of(const std::string& requires_python) {
    const auto [found, is_new] = known_.try_emplace(requires_python);
    if (is_new) found->second = objection(requires_python);
    return found->second;
  }

 private:
  std::string objection(const std::string& text) const {
    const auto wanted = SpecifierSet::parse(text);
    if (!wanted) return fmt::format("has a Requires-Python that can't be read: \"{}\"", printable(text.substr(0, 80)));
    if (wanted->contains(python_, true)) return "";
    return fmt::format("needs Python {} (this is {})", wanted->str(), python_.str());
  }

  const Version& python_;
  std::map<std::string, std::string> known_;
};

// One version's files, sorted into what may be taken and why the rest may not.
class VersionFiles {
 public:
  VersionFiles(const ResolutionRequest& request, PythonObjections& pythons, std::vector<Offer> offers)
      : request_(request), pythons_(pythons), offers_(std::move(offers)) {}

  std::optional<Refusal> choose(const Version& version, Candidate& candidate) {
    using enum Refusal::Cause;
    using enum ResolutionRequest::Need;
    std::vector<const Offer*> right_kind;
    for (const auto& offer : offers_) {
      const bool right = request_.need == either || offer.sdist == (request_.need == sdist);
      if (right && offer.rank != does_not_fit) right_kind.push_back(&offer);
    }
    if (right_kind.empty()) {
      if (request_.need == sdist) return Refusal{no_sdist, version, "has no source distribution"};
      return Refusal{no_wheel, version, request_.need == wheel ? "has no wheel that fits"
                                                               : "has neither a wheel that fits nor a source distribution"};
    }
    std::ranges::sort(right_kind, [](const Offer* a, const Offer* b) {
      return a->sdist != b->sdist ? b->sdist : a->is_better_than(*b);
    });
    std::optional<Refusal> objection;
    for (const auto* offer : right_kind) {
      auto late = upload_objection(*offer->file, request_);
      auto python = late.empty() ? pythons_.of(offer->file->requires_python) : std::string();
      if (late.empty() && python.empty()) {
        candidate = {version, offer->file, visible_files()};
        return std::nullopt;
      }
      if (objection) continue;
      objection = late.empty() ? Refusal{Refusal::Cause::python, version, std::move(python)}
                               : Refusal{upload_time, version, std::move(late)};
    }
    return objection;
  }

 private:
  std::vector<const IndexFile*> visible_files() const {
    std::vector<const IndexFile*> files;
    files.reserve(offers_.size());
    for (const auto& offer : offers_) {
      if (upload_objection(*offer.file, request_).empty()) files.push_back(offer.file);
    }
    return files;
  }

  const ResolutionRequest& request_;
  PythonObjections& pythons_;
  std::vector<Offer> offers_;
};

std::optional<Refusal> left_out(const Name& name, const Version& version,
                                const LeftOutVersions& versions) {
  const auto project = versions.find(name);
  if (project == versions.end()) return std::nullopt;
  const auto found = project->second.find(version);
  if (found == project->second.end()) return std::nullopt;
  return Refusal{Refusal::Cause::left_out, version, found->second};
}

}  // namespace

TagRanks rank_tags(const std::vector<Tag>& tags) {
  TagRanks ranks;
  for (const auto& tag : tags) ranks.emplace(tag.str(), ranks.size());
  return ranks;
}

Candidates find_candidates(const Name& name, FileList files,
                           const ResolutionRequest& request, const TagRanks& ranks) {
  Candidates candidates;
  std::map<Version, std::vector<Offer>, std::greater<>> versions;
  auto last = versions.end();  // files of a version stand together, and newer ones come later
  FileReader reader(name, ranks);
  PythonObjections pythons(request.python);
  for (const auto& file : *files) {
    auto read = reader.read(file);
    if (!read) {
      ++candidates.unreadable;
      continue;
    }
    if (last == versions.end() || last->first != read->version) {
      last = versions.try_emplace(versions.begin(), std::move(read->version));
    }
    last->second.push_back(std::move(read->offer));
  }
  candidates.listed = std::move(files);
  for (auto& [version, offers] : versions) {
    if (auto refusal = left_out(name, version, request.left_out)) {
      candidates.refused.push_back(*std::move(refusal));
      continue;
    }
    Candidate candidate;
    if (auto refusal = VersionFiles(request, pythons, std::move(offers)).choose(version, candidate)) {
      candidates.refused.push_back(*std::move(refusal));
    } else {
      candidates.usable.push_back(std::move(candidate));
    }
  }
  return candidates;
}

}  // namespace assay
