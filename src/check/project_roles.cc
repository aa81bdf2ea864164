#include "check/project_roles.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>

#include "base/text.h"
#include "io/archive.h"
#include "io/files.h"

namespace assay {

namespace {

constexpr std::array project_files{"PKG-INFO", "pyproject.toml", "setup.py"};

class ProjectRoles {
 public:
  ProjectRoles(std::shared_ptr<RoleWitness> witness, const RoleTeller& teller)
      : witness_(std::move(witness)), by_path_(teller.by_path) {
    note_projects("", 2, teller);
  }

  PathRole operator()(std::string_view within) const {
    if (root_) return root_(within);
    auto slash = within.find('/');
    for (int depth = 0; depth < 2 && slash != std::string_view::npos; ++depth) {
      const auto found = projects_.find(within.substr(0, slash));
      if (found != projects_.end()) return found->second(within.substr(slash + 1));
      slash = within.find('/', slash + 1);
    }
    return by_path_(within);
  }

 private:
  // What can't be listed has none; the walk says so.
  void note_projects(const std::string& within, int depth, const RoleTeller& teller) {
    const std::string below = within.empty() ? "" : within + "/";
    const bool is_project =
        std::ranges::any_of(project_files, [&](const char* name) { return witness_->exists(below + name); });
    auto view = RoleWitness::view(witness_, within);
    if (is_project) {
      (within.empty() ? root_ : projects_[within]) = teller.of_project(std::move(view));
      return;
    }
    if (depth == 0) return;
    for (const auto& name : view->names_in("")) {
      if (name.folder) note_projects(below + name.name, depth - 1, teller);
    }
  }

  std::shared_ptr<RoleWitness> witness_;
  RoleOf by_path_;
  RoleOf root_;
  std::map<std::string, RoleOf, std::less<>> projects_;
};

// Texts of an archive that may tell a project's layout: few of them, and near its top.
class LayoutTexts {
 public:
  void add(const ArchiveEntry& entry, std::string_view bytes) {
    if (!entry.link_target.empty()) return;
    const bool kept = may_tell(entry.path) && bytes.size() <= FileView::largest_text && kept_ + bytes.size() <= most;
    if (kept) kept_ += bytes.size();
    files_.emplace(entry.path, kept ? std::optional<std::string>(bytes) : std::nullopt);
  }

  // Without the folder that all of them lie in.
  std::shared_ptr<const FileView> view() && {
    const auto top = files_.empty() ? "" : files_.begin()->first.substr(0, files_.begin()->first.find('/') + 1);
    const bool shared = std::ranges::all_of(files_, [&](const auto& file) { return file.first.starts_with(top); });
    if (!shared) return view_of_files(std::move(files_));
    FilesByPath files;
    for (auto& [path, text] : files_) files.emplace(path.substr(top.size()), std::move(text));
    return view_of_files(std::move(files));
  }

 private:
  static constexpr std::size_t most = std::size_t{32} << 20;  // bytes

  static bool may_tell(std::string_view path) {
    constexpr std::array endings{".py", ".toml", ".cfg", ".txt", ".build", ".ac", "/PKG-INFO"};
    return std::ranges::count(path, '/') <= 4 &&
           std::ranges::any_of(endings, [&](const char* ending) { return path.ends_with(ending); });
  }

  FilesByPath files_;
  std::size_t kept_ = 0;
};

}  // namespace

RoleOf roles_below(const fs::path& folder, const RoleTeller& teller) {
  return roles_below(std::make_shared<RoleWitness>(folder), teller);
}

RoleOf roles_below(std::shared_ptr<RoleWitness> witness, const RoleTeller& teller) {
  return ProjectRoles(std::move(witness), teller);
}

RoleOf roles_in_archive(const fs::path& archive, const RoleTeller& teller) {
  const auto name = lower(archive.filename().string());
  if (name.ends_with(".whl") || name.ends_with(".egg")) return teller.by_path;
  LayoutTexts texts;
  const auto read = read_archive(archive, {}, [&](const ArchiveEntry& entry, std::string_view bytes) {
    texts.add(entry, bytes);
    return Result<>();
  });
  if (!read) return teller.by_path;
  auto view = std::move(texts).view();
  const bool project = std::ranges::any_of(project_files, [&](const char* file) { return view->has_file(file); });
  return project ? teller.of_project(std::move(view)) : teller.by_path;
}

}  // namespace assay
