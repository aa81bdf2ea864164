#include "fetch/native_build.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "base/text.h"
#include "fetch/source_tree.h"
#include "fetch/text_runs.h"

namespace assay {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t most_files = 100'000;
constexpr std::size_t most_build_files = 4'000;
constexpr int most_rounds = 64;                       // of build files that lead to others
constexpr std::size_t most_matches = 20'000'000;      // of patterns with files
constexpr std::size_t longest_name = 128;               // of a source, in another's text

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }
std::string_view folder_of(std::string_view path) { return path.substr(0, path.contains('/') ? path.rfind('/') : 0); }

// Files that are read as a build's where their folder takes part.
bool is_build_file(std::string_view name) {
  const auto lowered = lower(name);
  constexpr std::array begins{"makefile", "gnumakefile", "configure", "cmakelists", "meson", "build.bazel", "setup",
                              "jamfile", "jamroot", "sconstruct", "sconscript", "wscript", "bscmake"};
  constexpr std::array endings{".cmake", ".mk",    ".mak", ".am",  ".ac",    ".gyp", ".gypi",
                               ".pro",   ".pri",   ".bzl", ".gn",  ".vcxproj", ".vcproj", ".m4"};
  return is_any_of(lowered, {"build", "build.rs", "cargo.toml", "pyproject.toml", "build.zig", "cmakelists.txt"}) ||
         std::ranges::any_of(begins, [&](const char* begin) { return lowered.starts_with(begin); }) ||
         std::ranges::any_of(endings, [&](const char* end) { return lowered.ends_with(end); });
}

// Build files whose names tell nothing of where they lie; their paths begin in their own folder.
bool is_generic(std::string_view name) {
  const auto lowered = lower(name);
  constexpr std::array begins{"makefile", "gnumakefile", "configure", "cmakelists", "meson", "setup", "sconscript"};
  return is_any_of(lowered, {"pyproject.toml", "cargo.toml", "build", "build.rs", "build.bazel", "wscript"}) ||
         std::ranges::any_of(begins, [&](const char* begin) { return lowered.starts_with(begin); });
}

// A list of all that is in the archive says nothing of what is built.
bool is_inventory(std::string_view name) {
  return is_any_of(name, {"SOURCES.txt", "MANIFEST.in", "MANIFEST", "PKG-INFO", "RECORD", "__init__.py"}) ||
         is_any_of(lower(name.substr(std::min(name.rfind('.'), name.size()))), {".md", ".rst", ".txt", ".html", ".ipynb"});
}

// What is made into a source ("io.c.src", "config.h.in", "lexer.l"), or includes ones.
bool is_template(std::string_view name) {
  const auto stem = stem_of(name);
  return (stem.size() < name.size() && is_native_source(stem)) ||
         is_any_of(lower(name.substr(stem.size())), {".l", ".y", ".ll", ".yy", ".lex", ".def", ".rl", ".re", ".idl"});
}

// Names of files in a source's text: what it includes, and all else that has a native ending.
template <class Visit>
void each_source_named(std::string_view text, Visit visit) {
  each_name(text, [&](std::string_view name) {
    if (name.size() < longest_name && name.contains('.') && is_native_source(name)) visit(name);
  });
  for (auto at = text.find("include"); at != npos; at = text.find("include", at + 1)) {
    const auto line = text.substr(at, std::min<std::size_t>(text.substr(at, 400).find('\n'), 400));
    const auto open = line.find_first_of("<\"'");
    if (open == npos) continue;
    const auto close = line.find_first_of(">\"'", open + 1);
    if (close != npos) visit(name_of(line.substr(open + 1, close - open - 1)));
  }
}

}  // namespace

class NativeBuild::Reader {
 public:
  Reader(const FileView& project, const NativeBuild::Predicate& is_packages, const std::vector<std::string>& scripts)
      : project_(project), is_packages_(is_packages), scripts_(scripts) {}

  void read_builds() { untold_ = !list_files() || !read_build_files(); }

