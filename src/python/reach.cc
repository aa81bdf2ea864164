#include "python/reach.h"

#include <algorithm>
#include <array>
#include <deque>
#include <span>
#include <string_view>
#include <unordered_set>

#include "base/text.h"

namespace assay::python {

namespace {

// Calls that run a function which they are given, now or later.
bool runs_its_arguments(std::string_view callee) {
  static constexpr auto whole = std::to_array<std::string_view>(
      {"map", "filter", "atexit.register", "threading.Thread", "threading.Timer", "_thread.start_new_thread",
       "thread.start_new_thread", "multiprocessing.Process", "multiprocessing.process.Process",
       "weakref.finalize", "functools.reduce", "asyncio.run", "signal.signal", "sys.setprofile",
       "sys.settrace", "threading.setprofile", "sys.addaudithook"});
  static constexpr auto methods = std::to_array<std::string_view>(
      {".submit", ".apply_async", ".run_in_executor", ".call_soon", ".call_later", ".to_thread"});
  return is_any_of(callee, whole) ||
         std::ranges::any_of(methods, [&](std::string_view method) { return callee.ends_with(method); });
}

// Names that set-up commands and hooks derive from, without their module.
bool is_command_base(std::string_view full) {
  static constexpr auto roots = std::to_array<std::string_view>(
      {"setuptools.", "distutils.", "wheel.", "numpy.distutils.", "hatchling.", "torch.utils.cpp_extension.",
       "Cython.", "skbuild."});
  static constexpr auto commands = std::to_array<std::string_view>(
      {"Command", "install", "develop", "egg_info", "build", "build_py", "build_ext", "build_clib",
       "build_scripts", "build_src", "sdist", "bdist", "bdist_egg", "bdist_wheel", "bdist_rpm",
       "editable_wheel", "dist_info", "easy_install", "install_lib", "install_data", "install_scripts",
       "install_egg_info", "install_headers", "clean", "test", "upload", "register", "BuildExtension",
       "BuildHookInterface", "MetadataHookInterface"});
  const auto last = full.substr(full.rfind('.') == std::string_view::npos ? 0 : full.rfind('.') + 1);
  const bool known = std::ranges::any_of(roots, [&](std::string_view root) { return full.starts_with(root); });
  return known && is_any_of(last, commands);
}

// What setuptools, distutils and hatch call of such a class.
bool is_command_method(std::string_view name) {
  static constexpr auto methods = std::to_array<std::string_view>(
      {"__init__", "initialize_options", "finalize_options", "run", "run_command", "build_extension",
       "build_extensions", "build_module", "build_modules", "get_outputs", "get_source_files",
       "do_egg_install", "initialize", "finalize", "update", "make_release_tree", "find_sources"});
  return is_any_of(name, methods);
}

bool is_build_hook(std::string_view name) {
  static constexpr auto hooks = std::to_array<std::string_view>(
      {"build_wheel", "build_sdist", "build_editable", "get_requires_for_build_wheel",
       "get_requires_for_build_sdist", "get_requires_for_build_editable",
       "prepare_metadata_for_build_wheel", "prepare_metadata_for_build_editable"});
  return is_any_of(name, hooks);
}

}  // namespace

class Reach::Builder {
 public:
  explicit Builder(Reach& reach) : reach_(reach), module_(reach.module_), syntax_(module_.syntax()) {}

  void build() {
    place_nodes();
    find_edges();
    spread(Root::import, {0});
    spread(Root::main, mains_);
    spread(Root::command, commands_);
    spread(Root::build_hook, hooks_);
  }

 private:
  // Every node's unit. Parents come before children, so that one pass over the order of the source does.
  void place_nodes() {
    reach_.units_.assign(syntax_.nodes().size(), 0);
    NodeId at = 0;
    for (;;) {
      if (at != 0) reach_.units_[at] = unit(at);
      note_definition(at);
      if (syntax_[at].first_child != no_node) {
        at = syntax_[at].first_child;
        continue;
      }
      while (at != 0 && syntax_[at].next_sibling == no_node) at = module_.parent(at);
      if (at == 0) return;
      at = syntax_[at].next_sibling;
    }
  }

  NodeId unit(NodeId id) const {
    const NodeId parent = module_.parent(id);
    if (syntax_.is(id, NodeKind::suite) && syntax_.is(parent, NodeKind::if_) && module_.parent(parent) == 0 &&
        is_main_test(syntax_.child(parent))) {
      return id;
    }
    const NodeId scope = module_.scope_of(id);
    NodeId function = scope;
    while (function != 0 && syntax_.is(function, NodeKind::class_def)) function = module_.scope_of(function);
    if (function != 0) return function;
    return reach_.units_[parent] != 0 && syntax_.is(reach_.units_[parent], NodeKind::suite)
               ? reach_.units_[parent]
               : 0;
  }

