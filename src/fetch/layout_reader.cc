#include "fetch/layout_reader.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "fetch/native_build.h"
#include "fetch/source_tree.h"
#include "package/name.h"

namespace assay {

namespace {

constexpr std::size_t most_build_modules = 64;
constexpr std::size_t largest_build_text = std::size_t{256} << 10;  // bytes

std::string joined(std::string_view folder, std::string_view name) {
  return folder.empty() ? std::string(name) : std::string(folder) + "/" + std::string(name);
}

std::string file_name_of(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

std::string as_path(std::string_view dotted) { return replace_all(std::string(dotted), ".", "/"); }

bool matches(const std::vector<std::string>& patterns, const std::string& name) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) {
    return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
  });
}

// Whether packages of these names begin with the folder: "celery" of "celery.*".
bool begins_one(const std::vector<std::string>& patterns, const std::string& name) {
  return matches(patterns, name) || std::ranges::any_of(patterns, [&](const std::string& pattern) {
           return pattern.starts_with(name + ".");
         });
}

std::string as_module(std::string_view name) {
  return replace_all(Name::normalize(name).str(), "-", "_");
}

}  // namespace

bool is_script(std::string_view name) {
  constexpr std::array endings{".py", ".pyi", ".pyw", ".sh", ".bash", ".zsh", ".bat", ".cmd", ".ps1", ".psm1"};
  return std::ranges::any_of(endings, [&](const char* ending) { return name.ends_with(ending); });
}

LayoutReader::LayoutReader(std::shared_ptr<const FileView> project)
    : view_(std::move(project)), top_(view_->names_in("")) {
  layout_.project_ = view_;
}

ProjectLayout LayoutReader::read() {
  read_build_files();
  const auto imports = read_setup();
  for (const auto* declared : {&setup_, &setup_cfg_, &pyproject_.packages}) {
    for (const auto& [name, folder] : declared->folders) folders_[name] = folder;
  }
  note_backend();
  const bool told = tell_by_names() || tell_by_declaration(pyproject_.packages) ||
                    tell_by_declaration(setup_cfg_) || tell_by_declaration(setup_);
  if (!told) tell_by_custom();
  follow(imports, "setup.py");
  for (const auto* declared : {&pyproject_.packages, &setup_cfg_, &setup_}) {
    std::ranges::copy(declared->beside, std::back_inserter(layout_.beside_));
  }
  name_words();
  keep_neighbours();
  auto is_packages = [layout = layout_](std::string_view path) { return layout.is_installed(path); };
  layout_.native_ = std::make_shared<NativeBuild>(view_, std::move(is_packages), layout_.build_);
  return std::move(layout_);
}

void LayoutReader::read_build_files() {
  if (const auto text = view_->text_of("pyproject.toml")) pyproject_ = read_pyproject_layout(*text);
  if (const auto text = view_->text_of("setup.cfg")) {
    setup_cfg_ = read_setup_cfg_layout(*text);
    if (text->find("data_files") != std::string::npos) layout_.build_texts_.push_back(*text);
  }
  for (const char* name : {"meson.build", "CMakeLists.txt", "configure.ac"}) {
    auto text = view_->text_of(name);
    if (text && text->size() <= largest_build_text) layout_.build_texts_.push_back(*std::move(text));
  }
  words_.insert(words_.end(), pyproject_.words.begin(), pyproject_.words.end());
}

std::vector<Import> LayoutReader::read_setup() {
  auto text = view_->text_of("setup.py");
  if (!text) return {};
  read_.insert("setup.py");
  auto script = read_setup_script(*text);
  setup_ = std::move(script.packages);
  // Folders that it may add to the path that modules are looked for on.
  for (const auto& word : script.words) {
    const auto folder = folder_of_pattern(word);
    const bool at_top = std::ranges::any_of(top_, [&](const auto& one) { return one.folder && one.name == folder; });
    if (at_top) import_roots_.push_back(folder);
  }
  for (const auto& word : script.words) setup_names_.insert(file_name_of(word));
  keep_words(script);
  return std::move(script.imports);
}

void LayoutReader::keep_words(const SetupScript& script) {
  layout_.makes_ = layout_.makes_ || std::ranges::find(script.words, "make") != script.words.end();
  words_.insert(words_.end(), script.words.begin(), script.words.end());
}

