#include "copies/copies.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

#include <nlohmann/json.hpp>

#include "evidence/json_members.h"

namespace assay {

namespace {

constexpr std::size_t few_files = 3;
constexpr double large_share = 1.0 / 3;
constexpr double small_share = 1.0 / 20;
constexpr std::size_t telling_amount = 8;  // of a whole file, in fingerprints

// How well files fit what an origin has.
struct Fit {
  std::size_t matched = 0;  // of the origin's code, in fingerprints
  std::size_t whole = 0;    // files that are the same
  std::size_t missing = 0;  // of the matched files' code, in each file at most as much as matched

  std::size_t alike() const { return matched + whole; }
  // What speaks for this version less what speaks against it. Where little of a file is there, what
  // is missing was not copied and tells nothing of the version.
  std::size_t balance() const { return alike() - missing; }
  auto rank() const { return std::pair(balance(), alike()); }
  void operator+=(const Fit& other) {
    matched += other.matched;
    whole += other.whole;
    missing += other.missing;
  }
};
using Fits = std::map<std::uint32_t, Fit>;  // by origin

struct ExaminedFile {
  const FilePrint* print;
  FileHits hits;
  Fits fits;
};

struct FoundMatch {
  const ExaminedFile* file;
  FileMatch match;
};
using MatchesByRoot = std::map<std::string, std::vector<FoundMatch>>;

// The best of what each origin has for the file: of several contents, the one that fits best.
Fits fits_of(const FilePrint& file, const FileHits& hits, const PossibleOrigins& possible) {
  const auto& index = possible.index();
  Fits fits;
  const auto offer = [&](std::uint32_t content, const Fit& fit) {
    for (const auto& owner : index.content(content).owners) {
      if (!possible.may_be_copied(owner)) continue;
      auto& best = fits[owner.origin];
      if (best.rank() < fit.rank()) best = fit;
    }
  };
  for (const auto& [content, matched] : hits.shared()) {
    const auto missing = index.content(content).fingerprints - matched;
    offer(content, {matched, 0, std::min<std::size_t>(missing, matched)});
  }
  if (file.code.digest) {
    for (const auto content : index.same_code(*file.code.digest)) {
      offer(content, {amount_of(index.content(content)), 1, 0});
    }
  }
  return fits;
}

std::vector<ExaminedFile> examine(const std::vector<FilePrint>& files,
                                  const PossibleOrigins& possible) {
  std::vector<ExaminedFile> examined;
  for (const auto& file : files) {
    FileHits hits(file.code, possible);
    auto fits = fits_of(file, hits, possible);
    if (!fits.empty()) examined.push_back({&file, std::move(hits), std::move(fits)});
  }
  return examined;
}

// The share of each origin that is there: who has all of a project is likelier to have copied that
// than another project which carries some of it.
std::vector<double> shares(const std::vector<ExaminedFile>& files, const OriginIndex& index) {
  std::vector<double> shares(index.origins().size());
  for (const auto& file : files) {
    for (const auto& [origin, fit] : file.fits) {
      shares[origin] +=
          static_cast<double>(fit.matched) / static_cast<double>(index.size_of(origin).code);
    }
  }
  return shares;
}

std::string folder_of(std::string_view path) {
  return std::string(path.substr(0, path.rfind('/') + 1));
}

// What two paths have in common at their ends, in whole parts.
std::size_t common_end(std::string_view a, std::string_view b) {
  std::size_t whole = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const char c = a[a.size() - 1 - i];
    if (c != b[b.size() - 1 - i]) return whole;
    const bool a_part_begins = i + 1 == a.size() || a[a.size() - 2 - i] == '/';
    const bool b_part_begins = i + 1 == b.size() || b[b.size() - 2 - i] == '/';
    if (a_part_begins && b_part_begins) whole = i + 1;
  }
  return whole;
}

// Of the content's owners one that most likely was copied there; of them the one at a like path.
const OriginIndex::Owner& owner_for(const std::string& path, std::uint32_t content,
                                    const PossibleOrigins& possible,
                                    const std::function<double(std::uint32_t)>& likelihood) {
  const auto& owners = possible.index().content(content).owners;
  const auto value = [&](const OriginIndex::Owner& owner) {
    return std::tuple(possible.may_be_copied(owner), likelihood(owner.origin),
                      common_end(path, owner.path));
  };
  return *std::ranges::max_element(owners, {}, value);
}

// Copies of one project, by the folder that corresponds to the project's own outermost one of which
// the paths tell: src/_vendor/lib/ for src/_vendor/lib/a/b.py, copied from lib/a/b.py.
std::string root_of(const std::string& path, const std::string& origin_path) {
  const auto common = common_end(path, origin_path);
  const auto begin = path.size() - common;
  const auto inner = path.find('/', begin);
  if (common == 0 || inner == path.npos) return folder_of(path);
  return path.substr(0, inner + 1);
}

MatchesByRoot without_inner_roots(MatchesByRoot matches) {
  MatchesByRoot outer;
  for (auto& [root, found] : matches) {  // an outer one comes before all within it
    const auto within =
        std::ranges::find_if(outer, [&](const auto& one) { return root.starts_with(one.first); });
    auto& place = within == outer.end() ? outer[root] : within->second;
    std::ranges::move(found, std::back_inserter(place));
  }
  return outer;
}

std::map<Name, MatchesByRoot> match_all(const std::vector<ExaminedFile>& files,
                                        const PossibleOrigins& possible) {
  const auto& index = possible.index();
  std::map<Name, MatchesByRoot> found;
  for (const auto& file : files) {
    for (auto& match : file.hits.matches()) {
      const auto& path = file.print->path;
      const auto& owner = owner_for(path, match.content, possible, [&](std::uint32_t origin) {
        return possible.likelihood_of_origin(origin);
      });
      found[index.origins()[owner.origin].name][root_of(path, owner.path)].push_back(
          {&file, std::move(match)});
    }
  }
  for (auto& [name, matches] : found) matches = without_inner_roots(std::move(matches));
  return found;
}

// The longest folder that all paths lie in, "" or ending in "/".
std::string common_folder(const std::set<std::string>& paths) {
  std::string folder = folder_of(*paths.begin());
  for (const auto& path : paths) {
    while (!path.starts_with(folder)) folder = folder_of(folder.substr(0, folder.size() - 1));
  }
  return folder;
}

Fits fits_of(const Name& name, const std::set<const ExaminedFile*>& files,
             const OriginIndex& index) {
  Fits fits;
  for (const auto* file : files) {
    for (const auto& [origin, fit] : file->fits) {
      if (index.origins()[origin].name == name) fits[origin] += fit;
    }
  }
  return fits;
}

// The versions of the project that the files fit best, oldest first. Where copied code borders on
// other code, chance may add a fingerprint at each end of it.
std::vector<std::uint32_t> best_versions(const Fits& fits, std::size_t files) {
  std::size_t most_alike = 0;
  for (const auto& [origin, fit] : fits) most_alike = std::max(most_alike, fit.alike());
  std::vector<std::uint32_t> best;
  for (const auto& [origin, fit] : fits) {
    if (fit.alike() + 2 * files < most_alike) continue;
    if (!best.empty() && fit.rank() < fits.at(best.front()).rank()) continue;
    if (!best.empty() && fit.rank() > fits.at(best.front()).rank()) best.clear();
    best.push_back(origin);
  }
  return best;
}

Copy copy_of(const Name& name, const std::vector<FoundMatch>& matches,
             const PossibleOrigins& possible) {
  const auto& index = possible.index();
  std::set<const ExaminedFile*> files;
  std::set<std::string> paths;
  for (const auto& found : matches) {
    files.insert(found.file);
    paths.insert(found.file->print->path);
  }
  const auto fits = fits_of(name, files, index);
  const auto best = best_versions(fits, files.size());
  const auto& size = index.size_of(best.back());
  const auto matched = static_cast<double>(fits.at(best.back()).matched);
  Copy copy{.origin = name,
            .versions = {},
            .licence = index.origins()[best.back()].licence,
            .folder = common_folder(paths),
            .lines = {},
            .files = files.size(),
            .of_files = size.files,
            .share = std::min(1.0, matched / static_cast<double>(size.code))};
  for (const auto origin : best) copy.versions.push_back(index.origins()[origin].version);
  const auto of_best = [&best](std::uint32_t origin) {
    return std::ranges::find(best, origin) != best.end() ? 1.0 : 0.0;
  };
  for (const auto& [file, match] : matches) {
    const auto& path = file->print->path;
    const auto& owner = owner_for(path, match.content, possible, of_best);
    for (const auto& lines : match.lines) {
      copy.lines.push_back({path, owner.path, lines, match.whole});
    }
  }
  std::ranges::sort(copy.lines, {}, [](const CopiedLines& one) {
    return std::pair<const std::string&, std::uint32_t>(one.path, one.lines.from);
  });
  return copy;
}

// A few small files that are the same may be so by chance.
bool tells_something(const Copy& copy, const std::vector<FoundMatch>& matches,
                     const OriginIndex& index) {
  return copy.files >= few_files || copy.share >= large_share ||
         std::ranges::any_of(matches, [&](const FoundMatch& found) {
           return !found.match.whole ||
                  amount_of(index.content(found.match.content)) >= telling_amount;
         });
}

}  // namespace

