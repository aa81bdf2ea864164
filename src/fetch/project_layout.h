#pragma once
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "evidence/path_role.h"
#include "store/file_view.h"

namespace assay {

class NativeBuild;

// Where in a project's source tree lies what is installed, and what builds it. Told, without running
// anything, by the first of these that tells:
//   the list of importable names that setuptools puts into a source distribution (top_level.txt);
//   what pyproject.toml, setup.cfg or setup.py declare in words;
//   custom: packages below src/, the folder or module with the project's name, folders at the top
//   with an __init__.py.
// Where none does, every file counts as role_of() has it by its path.
class ProjectLayout {
 public:
  static ProjectLayout of(std::shared_ptr<const FileView> project);

  bool told() const { return !installed_.empty(); }

  // What a file is for. Scripts, Python and settings that lie outside of all packages and that no
  // build file names are the developers' tools. What is a package's module ships, whatever its
  // folder's name suggests; tests stay tests. Native sources and build files outside of packages that no
  // build reaches (native_build.h) are tools, too; all else keeps the role that its path gives.
  PathRole role_of(std::string_view path) const;

 private:
  friend class LayoutReader;
  bool is_installed(std::string_view path) const;
  PathRole role_of_installed(std::string_view path) const;
  bool is_named(std::string_view path) const;
  bool is_named_by_build(std::string_view path) const;
  bool is_beside_configure(std::string_view path) const;

  std::shared_ptr<const FileView> project_;
  std::vector<std::string> installed_;  // folders and files
  std::vector<std::string> anywhere_;   // importable names whose place is not known
  std::vector<std::string> beside_;     // scripts and data that are installed
  std::vector<std::string> build_;      // what runs in a build
  std::vector<std::string> data_;       // folders and files that build files name
  std::vector<std::string> code_;       // files that they name, and folders by "*.py"
  std::set<std::string, std::less<>> code_names_;  // the files' names without their folders
  std::set<std::string, std::less<>> build_names_;  // those that modules named which run in a build
  std::vector<std::string> build_texts_;
  std::shared_ptr<const NativeBuild> native_;
  bool makes_ = false;                  // setup.py has to do with make
};

// The roles of the files of a project, and of a tree in the store.
std::function<PathRole(std::string_view)> roles_in(std::shared_ptr<const FileView> project);
Result<std::function<PathRole(std::string_view)>> roles_in(const BlobStore& blobs, const Digest& tree);

}  // namespace assay
