#include "examine/reach/package_graph.h"

#include <algorithm>
#include <array>
#include <deque>
#include <set>

#include "base/text.h"

namespace assay {

namespace {

constexpr int deepest = 8;  // names handed on from module to module, and base classes
constexpr std::size_t longest_chain = 12;
const Unit import_unit;
const Unit script = script_unit;

// "Session().get" is looked for where "Session.get" is defined.
std::string without_calls(std::string_view name) { return replace_all(std::string(name), "()", ""); }

std::string_view last_of(std::string_view dotted) { return dotted.substr(dotted.rfind('.') + 1); }

std::string_view but_last(std::string_view dotted) {
  const auto dot = dotted.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : dotted.substr(0, dot);
}

bool is_private(std::string_view name) {
  return name.starts_with('_') && !(name.starts_with("__") && name.ends_with("__"));
}

}  // namespace

PackageGraph::PackageGraph(std::vector<FileReach> files, const std::vector<std::string>& paths,
                           const std::vector<EntryPoint>& entry_points)
    : files_(std::move(files)) {
  name_modules(paths);
  add_nodes();
  add_edges();
  std::vector<std::pair<NodeIndex, std::string>> roots;
  for (const auto& point : entry_points) {
    std::vector<NodeIndex> found;
    const auto target = point.attribute.empty() ? point.module : point.module + "." + point.attribute;
    resolve_dotted(target, 0, found);
    const bool command = point.group == "console_scripts" || point.group == "gui_scripts";
    for (const auto node : found) {
      roots.emplace_back(node, (command ? "command " : point.group + " ") + point.name);
    }
  }
  search(roots, edges_, any_);
  roots.clear();
  for (std::uint32_t file = 0; file < files_.size(); ++file) {
    const bool starts = modules_[file].ends_with(".__main__");
    if (starts) roots.emplace_back(find(file, import_unit), "python -m " + std::string(but_last(modules_[file])));
    roots.emplace_back(find(file, script), "run as a script");
  }
  search(roots, edges_, any_);
  roots.clear();
  for (std::uint32_t file = 0; file < files_.size(); ++file) {
    for (const auto& handler : files_[file].handlers) roots.emplace_back(find(file, handler), "command or route");
  }
  search(roots, edges_, any_);
  roots.clear();
  for (std::uint32_t file = 0; file < files_.size(); ++file) {
    if (!modules_[file].ends_with("__main__")) roots.emplace_back(find(file, import_unit), root_of_import(file));
  }
  search(roots, calls_, import_);
  search(roots, calls_, any_);
  roots.clear();
  for (NodeIndex node = 0; node < nodes_.size(); ++node) {
    if (is_public(node)) roots.emplace_back(node, "");
  }
  search(roots, edges_, any_);
}

void PackageGraph::name_modules(const std::vector<std::string>& paths) {
  std::set<std::string, std::less<>> packages;
  for (const auto& path : paths) {
    if (last_of(replace_all(path, "/", ".")) != "py" || !path.ends_with("__init__.py")) continue;
    packages.insert(path.substr(0, path.size() - std::string_view("__init__.py").size()));
  }
  for (std::uint32_t i = 0; i < files_.size(); ++i) {
    const std::string_view path = files_[i].path;
    auto folder = path.substr(0, path.rfind('/') + 1);  // with its "/"
    auto begin = folder.size();
    while (!folder.empty() && packages.contains(folder)) {
      const auto above = folder.rfind('/', folder.size() - 2);
      begin = above == std::string_view::npos ? 0 : above + 1;
      folder = folder.substr(0, begin);
    }
    auto name = replace_all(std::string(path.substr(begin, path.rfind('.') - begin)), "/", ".");
    if (name.ends_with(".__init__")) name.resize(name.size() - std::string_view(".__init__").size());
    by_module_.try_emplace(name, i);
    modules_.push_back(std::move(name));
  }
}

void PackageGraph::add_nodes() {
  by_unit_.resize(files_.size());
  classes_.resize(files_.size());
  for (std::uint32_t file = 0; file < files_.size(); ++file) {
    const auto add = [&](const Unit& unit) {
      const auto [entry, is_new] = by_unit_[file].try_emplace(unit, static_cast<NodeIndex>(nodes_.size()));
      if (is_new) nodes_.push_back({file, &unit});
    };
    for (const auto& own : files_[file].classes) classes_[file].try_emplace(own.name, &own);
    add(import_unit);
    add(script);
    for (const auto& function : files_[file].functions) {
      add(function);
      if (!function.contains('.')) continue;
      const auto node = find(file, function);
      const auto [entry, is_new] = by_method_.try_emplace(last_of(function), node);
      if (!is_new && entry->second != node) entry->second = none;
    }
  }
  calls_.resize(nodes_.size());
  edges_.resize(nodes_.size());
}

void PackageGraph::add_edges() {
  std::vector<NodeIndex> found;
  for (std::uint32_t file = 0; file < files_.size(); ++file) {
    for (const auto& call : files_[file].calls) {
      const auto from = find(file, call.from);
      if (from == none) continue;
      found.clear();
      resolve(file, call.from, call.to, found);
      for (const auto node : found) {
        if (node == from) continue;
        edges_[from].push_back(node);
        if (!call.handed_over) calls_[from].push_back(node);
      }
    }
    // What is defined in a function may run when that does.
    for (const auto& function : files_[file].functions) {
      const auto outer = find(file, but_last(function));
      if (outer != none && !but_last(function).empty()) edges_[outer].push_back(find(file, function));
    }
  }
  for (auto* edges : {&calls_, &edges_}) {
    for (auto& targets : *edges) {
      std::ranges::sort(targets);
      targets.erase(std::ranges::unique(targets).begin(), targets.end());
    }
  }
}

PackageGraph::NodeIndex PackageGraph::find(std::uint32_t file, std::string_view unit) const {
  const auto known = by_unit_[file].find(unit);
  return known == by_unit_[file].end() ? none : known->second;
}

const FileReach::Class* PackageGraph::class_named(std::uint32_t file, std::string_view name) const {
  const auto known = classes_[file].find(name);
  return known == classes_[file].end() ? nullptr : known->second;
}

void PackageGraph::resolve(std::uint32_t file, const Unit& from, std::string_view to,
                           std::vector<NodeIndex>& found) const {
  const auto name = without_calls(to);
  if (name.starts_with(':')) return resolve_local(file, std::string_view(name).substr(1), 0, found);
  if (name.starts_with('.')) return resolve_dotted(absolute(file, name), 0, found);
  if (name.starts_with("?.")) {
    const auto known = by_method_.find(std::string_view(name).substr(2));
    if (known != by_method_.end() && known->second != none) found.push_back(known->second);
    return;
  }
  const auto root = std::string_view(name).substr(0, name.find('.'));
  if (root != "self" && root != "cls" && root != "super") return resolve_dotted(name, 0, found);
  // The class that the method belongs to: the longest part of its name that is one.
  for (std::string_view owner = but_last(from); !owner.empty(); owner = but_last(owner)) {
    const auto* own = class_named(file, owner);
    if (own == nullptr) continue;
    const auto method = last_of(name);
    if (root != "super" && std::ranges::count(name, '.') == 1) {
      if (resolve_method(file, owner, method, 0, found)) return;
    } else if (root == "super") {
      for (const auto& base : own->bases) {
        const auto before = found.size();
        resolve(file, from, base + "." + std::string(method), found);
        if (found.size() != before) return;
      }
      return;
    }
    break;
  }
  const auto known = by_method_.find(last_of(name));
  if (known != by_method_.end() && known->second != none) found.push_back(known->second);
}

void PackageGraph::resolve_dotted(std::string_view dotted, int depth, std::vector<NodeIndex>& found) const {
  if (depth > deepest) return;
  for (auto module = dotted; !module.empty(); module = but_last(module)) {
    const auto known = by_module_.find(std::string(module));
    if (known == by_module_.end()) continue;
    if (module.size() == dotted.size()) return;  // a module by itself
    return resolve_local(known->second, dotted.substr(module.size() + 1), depth, found);
  }
}

void PackageGraph::resolve_local(std::uint32_t file, std::string_view name, int depth,
                                 std::vector<NodeIndex>& found) const {
  if (const auto node = find(file, name); node != none && !name.empty()) {
    found.push_back(node);
    return;
  }
  if (class_named(file, name) != nullptr) {
    resolve_method(file, name, "__init__", depth, found);
    return;
  }
  if (const auto owner = but_last(name); class_named(file, owner) != nullptr) {
    resolve_method(file, owner, last_of(name), depth, found);
    return;
  }
  // What the module has from another one.
  const auto first = name.substr(0, name.find('.'));
  const auto imported = files_[file].imports.find(std::string(first));
  if (imported == files_[file].imports.end()) return;
  auto full = imported->second + std::string(name.substr(first.size()));
  if (full.starts_with('.')) full = absolute(file, full);
  resolve_dotted(full, depth + 1, found);
}

bool PackageGraph::resolve_method(std::uint32_t file, std::string_view owner, std::string_view method,
                                  int depth, std::vector<NodeIndex>& found) const {
  const auto* own = depth > deepest ? nullptr : class_named(file, owner);
  if (own == nullptr) return false;
  if (const auto node = find(file, std::string(owner) + "." + std::string(method)); node != none) {
    found.push_back(node);
    return true;
  }
  for (const auto& base : own->bases) {
    const auto before = found.size();
    const auto wanted = without_calls(base) + "." + std::string(method);
    if (wanted.starts_with(':')) {
      if (resolve_method(file, std::string_view(wanted).substr(1, wanted.size() - method.size() - 2), method,
                         depth + 1, found)) {
        return true;
      }
    } else {
      resolve_dotted(wanted.starts_with('.') ? absolute(file, wanted) : wanted, depth + 1, found);
    }
    if (found.size() != before) return true;
  }
  return false;
}

// PEP 328: one dot is the package that the module lies in.
std::string PackageGraph::absolute(std::uint32_t file, std::string_view relative) const {
  const auto name = relative.find_first_not_of('.');
  if (name == std::string_view::npos) return "";
  std::string_view package = modules_[file];
  std::size_t up = name;
  if (files_[file].path.ends_with("__init__.py")) --up;
  for (; up > 0; --up) package = but_last(package);
  return std::string(package) + (package.empty() ? "" : ".") + std::string(relative.substr(name));
}

void PackageGraph::search(const std::vector<std::pair<NodeIndex, std::string>>& roots, const Edges& edges,
                          Way& way) const {
  way.from.resize(nodes_.size(), none);
  way.root.resize(nodes_.size());
  std::deque<NodeIndex> waiting;
  for (const auto& [node, words] : roots) {
    if (node == none || way.from[node] != none) continue;
    way.from[node] = node;
    way.root[node] = words;
    waiting.push_back(node);
  }
  for (; !waiting.empty(); waiting.pop_front()) {
    for (const auto next : edges[waiting.front()]) {
      if (way.from[next] != none) continue;
      way.from[next] = waiting.front();
      waiting.push_back(next);
    }
  }
}

// What others may call: no part of its name begins with "_", and neither do its module's.
bool PackageGraph::is_public(NodeIndex node) const {
  const auto& [file, unit] = nodes_[node];
  if (unit->empty() || *unit == script_unit || files_[file].role == PathRole::build) return false;
  if (find(file, but_last(*unit)) != none && unit->contains('.')) return false;  // within a function
  const auto parts = [](std::string_view name) { return split(name, '.'); };
  return std::ranges::none_of(parts(modules_[file]), is_private) &&
         std::ranges::none_of(parts(*unit), is_private);
}

std::string PackageGraph::root_of_import(std::uint32_t file) const {
  const auto& path = files_[file].path;
  const bool builds = path == "setup.py" || files_[file].role == PathRole::build;
  return builds ? "at install" : "at import";
}

std::vector<std::string> PackageGraph::chain_by(const Way& way, std::size_t file, const Unit& unit) const {
  auto node = find(static_cast<std::uint32_t>(file), unit);
  if (node == none || way.from[node] == none) return {};
  std::vector<NodeIndex> back{node};
  while (way.from[node] != node) back.push_back(node = way.from[node]);
  std::ranges::reverse(back);
  std::vector<std::string> chain;
  if (!way.root[node].empty()) chain.push_back(way.root[node]);
  const bool hides_root = nodes_[node].unit->empty() || *nodes_[node].unit == script_unit;
  std::uint32_t last = ~std::uint32_t{0};
  for (const auto step : back) {
    const auto& [in, name] = nodes_[step];
    const bool own = in == last;
    last = in;
    if (step == node && hides_root) {
      if (back.size() > 1 && nodes_[back[1]].file != in) chain.back() += " of " + modules_[in];
      continue;
    }
    chain.push_back(own ? *name : modules_[in] + ":" + *name);
  }
  if (chain.size() > longest_chain) {
    const auto middle = chain.begin() + longest_chain / 2;
    const auto end = chain.end() - longest_chain / 2;
    *middle = "…";
    chain.erase(middle + 1, end);
  }
  return chain;
}

std::vector<std::string> PackageGraph::chain(std::size_t file, const Unit& unit) const {
  return chain_by(any_, file, unit);
}

std::vector<std::string> PackageGraph::chain_at_import(std::size_t file, const Unit& unit) const {
  return chain_by(import_, file, unit);
}

}  // namespace assay
