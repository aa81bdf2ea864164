#include "trial/test_places.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "base/text.h"

namespace assay {

namespace {

constexpr std::size_t most_paths = 200;
constexpr std::ptrdiff_t most_testpaths = 64;
// A pattern with many stars can take a matcher forever.
constexpr std::ptrdiff_t most_stars = 4;

bool is_python(const TreeEntry& entry) { return entry.path.ends_with(".py"); }

bool has_below(const SourceFiles& files, std::string_view folder,
               bool (*wanted)(const TreeEntry&)) {
  return std::ranges::any_of(files.tree().entries(), [&](const TreeEntry& entry) {
    return is_below(entry.path, folder) && wanted(entry);
  });
}

bool is_test_entry(const TreeEntry& entry) { return is_test_module(entry.path); }

bool is_set_aside(std::string_view path) {
  constexpr std::array<std::string_view, 14> names{
      "doc",         "docs",         "example", "examples", "vendor", "vendored",   "_vendor",
      "third_party", "node_modules", "build",   "dist",     "bench",  "benchmarks", "benchmark"};
  return std::ranges::any_of(path_parts(path), [&](std::string_view part) {
    return std::ranges::find(names, part) != names.end();
  });
}

std::set<std::string> folders_of(const SourceFiles& files) {
  std::set<std::string> folders;
  for (const auto& entry : files.tree().entries()) {
    for (auto folder = folder_of(entry.path); !folder.empty(); folder = folder_of(folder)) {
      if (!folders.insert(folder).second) break;
    }
  }
  return folders;
}

bool is_glob(const std::string& pattern) {
  return pattern.find_first_of("*?[") != std::string::npos &&
         std::ranges::count(pattern, '*') <= most_stars;
}

// A pattern of testpaths, as pytest's glob sees it.
bool glob_matches(const std::string& pattern, const std::string& path) {
  const int flags = pattern.find("**") == std::string::npos ? FNM_PATHNAME : 0;
  return fnmatch(pattern.c_str(), path.c_str(), flags) == 0;
}

std::vector<std::string> from_testpaths(const SourceFiles& files, const PytestSettings& pytest) {
  std::vector<std::string> paths;
  const auto folders = folders_of(files);
  for (const auto& written : pytest.testpaths) {
    if (paths.size() > most_paths || &written - pytest.testpaths.data() >= most_testpaths) break;
    const auto pattern = path_within(folder_of(pytest.file), written);
    if (!pattern) continue;
    if (pattern->empty()) {
      paths.emplace_back(".");
    } else if (folders.contains(*pattern) || files.has_file(*pattern)) {
      paths.push_back(*pattern);
    } else if (is_glob(*pattern)) {
      for (const auto& folder : folders) {
        if (glob_matches(*pattern, folder)) paths.push_back(folder);
      }
      for (const auto& entry : files.tree().entries()) {
        if (glob_matches(*pattern, entry.path)) paths.push_back(entry.path);
      }
    }
  }
  const bool any_code = std::ranges::any_of(paths, [&](const std::string& path) {
    return files.has_file(path) || has_below(files, path == "." ? "" : path, is_python);
  });
  if (!any_code) paths.clear();
  return paths;
}

std::vector<std::string> test_folders_at_root(const SourceFiles& files) {
  std::vector<std::string> paths;
  for (const std::string name : {"tests", "test", "testing"}) {
    if (has_below(files, name, is_test_entry)) paths.push_back(name);
  }
  return paths;
}

std::vector<std::string> test_modules(const SourceFiles& files, bool at_root) {
  std::vector<std::string> paths;
  for (const auto& entry : files.tree().entries()) {
    const bool is_at_root = entry.path.find('/') == std::string::npos;
    if (is_at_root == at_root && is_test_entry(entry) && !is_set_aside(entry.path)) {
      paths.push_back(entry.path);
    }
  }
  return paths;
}

// The outermost folders named for tests that hold test modules.
std::vector<std::string> test_folders_inside(const SourceFiles& files) {
  std::set<std::string> paths;
  for (const auto& entry : files.tree().entries()) {
    if (!is_test_entry(entry) || is_set_aside(entry.path)) continue;
    const std::string whole = folder_of(entry.path);
    std::string folder;
    for (const auto part : path_parts(whole)) {
      folder += (folder.empty() ? "" : "/") + std::string(part);
      if (!is_test_folder_name(part)) continue;
      paths.insert(folder);
      break;
    }
  }
  return {paths.begin(), paths.end()};
}

}  // namespace

TestPlaces find_test_places(const SourceFiles& files, const PytestSettings& pytest) {
  TestPlaces places{.paths = from_testpaths(files, pytest), .how = "testpaths of " + pytest.file};
  const auto look = [&](std::vector<std::string> paths, std::string how) {
    if (places.paths.empty()) places = {std::move(paths), std::move(how)};
  };
  look(test_folders_at_root(files), "the folder's name");
  look(test_modules(files, true), "modules named for tests");
  look(test_folders_inside(files), "folders named for tests");
  look(test_modules(files, false), "modules named for tests");
  if (places.paths.empty()) places.how.clear();
  if (places.paths.size() > most_paths) {
    places.paths = {"."};
    places.how += ", which are too many to name";
  }
  return places;
}

}  // namespace assay
