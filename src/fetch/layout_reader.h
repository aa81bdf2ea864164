#pragma once
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fetch/declared_packages.h"
#include "fetch/project_layout.h"

namespace assay {

// Of a lower-case name: what an interpreter or a shell runs.
bool is_script(std::string_view name);

// Reads the few files that tell a project's layout.
class LayoutReader {
 public:
  explicit LayoutReader(std::shared_ptr<const FileView> project);
  ProjectLayout read();

 private:
  void read_build_files();
  std::vector<Import> read_setup();
  void keep_words(const SetupScript& script);
  void read_script(const std::string& path);
  void follow(const std::vector<Import>& imports, const std::string& path);
  bool follow_module(std::string_view module, const std::string& root);
  void note_backend();

  bool tell_by_names();
  bool tell_by_declaration(const DeclaredPackages& declared);
  void tell_by_custom();
  void search(const DeclaredPackages& declared, const std::string& folder);
  void place(const std::string& name, const std::vector<std::string>& roots);
  std::string folder_of(const std::string& name) const;
  std::vector<std::string> project_names() const;
  void install(std::string path);
  void name_words();
  void keep_neighbours();

  std::shared_ptr<const FileView> view_;
  std::vector<FileView::Name> top_;
  ProjectLayout layout_;
  PyprojectLayout pyproject_;
  DeclaredPackages setup_cfg_;
  DeclaredPackages setup_;
  std::map<std::string, std::string> folders_;  // package_dir, whoever declares it
  std::set<std::string> read_;                  // build modules
  std::vector<std::string> import_roots_{""};   // of setup.py
  std::vector<std::string> words_;
  std::set<std::string, std::less<>> setup_names_;  // of files that setup.py names
};

}  // namespace assay