// A module that runs in the build, and those of the tree that it imports. The packages themselves are
// no build's, though one may ask them for their version.
void LayoutReader::read_script(const std::string& path) {
  if (layout_.is_installed(path) || read_.size() >= most_build_modules || !read_.insert(path).second) return;
  layout_.build_.push_back(path);
  const auto text = view_->text_of(path);
  if (!text) return;
  const auto script = read_setup_script(*text);
  keep_words(script);
  for (const auto& word : script.words) {
    auto name = file_name_of(word);
    if (name.ends_with(".py") && !setup_names_.contains(name)) layout_.build_names_.insert(std::move(name));
  }
  follow(script.imports, path);
}

void LayoutReader::follow(const std::vector<Import>& imports, const std::string& path) {
  const auto folder = path.find('/') == std::string::npos ? "" : path.substr(0, path.rfind('/'));
  auto own = replace_all(path.substr(0, path.size() - 3), "/", ".");
  const bool is_package = own.ends_with(".__init__");
  if (is_package) own.resize(own.size() - std::string_view(".__init__").size());
  for (const auto& import : imports) {
    for (const auto& module : modules_of(import, own, is_package)) {
      auto roots = import_roots_;
      if (import.level == 0 && !folder.empty()) roots.push_back(folder);
      for (const auto& root : roots) {
        if (follow_module(module, root)) break;
      }
    }
  }
}

bool LayoutReader::follow_module(std::string_view module, const std::string& root) {
  const auto path = joined(root, as_path(module));
  const auto first = path.substr(root.empty() ? 0 : root.size() + 1);
  const auto begin = joined(root, first.substr(0, first.find('/')));
  if (root.empty() && std::ranges::none_of(top_, [&](const auto& one) {
        return one.name == begin || one.name == begin + ".py";
      })) {
    return false;
  }
  for (auto at = begin.size(); at != std::string::npos; at = path.find('/', at + 1)) {
    if (const auto package = path.substr(0, at) + "/__init__.py"; view_->has_file(package)) read_script(package);
  }
  if (!view_->has_file(path + ".py")) return view_->has_file(path + "/__init__.py");
  read_script(path + ".py");
  return true;
}

// A build back end that lies in the tree itself: PEP 517, "in-tree build backends".
void LayoutReader::note_backend() {
  for (const auto& folder : pyproject_.backend_folders) {
    const auto path = folder_of_pattern(folder);
    if (!path.empty()) layout_.build_.push_back(path);
    const auto module = pyproject_.backend.substr(0, pyproject_.backend.find(':'));
    if (!module.empty()) follow_module(module, path);
  }
}

void LayoutReader::install(std::string path) {
  if (std::ranges::find(layout_.installed_, path) == layout_.installed_.end()) {
    layout_.installed_.push_back(std::move(path));
  }
}

// As package_dir maps it: the longest name that stands in it, else the root.
std::string LayoutReader::folder_of(const std::string& name) const {
  for (auto end = name.size(); end != 0 && end != std::string::npos; end = name.rfind('.', end - 1)) {
    const auto found = folders_.find(name.substr(0, end));
    if (found == folders_.end()) continue;
    const auto rest = name.size() > end ? as_path(name.substr(end + 1)) : "";
    return rest.empty() ? found->second : joined(found->second, rest);
  }
  const auto root = folders_.find("");
  return joined(root == folders_.end() ? "" : root->second, as_path(name));
}

void LayoutReader::place(const std::string& name, const std::vector<std::string>& roots) {
  std::vector<std::string> places;
  if (folders_.contains(name)) places.push_back(folder_of(name));
  for (const auto& root : roots) places.push_back(joined(root, as_path(name)));
  places.push_back(folder_of(name));
  for (const auto& place : places) {
    const bool folder = !place.empty() && view_->has_folder(place);
    const bool module = view_->has_file(place + ".py");
    if (folder) install(place);
    if (module) install(place + ".py");
    if (folder || module) return;
  }
  layout_.anywhere_.push_back(name.substr(0, name.find('.')));
}

// "NAME.egg-info/top_level.txt" lies in the folder that the names lie in.
bool LayoutReader::tell_by_names() {
  std::vector<std::string> roots{"", "src", "lib", "python"};
  if (const auto root = folders_.find(""); root != folders_.end()) roots.push_back(root->second);
  for (const auto& root : roots) {
    for (const auto& one : root.empty() ? top_ : view_->names_in(root)) {
      if (!one.folder || !one.name.ends_with(".egg-info")) continue;
      const auto text = view_->text_of(joined(root, one.name) + "/top_level.txt");
      if (!text) continue;
      for (const auto line : lines(*text)) {
        if (const auto name = trim(line); !name.empty()) place(std::string(name), {root});
      }
      if (layout_.told()) return true;
      layout_.anywhere_.clear();
    }
  }
  return false;
}

