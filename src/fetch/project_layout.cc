#include "fetch/project_layout.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "fetch/layout_reader.h"
#include "fetch/native_build.h"
#include "fetch/source_tree.h"
#include "store/tree.h"

namespace assay {

namespace {

bool is_at_or_below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

bool is_in(const std::vector<std::string>& places, std::string_view path) {
  return std::ranges::any_of(places, [&](const auto& place) { return is_at_or_below(path, place); });
}

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Text that is run or read where it lies. Of all else nothing tells that it is not compiled or packed.
bool is_script_or_setting(std::string_view path) {
  constexpr std::array endings{".ipynb", ".yml", ".yaml", ".toml", ".ini",  ".cfg", ".js",   ".mjs",
                               ".cjs",   ".jsx", ".ts",   ".tsx",  ".html", ".htm", ".json", ".css"};
  const auto name = lower(name_of(path));
  return is_script(name) || name == "dockerfile" ||
         std::ranges::any_of(endings, [&](const char* end) { return name.ends_with(end); });
}

bool is_python(std::string_view path) { return path.ends_with(".py") || path.ends_with(".pyi"); }

}  // namespace

ProjectLayout ProjectLayout::of(std::shared_ptr<const FileView> project) {
  return LayoutReader(std::move(project)).read();
}

bool ProjectLayout::is_installed(std::string_view path) const {
  if (is_in(installed_, path)) return true;
  if (anywhere_.empty()) return false;
  const auto parts = split(path, '/');
  return std::ranges::any_of(anywhere_, [&](const std::string& name) {
    return std::ranges::find(parts, name) != parts.end() || parts.back().starts_with(name + ".");
  });
}

bool ProjectLayout::is_named(std::string_view path) const {
  const auto name = name_of(path);
  if (is_script(lower(name)) ? is_in(code_, path) || code_names_.contains(name) : is_in(data_, path)) return true;
  return std::ranges::any_of(build_texts_, [&](const auto& text) { return text.find(name) != std::string::npos; });
}

// Modules that setup.py imports prepare the build: the Python files that they name, as a plug-in's own
// script, run in it. What setup.py itself names may be installed.
bool ProjectLayout::is_named_by_build(std::string_view path) const {
  return path.ends_with(".py") && build_names_.contains(name_of(path));
}

// Autotools' scripts (ltmain.sh) run each other, and no file of Python's need name them.
bool ProjectLayout::is_beside_configure(std::string_view path) const {
  if (!path.ends_with(".sh")) return false;
  for (int up = 0; up < 2; ++up) {
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos) return false;
    path = path.substr(0, slash);
    if (project_->has_file(std::string(path) + "/configure")) return true;
  }
  return false;
}

// The names of the package and of the folders around it say nothing of what it is for.
PathRole ProjectLayout::role_of_installed(std::string_view path) const {
  auto within = path;
  for (const auto& place : installed_) {
    if (is_at_or_below(path, place)) within = path.substr(path.size() == place.size() ? 0 : place.size() + 1);
  }
  const auto role = assay::role_of("package/" + std::string(within));
  if (ships(role) || !is_python(path)) return role;
  const auto folder = path.substr(0, path.rfind('/') + 1);
  return project_->has_file(std::string(folder) + "__init__.py") ? PathRole::shipped : role;
}

PathRole ProjectLayout::role_of(std::string_view path) const {
  const PathRole role = assay::role_of(path);
  if (!told() || role == PathRole::test || role == PathRole::generated) return role;
  if (is_in(beside_, path)) return ships(role) ? role : PathRole::shipped;
  if (is_installed(path)) return ships(role) ? role : role_of_installed(path);
  if (is_in(build_, path)) return PathRole::build;
  if (role == PathRole::build && path == "Makefile") return makes_ ? role : PathRole::tool;
  const bool could_ship = role == PathRole::shipped || role == PathRole::vendored;
  if (could_ship && NativeBuild::is_asked_for(path) && !native_->reaches(path)) return PathRole::tool;
  if (could_ship && is_named_by_build(path)) return PathRole::build;
  const bool outside = could_ship && is_script_or_setting(path) && !is_named(path) && !is_beside_configure(path);
  return outside ? PathRole::tool : role;
}

std::function<PathRole(std::string_view)> roles_in(std::shared_ptr<const FileView> project) {
  return [layout = ProjectLayout::of(std::move(project))](std::string_view path) { return layout.role_of(path); };
}

Result<std::function<PathRole(std::string_view)>> roles_in(const BlobStore& blobs, const Digest& tree) {
  ASSAY_TRY(auto entries, get_tree(blobs, tree));
  return roles_in(view_of_tree(blobs, std::move(entries)));
}

}  // namespace assay
