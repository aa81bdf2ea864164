#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "python/imports.h"

namespace assay {

// What a project's files say of what its wheel is to hold, as far as they say it in words: nothing is
// run. Paths are the project's, with "/"; a pattern is kept up to the folder before its first "*".
struct DeclaredPackages {
  std::vector<std::string> names;  // of packages and modules, dotted: "zope.interface"
  std::vector<std::string> paths;  // the same by their folders and files
  std::vector<std::string> beside;  // files and folders that are put in besides: data, scripts
  enum class Search { none, packages, namespaces } search = Search::none;
  std::vector<std::string> where;    // folders that packages are looked for in
  std::vector<std::string> include;  // patterns of names, as fnmatch has them
  std::vector<std::string> exclude;
  std::map<std::string, std::string> folders;  // of a package's name, "": of all others
  bool computed = false;  // by code or a setting that is not understood

  // Whether it says which packages there are.
  bool told() const { return !computed && (!names.empty() || !paths.empty() || search != Search::none); }
};

// pyproject.toml: the tables of setuptools, flit, hatchling, poetry, PDM, scikit-build-core and maturin.
struct PyprojectLayout {
  std::string name;                         // [project] or [tool.poetry]
  DeclaredPackages packages;
  std::vector<std::string> backend_folders; // [build-system] backend-path, PEP 517
  std::string backend;                      // its module, "packager.pep517"
  std::vector<std::string> words;           // texts in the tables that tell how to build
};
PyprojectLayout read_pyproject_layout(std::string_view text);

// [options] of setup.cfg.
DeclaredPackages read_setup_cfg_layout(std::string_view text);

// A setup.py, or a module that it imports.
struct SetupScript {
  DeclaredPackages packages;
  std::vector<Import> imports;
  std::vector<std::string> words;  // short texts without white space, those of find_packages() apart
};
SetupScript read_setup_script(std::string_view source);

// "./a/b/*.py" -> "a/b", "/a/" -> "a", "*" -> "".
std::string folder_of_pattern(std::string_view pattern);

}  // namespace assay