  // After the builds; it leaves alone what has_build() looks at.
  void read_sources() {
    all_ = untold_;
    for (const auto& path : files_) {
      if (is_begin(path)) reach(path);
    }
    while (!unread_.empty() && !all_) {
      const auto path = std::move(unread_.back());
      unread_.pop_back();
      all_ = !read_source(path);
    }
  }

  // All are, where it can't be told.
  bool has_build(std::string_view path) const { return untold_ || builds_.contains(path); }
  bool has_source(std::string_view path) const { return all_ || reached_.contains(path) || builds_.contains(path); }

 private:
  bool list_files() {
    std::vector<std::string> folders{""};
    while (!folders.empty()) {
      const auto folder = std::move(folders.back());
      folders.pop_back();
      for (const auto& one : project_.names_in(folder)) {
        auto path = folder.empty() ? one.name : folder + "/" + one.name;
        if (one.folder) {
          folder_names_.insert(one.name);
          folders.push_back(std::move(path));
          continue;
        }
        if (files_.size() == most_files) return false;
        files_.push_back(std::move(path));
      }
    }
    for (const auto& path : files_) by_name_.emplace(name_of(path), path);
    return true;
  }

  // Of tests, documentation and examples, also those of a vendored library.
  static bool is_aside(std::string_view path) {
    const auto role = role_of(path);
    if (role == PathRole::test || role == PathRole::docs || role == PathRole::example) return true;
    return std::ranges::any_of(split(folder_of(path), '/'), [](std::string_view folder) {
      return is_any_of(lower(folder), {"benchmark", "benchmarks", "bench", "fuzz", "fuzzing", "fuzzers", "unittest",
                                       "unittests"});
    });
  }

  bool is_listed(std::string_view path) const {
    return std::ranges::any_of(patterns_, [&](const auto& one) { return assay::reaches(one, path); });
  }

  bool takes_part(const std::string& path, bool build) const {
    const auto name = name_of(path);
    if (folder_of(path).empty()) return build || name.ends_with(".py");
    const bool builds_by_name = name.ends_with(".py") && name.contains("build");
    if (!build && !builds_by_name && !names_.contains(name)) return false;
    if (is_inventory(name) && !build) return false;
    if (is_packages_(path)) return build || builds_by_name;
    if (is_native_source(name) || is_aside(path)) return false;
    if (names_.contains(name) && name.contains('.') && !is_generic(name)) return true;
    if (name.ends_with(".cmake")) {
      const auto stem = stem_of(name);
      return names_.contains(stem) || (stem.starts_with("Find") && names_.contains(stem.substr(4)));
    }
    if (!build || is_for_another_builder(path)) return false;
    const bool by_stem = !is_generic(name) && !is_any_of(name.substr(stem_of(name).size()), {".mk", ".mak", ".am"});
    return taking_part_.contains(folder_of(path)) || is_led_to(folder_of(path)) ||
           (by_stem && names_.contains(stem_of(name))) || is_listed(path);
  }

  // A makefile beside what CMake or Meson reads is of use only to who starts make.
  bool is_for_another_builder(std::string_view path) const {
    if (makes_ || !lower(name_of(path)).starts_with("makefile")) return false;
    const auto folder = std::string(folder_of(path));
    return (project_.has_file(folder + "/CMakeLists.txt") || project_.has_file(folder + "/meson.build")) &&
           !project_.has_file(folder + "/configure");
  }

  // Does a build file above name each folder on the way down to this one?
  bool is_led_to(std::string_view folder) const {
    for (auto above = folder_of(folder);; above = folder_of(above)) {
      const auto named = folders_.find(above);
      const auto way = split(folder.substr(above.empty() ? 0 : above.size() + 1), '/');
      const auto is_named = [&](std::string_view part) { return named->second.contains(part); };
      if (named != folders_.end() && std::ranges::all_of(way, is_named)) return true;
      if (above.empty()) return false;
    }
  }

  // Where a build file's paths begin: with what is not a folder's own, at the top.
  static std::string_view begin_of_paths(std::string_view path) {
    return is_generic(name_of(path)) ? folder_of(path) : std::string_view();
  }

