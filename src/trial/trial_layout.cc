#include "trial/trial_layout.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <unordered_set>

#include "base/text.h"
#include "io/files.h"
#include "trial/source_files.h"

namespace assay {

namespace {

std::string joined(const std::vector<std::string_view>& parts, std::size_t begin, std::size_t end) {
  std::string path;
  for (std::size_t i = begin; i < end; ++i) {
    if (i > begin) path += '/';
    path += parts[i];
  }
  return path;
}

// Folders in which a package of the same name is another one: data of the tests, an example.
bool holds_other_code(std::string_view part) {
  constexpr std::array<std::string_view, 6> names{"doc",      "docs",   "example",
                                                  "examples", "vendor", "_vendor"};
  return is_test_folder_name(part) || std::ranges::find(names, part) != names.end();
}

bool is_test_material(std::string_view path) {
  return is_test_module(path) || file_name_of(path) == "conftest.py" ||
         std::ranges::any_of(path_parts(folder_of(path)), is_test_folder_name);
}

class LayoutMaker {
 public:
  LayoutMaker(const Tree& tree, const std::vector<std::string>& installed,
              const std::vector<std::string>& paths)
      : tree_(tree), installed_(installed.begin(), installed.end()) {
    for (const auto& path : paths) paths_.push_back(path_within("", path).value_or(""));
    for (const auto& path : installed) {
      const auto top = path.substr(0, path.find('/'));
      // A wheel that installs "tests" beside its package does so by mistake: the tree's are run.
      const bool mistaken = is_test_folder_name(top) && is_path(top);
      if (!mistaken) tops_.insert(top);
    }
  }

  TrialLayout make() {
    TrialLayout layout;
    std::vector<TreeEntry> kept;
    for (const auto& entry : tree_.entries()) {
      if (!is_installed(entry.path)) kept.push_back(entry);
    }
    std::erase_if(kept, [&](const TreeEntry& entry) { return is_egg_info(entry.path); });
    layout.source = Tree(std::move(kept));
    layout.folders.assign(roots_.begin(), roots_.end());
    for (const auto& path : paths_) place(path, layout);
    return layout;
  }

 private:
  bool is_path(const std::string& path) const {
    return std::ranges::find(paths_, path) != paths_.end();
  }

  // Notes the folder that imports would begin at, on the way.
  bool is_installed(const std::string& path) {
    if (is_test_module(path) && is_path(path)) return false;
    const auto parts = path_parts(path);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (tops_.contains(std::string(parts[i])) &&
          installed_.contains(joined(parts, i, parts.size()))) {
        roots_.insert(joined(parts, 0, i));
        return true;
      }
      if (holds_other_code(parts[i])) return false;
    }
    return false;
  }

  // Metadata that a build left in the source would stand for the installed ones.
  bool is_egg_info(std::string_view path) const {
    const auto folder = folder_of(path);
    return file_name_of(folder).ends_with(".egg-info") &&
           (folder_of(folder).empty() || roots_.contains(folder_of(folder)));
  }

  // Where a path of the tree lies below site-packages; nothing if it is not of the package.
  std::optional<std::string> installed_place(std::string_view path) const {
    for (const auto& root : roots_) {
      if (!is_below(path, root) || path.size() == root.size()) continue;
      const auto inner = root.empty() ? path : path.substr(root.size() + 1);
      if (tops_.contains(std::string(inner.substr(0, inner.find('/'))))) return std::string(inner);
    }
    return std::nullopt;
  }

  void place(const std::string& path, TrialLayout& layout) const {
    const auto inner = installed_place(path);
    if (!inner) {
      layout.in_source.push_back(path);
      if (!path.empty() && tree_.find(path) == nullptr) layout.folders.push_back(path);
      return;
    }
    const auto root = path.substr(0, path.size() - inner->size());  // with its slash
    for (const auto& entry : tree_.entries()) {
      if (!entry.path.starts_with(root) || !entry.link_target.empty()) continue;
      auto target = entry.path.substr(root.size());
      const bool wanted = is_below(target, *inner) ? is_test_material(target)
                                                   : file_name_of(target) == "conftest.py" &&
                                                         is_below(*inner, folder_of(target)) &&
                                                         !folder_of(target).empty();
      if (!wanted || installed_.contains(target)) continue;
      TreeEntry copy = entry;
      copy.path = std::move(target);
      layout.beside.push_back(std::move(copy));
    }
    layout.in_package.push_back(*inner);
  }

  const Tree& tree_;
  std::unordered_set<std::string> installed_;
  std::vector<std::string> paths_;  // normalized; "" is the root
  std::set<std::string> tops_;      // "flask", "six.py"
  std::set<std::string> roots_;     // "", "src"
};

}  // namespace

TrialLayout lay_out(const Tree& tree, const std::vector<std::string>& installed,
                    const std::vector<std::string>& paths) {
  return LayoutMaker(tree, installed, paths).make();
}

Result<> write_layout(const Store& store, const TrialLayout& layout,
                      const std::filesystem::path& source,
                      const std::filesystem::path& site_packages) {
  ASSAY_CHECK(make_directories(source));
  ASSAY_CHECK(export_tree(store.blobs, layout.source, source));
  for (const auto& folder : layout.folders) ASSAY_CHECK(make_directories(source / folder));
  for (const auto& entry : layout.beside) {
    const auto target = site_packages / entry.path;
    std::error_code error;
    std::filesystem::create_directories(target.parent_path(), error);
    if (!error) {
      std::filesystem::copy_file(store.blobs.path_of(entry.digest), target,
                                 std::filesystem::copy_options::skip_existing, error);
    }
    using std::filesystem::perms;
    if (!error) std::filesystem::permissions(target, perms(0644), error);
    if (error) {
      return fail(
          ErrorKind::invalid_input,
          printable(entry.path) + " has no place beside the installed package: " + error.message());
    }
  }
  return {};
}

}  // namespace assay