  bool is_main_test(NodeId test) const {
    if (!syntax_.is(test, NodeKind::compare)) return false;
    const auto text = syntax_.text(test);
    return text.contains("__name__") && text.contains("__main__") && text.contains("==");
  }

  void note_definition(NodeId id) {
    const bool function = syntax_.is(id, NodeKind::function_def);
    if (!function && !syntax_.is(id, NodeKind::class_def)) return;
    const NodeId name = syntax_.child_of(id, NodeKind::identifier);
    if (name == no_node) return;
    // A definition's symbol is its suite's.
    const NodeId suite = syntax_.child_of(id, NodeKind::suite);
    if (suite == no_node) return;
    reach_.definitions_.emplace(module_.symbol_of(suite), id);
    if (function && module_.scope_of(id) == 0 && is_build_hook(syntax_.text(name))) hooks_.push_back(id);
  }

  void find_edges() {
    for (NodeId id = 1; id < syntax_.nodes().size(); ++id) {
      if (syntax_.is(id, NodeKind::call)) note_caller(id);
    }
    for (NodeId id = 1; id < syntax_.nodes().size(); ++id) {
      switch (syntax_.kind(id)) {
        case NodeKind::call: call(id); break;
        case NodeKind::decorator: decorator(id); break;
        case NodeKind::class_def: class_definition(id); break;
        case NodeKind::suite:
          if (reach_.units_[id] == id) mains_.push_back(id);
          break;
        default: break;
      }
    }
  }

  void edge(NodeId from, NodeId to) { edges_[from].push_back(to); }

  void call(NodeId id) {
    const NodeId from = reach_.units_[id];
    for (const NodeId target : reach_.targets_of(id)) edge(from, target);
    const NodeId arguments = syntax_.child_of(id, NodeKind::arguments);
    if (arguments == no_node) return;
    const std::string callee = module_.callee(id);
    if (runs_its_arguments(callee)) {
      for (const NodeId argument : syntax_.children(arguments)) {
        const NodeId value = syntax_.is(argument, NodeKind::keyword) ? syntax_.child(argument, 1) : argument;
        if (const NodeId function = function_of(value)) edge(from, function);
      }
    }
    if (callee == "setup" || callee.ends_with(".setup")) setup_call(id);
  }

  NodeId function_of(NodeId value) const {
    if (syntax_.is(value, NodeKind::lambda)) return value;
    const NodeId bound = module_.value_of(value);
    if (bound != no_node && syntax_.is(bound, NodeKind::lambda)) return bound;
    return defined(module_.qualified(value), NodeKind::function_def);
  }

  NodeId defined(std::string_view full, NodeKind kind) const {
    if (!full.starts_with(':')) return no_node;
    const auto found = reach_.definitions_.find(std::string(full.substr(1)));
    return found != reach_.definitions_.end() && syntax_.is(found->second, kind) ? found->second : no_node;
  }

  // setup(cmdclass={"install": Install})
  void setup_call(NodeId id) {
    NodeId classes = module_.argument(id, "cmdclass", -1);
    if (classes != no_node && module_.value_of(classes) != no_node) classes = module_.value_of(classes);
    if (classes == no_node || !syntax_.is(classes, NodeKind::dict)) return;
    for (const NodeId item : syntax_.children(classes)) {
      if (!syntax_.is(item, NodeKind::dict_item)) continue;
      if (const NodeId named = defined(module_.qualified(syntax_.child(item, 1)), NodeKind::class_def)) {
        command_class(named);
      }
    }
  }

  void class_definition(NodeId id) {
    const NodeId bases = syntax_.child_of(id, NodeKind::arguments);
    if (bases == no_node) return;
    for (const NodeId base : syntax_.children(bases)) {
      if (syntax_.is(base, NodeKind::keyword)) {
        metaclass(id, base);
        continue;
      }
      const std::string full = module_.qualified(base);
      if (is_command_base(full)) command_class(id);
      if (const NodeId own = defined(full, NodeKind::class_def)) {
        if (const NodeId hook = method(own, "__init_subclass__")) edge(reach_.units_[id], hook);
      }
    }
  }

  void metaclass(NodeId id, NodeId keyword) {
    if (syntax_.text(syntax_.child(keyword)) != "metaclass") return;
    const NodeId meta = defined(module_.qualified(syntax_.child(keyword, 1)), NodeKind::class_def);
    if (meta == no_node) return;
    for (const std::string_view name : {"__new__", "__init__", "__prepare__"}) {
      if (const NodeId own = method(meta, name)) edge(reach_.units_[id], own);
    }
  }

  NodeId method(NodeId owner, std::string_view name) const {
    const NodeId suite = syntax_.child_of(owner, NodeKind::suite);
    for (const NodeId statement : syntax_.children(suite)) {
      if (syntax_.is(statement, NodeKind::function_def) &&
          syntax_.text(syntax_.child_of(statement, NodeKind::identifier)) == name) {
        return statement;
      }
    }
    return no_node;
  }