  bool read_build_files() {
    struct Candidate {
      const std::string* path;
      bool build;
    };
    std::vector<Candidate> left;
    for (const auto& path : files_) left.push_back({&path, is_build_file(name_of(path))});
    for (const auto& path : scripts_) {
      if (project_.has_file(path) && !read_build_file(path)) return false;
    }
    int rounds = 0;
    for (bool more = true; more;) {
      if (++rounds > most_rounds || patterns_.size() * files_.size() > most_matches) return false;
      std::vector<Candidate> others;
      for (const auto& one : left) {
        if (!takes_part(*one.path, one.build)) {
          others.push_back(one);
        } else if (!read_build_file(*one.path)) {
          return false;
        }
      }
      more = others.size() < left.size();
      left = std::move(others);
    }
    return true;
  }

  bool read_build_file(const std::string& path) {
    const auto text = project_.text_of(path);
    if (!text || ++build_files_ > most_build_files) return false;
    auto words = read_build_words(path, *text, folder_names_);
    names_.merge(words.names);
    const auto begin = begin_of_paths(path);
    if (text->contains("../")) folders_[std::string(folder_of(begin))].insert(words.folders.begin(), words.folders.end());
    folders_[std::string(begin)].merge(words.folders);
    const auto folder = std::string(folder_of(path));
    builds_.insert(path);
    makes_ = makes_ || words.makes;
    std::ranges::move(words.patterns, std::back_inserter(patterns_));
    if (is_build_file(name_of(path))) taking_part_.insert(folder);
    return true;
  }

  bool is_begin(const std::string& path) const {
    const auto name = name_of(path);
    if (!is_native_source(name) && !is_template(name)) return false;
    if (is_packages_(path)) return true;
    if (is_aside(path)) return names_.contains(name);
    return is_template(name) || names_.contains(name) || names_.contains(stem_of(name)) || is_listed(path);
  }

  void reach(const std::string& path) {
    if (reached_.insert(path).second) unread_.push_back(path);
  }

  bool read_source(const std::string& path) {
    const auto text = project_.begin_of(path);
    if (!text) return false;
    each_source_named(*text, [&](std::string_view name) {
      if (seen_.contains(name)) return;  // most are; a node for each would cost more than to look
      seen_.emplace(name);
      const auto [first, last] = by_name_.equal_range(name);
      for (auto at = first; at != last; ++at) reach(at->second);
    });
    return true;
  }

  const FileView& project_;
  const NativeBuild::Predicate& is_packages_;
  const std::vector<std::string>& scripts_;
  std::vector<std::string> files_;
  std::multimap<std::string, std::string, std::less<>> by_name_;
  Words folder_names_;
  Words names_;
  std::map<std::string, Words, std::less<>> folders_;  // that are named, by the folder their paths begin in
  Words taking_part_;  // folders
  std::vector<BuildPattern> patterns_;
  std::size_t build_files_ = 0;
  bool makes_ = false;
  bool untold_ = false;
  Words builds_;  // that take part
  bool all_ = false;
  Words reached_;
  Words seen_;
  std::vector<std::string> unread_;
};

NativeBuild::NativeBuild(std::shared_ptr<const FileView> project, Predicate is_packages,
                         std::vector<std::string> scripts)
    : project_(std::move(project)), is_packages_(std::move(is_packages)), scripts_(std::move(scripts)),
      reader_(std::make_unique<Reader>(*project_, is_packages_, scripts_)) {}

NativeBuild::~NativeBuild() = default;

bool NativeBuild::is_asked_for(std::string_view path) {
  const auto name = name_of(path);
  if (is_native_source(name)) return true;
  const auto lowered = lower(name);
  return path.contains('/') && (is_any_of(lowered, {"cmakelists.txt", "meson.build"}) || lowered.ends_with(".cmake") ||
                                lowered.starts_with("makefile") || lowered.ends_with(".mk"));
}

bool NativeBuild::reaches(std::string_view path) const {
  std::call_once(builds_read_, [&] { reader_->read_builds(); });
  if (!is_native_source(name_of(path))) return reader_->has_build(path);
  std::call_once(sources_read_, [&] { reader_->read_sources(); });
  return reader_->has_source(path);
}

}  // namespace assay