bool Copy::is_substantial() const {
  return share >= large_share || (files >= few_files && share >= small_share);
}

std::vector<Copy> find_copies(const Name& own, const std::vector<FilePrint>& files,
                              const OriginIndex& index) {
  PossibleOrigins possible(index, own);
  const auto examined = examine(files, possible);
  possible.rank(shares(examined, index));
  std::vector<Copy> copies;
  for (const auto& [name, by_root] : match_all(examined, possible)) {
    for (const auto& [root, matches] : by_root) {
      auto copy = copy_of(name, matches, possible);
      if (tells_something(copy, matches, index)) copies.push_back(std::move(copy));
    }
  }
  return copies;
}

Json to_json(const Copy& copy) {
  Json versions = Json::array();
  for (const auto& version : copy.versions) versions.push_back(version.str());
  Json lines = Json::array();
  for (const auto& one : copy.lines) {
    lines.push_back({{"path", one.path},
                     {"from", one.lines.from},
                     {"to", one.lines.to},
                     {"origin-path", one.origin_path},
                     {"origin-from", one.lines.origin_from},
                     {"origin-to", one.lines.origin_to},
                     {"extent", one.whole ? "whole file" : "part"}});
  }
  return {{"origin", copy.origin.str()}, {"versions", std::move(versions)},
          {"licence", copy.licence},     {"folder", copy.folder},
          {"files", copy.files},         {"of-files", copy.of_files},
          {"share", copy.share},         {"lines", std::move(lines)}};
}

Result<Copy> copy_from_json(const Json& json) {
  JsonMembers members(json);
  Copy copy{.origin = Name::normalize(members.text("origin")),
            .versions = {},
            .licence = members.text("licence"),
            .folder = members.text("folder"),
            .lines = {},
            .files = members.count("files"),
            .of_files = members.count("of-files"),
            .share = members.number("share")};
  for (const auto& text : members.texts("versions")) {
    ASSAY_TRY(auto version, Version::parse(text));
    copy.versions.push_back(std::move(version));
  }
  members.elements("lines", [&](const Json& element) -> Result<> {
    JsonMembers line(element);
    copy.lines.push_back(
        {line.text("path"),
         line.text("origin-path"),
         {line.count("from"), line.count("to"), line.count("origin-from"), line.count("origin-to")},
         line.text("extent") == "whole file"});
    return line.finish();
  });
  if (copy.versions.empty()) return fail(ErrorKind::invalid_input, "a copy without a version");
  ASSAY_CHECK(context(members.finish(), "a copy"));
  return copy;
}

}  // namespace assay