bool LayoutReader::tell_by_declaration(const DeclaredPackages& declared) {
  if (!declared.told()) return false;
  for (const auto& path : declared.paths) {
    if (view_->has_folder(path) || view_->has_file(path)) install(path);
    if (view_->has_file(path + ".py")) install(path + ".py");
  }
  for (const auto& name : declared.names) place(name, {"src"});
  if (declared.search != DeclaredPackages::Search::none) {
    auto where = declared.where;
    if (const auto root = folders_.find(""); where.empty() && root != folders_.end()) where.push_back(root->second);
    if (where.empty()) where.emplace_back("");
    for (const auto& folder : where) search(declared, folder_of_pattern(folder));
  }
  if (!layout_.told()) layout_.anywhere_.clear();
  return layout_.told();
}

void LayoutReader::search(const DeclaredPackages& declared, const std::string& folder) {
  if (!folder.empty()) {
    if (view_->has_folder(folder)) install(folder);
    return;
  }
  const bool namespaces = declared.search == DeclaredPackages::Search::namespaces;
  for (const auto& one : top_) {
    const bool wanted = declared.include.empty() || begins_one(declared.include, one.name);
    if (!one.folder || !wanted || matches(declared.exclude, one.name)) continue;
    const bool package = view_->has_file(one.name + "/__init__.py");
    // Of namespaces only those that are asked for by name: else each folder of the project is one.
    if (package || (namespaces && !declared.include.empty())) install(one.name);
  }
}

std::vector<std::string> LayoutReader::project_names() const {
  std::vector<std::string> names;
  if (!pyproject_.name.empty()) names.push_back(pyproject_.name);
  if (const auto info = view_->text_of("PKG-INFO")) {
    for (const auto line : lines(*info)) {
      if (line.empty()) break;
      if (line.starts_with("Name:")) names.emplace_back(trim(line.substr(5)));
    }
  }
  return names;
}

// As build back ends find packages by themselves where nothing is declared.
void LayoutReader::tell_by_custom() {
  const auto names = project_names();
  const auto is_namesake = [&](std::string_view name) {
    return std::ranges::any_of(names, [&](const auto& one) { return as_module(one) == as_module(name); });
  };
  for (const std::string root : {"", "src", "lib", "python"}) {
    for (const auto& one : root.empty() ? top_ : view_->names_in(root)) {
      const auto path = joined(root, one.name);
      if (one.folder) {
        const bool package = view_->has_file(path + "/__init__.py") &&
                             assay::role_of(path + "/x.py") == PathRole::shipped &&
                             std::ranges::none_of(layout_.build_, [&](const auto& module) {
                               return module == path || module.starts_with(path + "/");
                             });
        if (package || is_namesake(one.name)) install(root == "src" ? root : path);
      } else if (one.name.ends_with(".py") && is_namesake(one.name.substr(0, one.name.size() - 3))) {
        install(path);
      }
    }
  }
  for (const auto& name : names) {  // "zope" of zope.interface
    const auto first = name.substr(0, name.find('.'));
    if (first != name && view_->has_folder(first)) install(first);
  }
}

// A package that lies beside those that are installed, below src/ say, may be a part of the build that
// no Python file names: cryptography's src/_cffi_src is started by Rust's.
void LayoutReader::keep_neighbours() {
  std::set<std::string> roots;
  for (const auto& place : layout_.installed_) {
    if (const auto slash = place.rfind('/'); slash != std::string::npos) roots.insert(place.substr(0, slash));
  }
  for (const auto& root : roots) {
    for (const auto& one : view_->names_in(root)) {
      const auto path = root + "/" + one.name;
      if (one.folder && view_->has_file(path + "/__init__.py")) layout_.code_.push_back(path);
    }
  }
}

// Of the words in build files, those that name something at the tree's top. A folder that is named may
// hold data; which of its scripts is run must be said.
void LayoutReader::name_words() {
  std::set<std::string> data;
  std::set<std::string> code;
  for (const auto& word : words_) {
    const auto path = folder_of_pattern(word);
    const bool script = is_script(lower(word));
    const bool pattern = word.find('*') != std::string::npos;
    if (script && !pattern) layout_.code_names_.insert(file_name_of(path));
    const auto first = path.substr(0, path.find('/'));
    if (std::ranges::none_of(top_, [&](const auto& one) { return one.name == first; })) continue;
    data.insert(path);
    if (script) code.insert(path);
  }
  layout_.data_.assign(data.begin(), data.end());
  layout_.code_.assign(code.begin(), code.end());
}

}  // namespace assay
