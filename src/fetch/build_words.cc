#include "fetch/build_words.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "fetch/text_runs.h"

namespace assay {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t longest_call = 2'000;                      // bytes
constexpr std::size_t largest_listing = std::size_t{256} << 10;  // of a text that lists files
constexpr int most_listings = 200;                               // calls in a file
constexpr std::ptrdiff_t most_stars = 4;                         // more take long to match

void add_names(std::string_view text, Words& names) {
  each_name(text, [&](std::string_view word) {
    if (word.size() < 2 || word.size() > 128) return;
    if (names.contains(word)) return;
    names.emplace(word);
    if (const auto stem = stem_of(word); stem.size() > 1 && !names.contains(stem)) names.emplace(stem);
  });
}

// Past the parenthesis that closes what opens before `open`.
std::size_t end_of_call(std::string_view text, std::size_t open) {
  int depth = 1;
  const auto most = std::min(text.size(), open + longest_call);
  for (auto at = open; at < most; ++at) {
    depth += text[at] == '(' ? 1 : text[at] == ')' ? -1 : 0;
    if (depth == 0) return at + 1;
  }
  return most;
}

// Of CMake, other than those of the project's own folders.
bool names_variable(std::string_view text) {
  for (auto at = text.find("${"); at != npos; at = text.find("${", at + 2)) {
    const auto name = text.substr(at + 2);
    if (!name.starts_with("CMAKE_") && !name.starts_with("PROJECT_")) return true;
  }
  return false;
}

// What CMake's commands that lead to other build files are given, and all where a variable says to which:
// of a folder that only headers come from, the build files take no part.
std::string cmake_folders(std::string_view text) {
  std::string folders;
  const auto small = lower(text);
  for (const std::string_view command : {"add_subdirectory", "subdirs", "externalproject_", "fetchcontent_",
                                         "add_custom_", "execute_process", "cmake_module_path"}) {
    for (auto at = small.find(command); at != npos; at = small.find(command, at + 1)) {
      const auto open = command == "cmake_module_path" ? at : small.find('(', at);
      if (open == npos) break;
      const auto arguments = text.substr(open, end_of_call(text, open + 1) - open);
      if (command.ends_with("y") && names_variable(arguments)) return std::string(text);
      folders += arguments;
      folders += '\n';
    }
  }
  return folders;
}

// The letter of "%s", "%02d" and "%(name)s".
std::size_t end_of_percent(std::string_view part, std::size_t at) {
  const auto named = part.substr(at + 1).starts_with('(') ? part.find(')', at) : at;
  const auto letter = named == npos ? npos : part.find_first_not_of("0123456789.-", named + 1);
  return letter != npos && std::string_view("sdri").contains(part[letter]) ? letter : npos;
}

// A part of a path whose filled-in places ("%s", "{name}", "$(NAME)", "@0@") are "*".
std::string as_pattern(std::string_view part) {
  std::string pattern;
  for (std::size_t at = 0; at < part.size(); ++at) {
    const char c = part[at];
    auto end = npos;
    if (c == '%') end = end_of_percent(part, at);
    if (c == '{') end = part.find('}', at);
    if (c == '$' && at + 1 < part.size()) end = part.find(part[at + 1] == '(' ? ')' : '}', at);
    if (c == '@') end = part.find('@', at + 1);
    pattern += end == npos ? c : '*';
    if (end != npos) at = end;
  }
  return pattern;
}

bool is_filled_in(std::string_view part) { return part.find_first_of("*?[%{$@") != npos; }

// The last run of plain folders in a path: "src/core" of "${TOP}/src/core".
std::string plain_folders(const std::vector<std::string_view>& parts) {
  std::string last;
  std::string run;
  for (const auto part : parts) {
    if (part.empty() || part == "." || part == "..") continue;
    run = is_filled_in(part) ? "" : run.empty() ? std::string(part) : run + "/" + std::string(part);
    if (!run.empty()) last = run;
  }
  return last;
}

// What a path with "*" or filled-in places can name. `lists` says that it stands where files are listed.
std::optional<BuildPattern> pattern_of(std::string_view path, bool lists) {
  const bool star = path.contains('*');
  auto parts = split(path, '/');
  BuildPattern pattern{.name = as_pattern(parts.back()), .within = {}, .folder = {}};
  parts.pop_back();
  if (auto folders = plain_folders(parts); !folders.empty()) pattern.within.push_back(std::move(folders));
  if (!pattern.name.contains('*')) return std::nullopt;
  if (std::ranges::count(pattern.name, '*') > most_stars) pattern.name = "*";
  if (lists && star) return pattern;
  if (!is_native_source(pattern.name)) return std::nullopt;
  // "%s.c": the names that are filled in stand elsewhere.
  const auto fixed = std::ranges::count_if(stem_of(pattern.name), is_letter);
  return star || fixed > 1 ? std::optional(std::move(pattern)) : std::nullopt;
}

// Python's strings, without looking at what is a comment.
std::vector<std::string_view> literals(std::string_view text) {
  std::vector<std::string_view> found;
  for (auto at = text.find_first_of("'\""); at != npos; at = text.find_first_of("'\"", at)) {
    const auto end = text.find_first_of(std::string{text[at], '\n'}, at + 1);
    if (end == npos) break;
    if (text[end] != '\n') found.push_back(text.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return found;
}

std::optional<std::string> folder_in_project(std::string_view literal, const Words& folders) {
  if (literal.contains('*') || literal.find_first_of(" \t") != npos) return std::nullopt;
  const auto parts = split(literal, '/');
  const auto named = plain_folders(parts);
  if (named.empty()) return std::nullopt;
  const auto known = [&](std::string_view part) { return folders.contains(part); };
  return std::ranges::all_of(split(named, '/'), known) ? std::optional(named) : std::nullopt;
}

std::vector<std::string> folders_in(std::string_view text, const Words& folders) {
  std::vector<std::string> found;
  for (const auto literal : literals(text)) {
    if (auto folder = folder_in_project(literal, folders)) found.push_back(*std::move(folder));
  }
  return found;
}

// The folders that a name is set to in every place where it is set; nothing if one can't be told.
std::vector<std::string> folders_of_name(std::string_view text, std::string_view name, const Words& folders) {
  std::vector<std::string> found;
  for (auto at = text.find(name); at != npos; at = text.find(name, at + 1)) {
    if ((at > 0 && (is_letter(text[at - 1]) || text[at - 1] == '.'))) continue;
    auto rest = text.substr(at + name.size());
    rest = rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
    if (!rest.starts_with('=') || rest.starts_with("==")) continue;
    const auto own = folders_in(rest.substr(0, rest.find('\n')), folders);
    if (own.empty()) return {};
    found.insert(found.end(), own.begin(), own.end());
  }
  return found;
}

// The name that a path begins with: "base" of `(base / subdir)` and of `os.path.join(base, "x")`.
std::string_view first_name(std::string_view text) {
  std::string_view first;
  each_run(text, is_letter, [&](std::size_t, std::string_view word) {
    const bool call = is_any_of(word, {"os", "path", "join", "str", "Path", "pathlib", "glob", "abspath", "dirname",
                                       "realpath", "normpath", "sorted", "list", "map"});
    if (first.empty() && !call) first = word;
  });
  return first;
}

// What stands before a method's name, as far as it is its object: "(base / sub)" of `f((base / sub).glob(`.
std::string_view object_before(std::string_view line) {
  if (!line.ends_with('.')) return {};
  auto begin = line.size();
  int depth = 0;
  while (begin > 0) {
    const char c = line[begin - 1];
    depth += c == ')' || c == ']' ? 1 : c == '(' || c == '[' ? -1 : 0;
    if (depth < 0 || (depth == 0 && !is_in_name(c) && c != '(' && c != '[')) break;
    --begin;
  }
  return line.substr(begin);
}

// A call of Python's that lists a folder: `name` begins at `at`, its arguments at `open`.
void add_listing(std::string_view text, std::size_t at, std::size_t open, const Words& folders, BuildWords& words) {
  const auto begin = text.rfind('\n', at);
  const auto line = text.substr(begin == npos ? 0 : begin + 1, at - (begin == npos ? 0 : begin + 1));
  const auto arguments = text.substr(open, end_of_call(text, open) - open);
  auto within = folders_in(object_before(line), folders);
  std::ranges::move(folders_in(arguments, folders), std::back_inserter(within));
  std::vector<BuildPattern> patterns;
  for (const auto literal : literals(arguments)) {
    if (auto pattern = pattern_of(literal, true)) patterns.push_back(*std::move(pattern));
  }
  if (patterns.empty()) patterns.push_back({.name = "*", .within = {}, .folder = {}});
  if (within.empty()) {
    auto root = first_name(object_before(line));
    if (root.empty()) root = first_name(arguments);
    if (!root.empty() && root != "__file__") within = folders_of_name(text, root, folders);
  }
  for (auto& pattern : patterns) {
    if (pattern.within.empty()) pattern.within = within;
    words.patterns.push_back(std::move(pattern));
  }
}

void read_python(std::string_view text, const Words& folders, BuildWords& words) {
  int listings = 0;
  each_run(text, is_letter, [&](std::size_t at, std::string_view word) {
    const bool listing = is_any_of(word, {"glob", "rglob", "iglob", "walk", "listdir", "scandir", "iterdir"});
    const auto open = at + word.size();
    if (!listing || open >= text.size() || text[open] != '(' || text.substr(0, at).ends_with("ast.")) return;
    if (++listings <= most_listings) add_listing(text, at, open + 1, folders, words);
  });
  if (listings > most_listings) words.patterns.push_back({.name = "*", .within = {}, .folder = {}});
  for (const auto literal : literals(text)) {
    // A bare "*.c" says where only in the call that it is given to.
    if (!is_filled_in(literal) || literal.size() > 200 || (listings > 0 && literal.starts_with('*'))) continue;
    if (auto pattern = pattern_of(literal, false)) words.patterns.push_back(*std::move(pattern));
  }
  // name + "_wrap.c"
  for (const auto literal : literals(text)) {
    if ((literal.starts_with('_') || literal.starts_with('-')) && is_native_source(literal)) {
      words.patterns.push_back({.name = "*" + std::string(literal), .within = {}, .folder = {}});
    }
  }
}

// Does a path begin in the build file's own folder, and not at a place that a variable names?
bool begins_here(std::string_view path) {
  const auto first = path.substr(0, path.find('/'));
  return first.contains("CURRENT_") || (first != ".." && first.find_first_of("%{$@") == npos);
}

void read_patterns(std::string_view text, const std::string& folder, BuildWords& words) {
  for (const auto line : lines(text)) {
    if (line.find_first_of("*{$@") == npos) continue;
    const bool lists = line.contains("GLOB") || line.contains("wildcard") || line.contains("lob");
    const auto fits = [](char c) { return !std::string_view(" \t\"',;").contains(c); };
    each_run(line, fits, [&](std::size_t, std::string_view word) {
      while (word.ends_with(')')) word.remove_suffix(1);
      if (!is_filled_in(word) || word.starts_with("/*") || word.size() > 200) return;
      auto pattern = pattern_of(word, lists);
      if (!pattern) return;
      if (begins_here(word)) pattern->folder = folder;
      words.patterns.push_back(*std::move(pattern));
    });
  }
}

// Not in what configures: its "*.c" stand in cases of the shell; in what looks for the system's
// libraries; in settings of Python's back ends, whose patterns say what goes into the archive.
bool has_listings(std::string_view name) {
  const bool finds = name.starts_with("Find") && name.ends_with(".cmake");
  return !name.starts_with("configure") && !finds && !is_any_of(name, {"pyproject.toml", "setup.cfg"});
}

}  // namespace

bool is_native_source(std::string_view name) {
  constexpr std::array<std::string_view, 44> endings{
      "c",   "cc",  "cpp", "cxx", "c++", "h",   "hh",  "hpp", "hxx", "h++", "inl", "ipp", "tcc", "tpp", "txx",
      "ixx", "icc", "cppm", "m",   "mm",  "cu",  "cuh", "f",   "for", "ftn", "fpp", "f77", "f90", "f95", "f03",
      "f08", "s",   "asm", "nasm", "pyx", "pxd", "pxi", "cl",  "hip", "i",   "ii",  "metal", "swg", "pyf"};
  const auto dot = name.rfind('.');
  if (dot == npos || name.size() - dot > 6) return false;
  return is_any_of(lower(name.substr(dot + 1)), endings);
}

BuildWords read_build_words(std::string_view path, std::string_view text, const Words& folders) {
  BuildWords words;
  const auto name = path.substr(path.rfind('/') + 1);
  add_names(text, words.names);
  const bool cmake = lower(name).starts_with("cmakelists") || name.ends_with(".cmake");
  const auto small = lower(text.substr(0, largest_listing));
  words.makes = cmake && (small.contains("make -c") || small.contains("command make") || small.contains("(make)") ||
                          small.contains("command ${make"));
  add_names(cmake && text.size() <= largest_listing ? cmake_folders(text) : text, words.folders);
  if (name.ends_with(".py")) {
    words.makes = std::ranges::any_of(literals(text), [](std::string_view literal) {
      return literal == "make" || literal == "gmake" || literal == "nmake" || literal.starts_with("make ");
    });
  }
  if (text.size() > largest_listing && has_listings(name)) {
    words.patterns.push_back({.name = "*", .within = {}, .folder = {}});
  } else if (name.ends_with(".py")) {
    read_python(text, folders, words);
  } else if (has_listings(name)) {
    const bool is_of_its_folder = is_any_of(lower(name.substr(0, 5)), {"cmake", "makef", "meson", "gnuma"}) &&
                                  !name.ends_with(".cmake");
    const auto slash = path.rfind('/');
    const bool deep = is_of_its_folder && slash != npos;
    read_patterns(text, deep ? std::string(path.substr(0, slash)) : "", words);
  }
  return words;
}

bool reaches(const BuildPattern& pattern, std::string_view path) {
  if (!pattern.folder.empty() && !path.starts_with(pattern.folder + "/")) return false;
  const auto whole = "/" + std::string(path);
  const auto on_the_way = [&](const std::string& within) { return whole.contains("/" + within + "/"); };
  if (!pattern.within.empty() && std::ranges::none_of(pattern.within, on_the_way)) return false;
  return std::ranges::any_of(split(path, '/'), [&](std::string_view part) {
    return fnmatch(pattern.name.c_str(), std::string(part).c_str(), 0) == 0;
  });
}

}  // namespace assay