  void command_class(NodeId id) {
    const NodeId suite = syntax_.child_of(id, NodeKind::suite);
    for (const NodeId statement : syntax_.children(suite)) {
      if (syntax_.is(statement, NodeKind::function_def) &&
          is_command_method(syntax_.text(syntax_.child_of(statement, NodeKind::identifier)))) {
        commands_.push_back(statement);
      }
    }
  }

  // A decorator is called with what it decorates; one that calls that at once runs it.
  void decorator(NodeId id) {
    const NodeId expression = syntax_.child(id);
    const NodeId decorated = module_.parent(id);
    const NodeId from = reach_.units_[id];
    if (runs_its_arguments(module_.qualified(expression)) && syntax_.is(decorated, NodeKind::function_def)) {
      edge(from, decorated);
    }
    const NodeId function = function_of(expression);
    if (function == no_node) return;
    edge(from, function);
    if (callers_.contains(function)) edge(function, decorated);
  }

  void note_caller(NodeId call) {
    const NodeId function = reach_.units_[call];
    if (!syntax_.is(function, NodeKind::function_def)) return;
    const NodeId parameters = syntax_.child_of(function, NodeKind::parameters);
    const NodeId first = parameters == no_node ? no_node : syntax_.child(parameters);
    if (first != no_node && syntax_.text(syntax_.child(first)) == syntax_.text(syntax_.child(call))) {
      callers_.insert(function);
    }
  }

  // Breadth first: the first way found is a shortest one.
  void spread(Root root, const std::vector<NodeId>& from) {
    auto& via = reach_.via_[index(root)];
    std::deque<NodeId> waiting;
    for (const NodeId unit : from) {
      if (via.try_emplace(unit, unit).second) waiting.push_back(unit);
    }
    while (!waiting.empty()) {
      const NodeId unit = waiting.front();
      waiting.pop_front();
      const auto calls = edges_.find(unit);
      if (calls == edges_.end()) continue;
      for (const NodeId called : calls->second) {
        if (via.try_emplace(called, unit).second) waiting.push_back(called);
      }
    }
  }

  Reach& reach_;
  const Module& module_;
  const Syntax& syntax_;
  std::unordered_map<NodeId, std::vector<NodeId>> edges_;
  std::unordered_set<NodeId> callers_;  // functions that call their first parameter themselves
  std::vector<NodeId> mains_;
  std::vector<NodeId> commands_;
  std::vector<NodeId> hooks_;
};

Reach::Reach(const Module& module) : module_(module) { Builder(*this).build(); }

std::vector<NodeId> Reach::targets_of(NodeId call) const {
  const Syntax& syntax = module_.syntax();
  const NodeId callee = syntax.child(call);
  if (syntax.is(callee, NodeKind::lambda)) return {callee};
  const NodeId bound = module_.value_of(callee);
  if (bound != no_node && syntax.is(bound, NodeKind::lambda)) return {bound};
  std::string full = module_.qualified(callee);
  if (!full.starts_with(':')) return {};
  full.erase(0, 1);
  for (auto at = full.find("()."); at != std::string::npos; at = full.find("().")) full.erase(at, 2);
  const bool of_object = full.ends_with("()");  // Class()()
  if (of_object) full.resize(full.size() - 2);
  std::vector<NodeId> targets;
  const auto found = definitions_.find(full);
  if (found == definitions_.end()) return targets;
  if (syntax.is(found->second, NodeKind::function_def)) {
    if (!of_object) targets.push_back(found->second);
  } else {
    for (const char* method : {".__new__", ".__init__", ".__post_init__", ".__call__"}) {
      if ((std::string_view(method) == ".__call__") != of_object) continue;
      const auto own = definitions_.find(full + method);
      if (own != definitions_.end() && syntax.is(own->second, NodeKind::function_def)) {
        targets.push_back(own->second);
      }
    }
  }
  return targets;
}

std::vector<std::string> Reach::way(NodeId node, Root root) const {
  constexpr std::size_t longest = 50;
  std::vector<std::string> names;
  const auto& via = via_[index(root)];
  const Syntax& syntax = module_.syntax();
  for (auto at = via.find(unit_of(node)); at != via.end(); at = via.find(at->second)) {
    const NodeId unit = at->first;
    if (syntax.is(unit, NodeKind::function_def)) {
      names.push_back(module_.symbol_of(syntax.child_of(unit, NodeKind::suite)));
    }
    if (at->second == unit) break;
    if (names.size() == longest) {
      names.emplace_back("…");
      break;
    }
  }
  std::ranges::reverse(names);
  return names;
}

}  // namespace assay::python
