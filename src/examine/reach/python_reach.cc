#include "examine/reach/python_reach.h"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "base/text.h"
#include "examine/reach/capability_table.h"
#include "examine/reach/outside_paths.h"

namespace assay {

namespace {

constexpr std::size_t longest_name = 256;  // of a module, or of what is taken from one

using python::Module;
using python::no_node;
using python::NodeId;
using python::NodeKind;
using python::Syntax;

// "pip._vendor.requests.get" is what requests.get is: a copy does the same.
std::string_view of_copy(std::string_view full) {
  for (const std::string_view folder : {"_vendor.", "vendor.", "_vendored.", "vendored.", "extern."}) {
    const auto at = full.rfind(folder);
    if (at != std::string_view::npos && (at == 0 || full[at - 1] == '.')) {
      return full.substr(at + folder.size());
    }
  }
  return full;
}

bool names_a_credential(std::string_view variable) {
  const auto name = lower(variable);
  return std::ranges::any_of(
      std::to_array<std::string_view>({"token", "secret", "password", "passwd", "passphrase", "api_key",
                                       "apikey", "access_key", "private_key", "credential", "pypirc"}),
      [&](std::string_view word) { return name.contains(word); });
}

class PythonReader {
 public:
  explicit PythonReader(const ExaminedFile& file)
      : file_(file), module_(file.python()), syntax_(module_.syntax()) {
    reach_.path = file.path;
    reach_.role = file.role;
    for (const auto part : split(file.path, '/')) own_.emplace(part.substr(0, part.find('.')));
  }

  FileReach read() {
    const auto& nodes = syntax_.nodes();
    // Imports first: what a method of an unknown value may be depends on them.
    for (NodeId id = 1; id < nodes.size(); ++id) {
      if (nodes[id].kind == NodeKind::import || nodes[id].kind == NodeKind::import_from) read_import(id);
    }
    for (NodeId id = 1; id < nodes.size(); ++id) read_node(id, nodes[id].kind);
    add_imports();
    add_problems();
    std::ranges::stable_sort(reach_.hits, {}, &CapabilityHit::line);
    return std::move(reach_);
  }

 private:
  struct ImportedModule {
    std::string name;
    NodeId node;
  };

  void read_node(NodeId id, NodeKind kind) {
    switch (kind) {
      case NodeKind::function_def: reach_.functions.push_back(symbol(id)); break;
      case NodeKind::class_def: read_class(id); break;
      case NodeKind::call: read_call(id); break;
      case NodeKind::decorator: read_decorator(id); break;
      case NodeKind::subscript: read_subscript(id); break;
      default: break;
    }
  }

  // A definition's own qualified name.
  std::string symbol(NodeId definition) const {
    const auto outer = module_.symbol_of(definition);
    const auto name = std::string(syntax_.text(syntax_.child_of(definition, NodeKind::identifier)));
    return outer.empty() ? name : outer + "." + name;
  }

  Unit unit_of(NodeId node) {
    NodeId scope = module_.scope_of(node);
    while (scope != 0 && !syntax_.is(scope, NodeKind::function_def)) scope = module_.scope_of(scope);
    if (scope == 0) return in_script(node) ? script_unit : "";
    auto& known = units_[scope];
    if (known.empty()) known = symbol(scope);
    return known;
  }

  // Under `if __name__ == "__main__":`?
  bool in_script(NodeId node) const {
    for (NodeId at = node; at != 0; at = module_.parent(at)) {
      const NodeId above = module_.parent(at);
      if (!syntax_.is(above, NodeKind::if_) || !syntax_.is(at, NodeKind::suite)) continue;
      const auto test = syntax_.text(syntax_.child(above));
      if (test.contains("__name__") && test.contains("__main__")) return true;
    }
    return false;
  }

  bool for_type_checkers(NodeId node) const {
    for (NodeId at = node; at != 0; at = module_.parent(at)) {
      const NodeId above = module_.parent(at);
      if (syntax_.is(above, NodeKind::if_) && syntax_.is(at, NodeKind::suite) &&
          syntax_.text(syntax_.child(above)).ends_with("TYPE_CHECKING")) {
        return true;
      }
    }
    return false;
  }

  void read_import(NodeId id) {
    if (for_type_checkers(id)) return;
    const bool from = syntax_.is(id, NodeKind::import_from);
    const bool relative = from && syntax_[id].detail > 0;
    std::string module(from ? syntax_[id].detail : 0, '.');
    for (const NodeId child : syntax_.children(id)) {
      if (syntax_.is(child, NodeKind::dotted_name)) module += syntax_.text(child).substr(0, longest_name);
      if (!syntax_.is(child, NodeKind::alias)) continue;
      const NodeId dotted = syntax_.child(child);
      const std::string name(syntax_.text(dotted).substr(0, longest_name));
      std::string full = name;
      if (from) full = module + (module.empty() || module.ends_with('.') ? "" : ".") + name;
      const NodeId as = syntax_.child_of(child, NodeKind::identifier);
      if (module_.scope_of(id) == 0) {
        const auto bound = as != no_node ? std::string(syntax_.text(as)) : name.substr(0, name.find('.'));
        reach_.imports[bound] = as != no_node || from ? full : bound;
      }
      if (!relative) roots_.emplace(full.substr(0, full.find('.')));
      imported_.push_back({full, id});
    }
  }

  void read_class(NodeId id) {
    FileReach::Class own{symbol(id), {}};
    if (const NodeId arguments = syntax_.child_of(id, NodeKind::arguments)) {
      for (const NodeId base : syntax_.children(arguments)) {
        if (!syntax_.is(base, NodeKind::name) && !syntax_.is(base, NodeKind::attribute)) continue;
        const auto full = module_.qualified(base);
        note_name(full, base, "class of ", false);
        own.bases.push_back(full);
      }
    }
    reach_.classes.push_back(std::move(own));
  }

  void read_decorator(NodeId id) {
    const NodeId expression = syntax_.child(id);
    const NodeId function = module_.parent(id);
    if (syntax_.is(expression, NodeKind::call) && syntax_.is(function, NodeKind::function_def)) {
      const NodeId callee = syntax_.child(expression);
      const auto name = syntax_.is(callee, NodeKind::attribute) ? syntax_.text(syntax_.child(callee, 1))
                                                                : syntax_.text(callee);
      // click, typer, invoke; flask and its kin.
      if (name == "command" || name == "group" || name == "route") reach_.handlers.push_back(symbol(function));
    }
    if (syntax_.is(expression, NodeKind::name) || syntax_.is(expression, NodeKind::attribute)) {
      note_call(unit_of(id), module_.qualified(expression), expression);
    }
  }

  void read_call(NodeId id) {
    const auto callee = module_.callee(id);
    const auto unit = unit_of(id);
    note_call(unit, callee, syntax_.child(id));
    const NodeId arguments = syntax_.child(id, 1);
    const bool asks = callee == "isinstance" || callee == "issubclass";
    if (!asks) {
      // Threads and exit handlers call at once what they are given, or for certain.
      const bool now = callee.ends_with("Thread") || callee.ends_with("Timer") || callee == "atexit.register";
      for (NodeId argument : syntax_.children(arguments)) {
        if (syntax_.is(argument, NodeKind::keyword)) argument = syntax_.child(argument, 1);
        read_reference(unit, argument, !now);
      }
    }
    if (const auto access = outside_access(module_, id, callee)) {
      note(access->capability, id, access->what);
      return;
    }
    const bool constant = constant_module(id, callee);
    if (!callee.empty() && !constant && !note_name(callee, id, "")) note_method(id, callee);
    if (callee == "os.getenv" || callee == "os.environ.get" || callee == "os.environ.pop" ||
        callee == "os.environb.get") {
      note_variable(id, module_.argument(id, "key", 0));
    }
  }

  // A function or class that is handed over may be called.
  void read_reference(const Unit& unit, NodeId argument, bool later) {
    if (!syntax_.is(argument, NodeKind::name) && !syntax_.is(argument, NodeKind::attribute)) return;
    const auto full = module_.qualified(argument);
    if (full.starts_with(':')) reach_.calls.push_back({unit, full, later});
    const bool is_type = full.starts_with("types.");
    if (full.contains('.') && !is_type) note_name(full, argument, "", !later);
  }

  void read_subscript(NodeId id) {
    const auto of = syntax_.text(syntax_.child(id));
    if (!of.contains("environ")) return;
    const auto full = module_.qualified(syntax_.child(id));
    if (full == "os.environ" || full == "os.environb") note_variable(id, syntax_.child(id, 1));
  }

  void note_variable(NodeId id, NodeId key) {
    const auto name = key == no_node ? std::nullopt : module_.text_of(key);
    if (name && names_a_credential(*name)) {
      note(Capability::environment_secrets, id, "$" + shortened(printable(*name), 60));
    }
  }

  // A module whose name is a constant is as good as imported.
  bool constant_module(NodeId call, const std::string& callee) const {
    if (callee != "importlib.import_module" && callee != "__import__") return false;
    const NodeId name = module_.argument(call, "name", 0);
    return name != no_node && module_.text_of(name).has_value();
  }

  bool is_own(std::string_view full) const { return own_.contains(full.substr(0, full.find('.'))); }

  // Whether the table knows the name.
  bool note_name(std::string_view full, NodeId id, std::string_view before, bool acts = true) {
    if (full.empty() || full.starts_with('?') || full.starts_with(':')) return false;
    const auto original = of_copy(full);
    if (original.size() == full.size() && full.starts_with('.')) return false;
    if (original.size() == full.size() && full.contains('.') && is_own(full)) return false;
    const auto known = of_name(original);
    if (!known.empty()) told_.emplace(original.substr(0, original.find('.')));
    for (const auto& entry : known) note(entry.capability, id, std::string(before) + std::string(original), acts);
    return !known.empty();
  }

  // A method of a value that nothing tells of.
  void note_method(NodeId id, const std::string& callee) {
    const NodeId function = syntax_.child(id);
    if (!syntax_.is(function, NodeKind::attribute)) return;
    if (callee.starts_with(':') || callee.starts_with('.')) return;
    const auto method = syntax_.text(syntax_.child(function, 1));
    for (const auto& hint : of_method(method)) {
      if (!imports(hint.module) || callee.starts_with("str()") || callee.starts_with("bytes()")) continue;
      // A method of what another module gives is that module's business.
      const auto root = std::string_view(callee).substr(0, callee.find('.'));
      if (roots_.contains(root) && root != hint.module) continue;
      told_.emplace(hint.module.substr(0, hint.module.find('.')));
      note(hint.capability, id, fmt::format("{}: .{}", hint.module, method));
      return;
    }
  }

  bool imports(std::string_view module) const {
    return std::ranges::any_of(imported_, [&](const ImportedModule& one) {
      const auto name = of_copy(one.name);
      return name.starts_with(module) && (name.size() == module.size() || name[module.size()] == '.');
    });
  }

  void note_call(const Unit& from, const std::string& callee, NodeId function) {
    if (callee.empty() || callee.starts_with('?')) return;
    if (callee.front() == ':' || callee.front() == '.') {
      reach_.calls.push_back({from, callee});
      return;
    }
    const auto root = std::string_view(callee).substr(0, callee.find('.'));
    if (root == "self" || root == "cls" || callee.starts_with("super().")) {
      reach_.calls.push_back({from, callee});
    } else if (roots_.contains(root)) {
      if (is_own(root)) reach_.calls.push_back({from, callee});
    } else if (syntax_.is(function, NodeKind::attribute)) {
      const auto method = syntax_.text(syntax_.child(function, 1));
      reach_.calls.push_back({from, "?." + std::string(method)});
    }
  }

  void note(Capability capability, NodeId id, std::string what, bool acts = true) {
    const auto place = file_.lines().place(syntax_[id].begin);
    const auto repeats = [&](const CapabilityHit& hit) {
      return hit.line == place.line && hit.capability == capability && hit.what == what;
    };
    const std::size_t recent = reach_.hits.size() < 8 ? 0 : reach_.hits.size() - 8;
    if (std::any_of(reach_.hits.begin() + static_cast<std::ptrdiff_t>(recent), reach_.hits.end(), repeats)) return;
    reach_.hits.push_back({capability, place.line, std::move(what), unit_of(id), acts});
  }

  // An import counts where no call tells what it is for.
  void add_imports() {
    std::set<std::pair<Capability, std::string>> known;
    for (const auto& [name, node] : imported_) {
      const auto original = of_copy(name);
      if (original.size() == name.size() && (name.starts_with('.') || is_own(name))) continue;
      for (const auto& entry : of_module(original)) {
        const auto root = std::string(entry.name.substr(0, entry.name.find('.')));
        if (surface_of(entry.capability) && told_.contains(root)) continue;
        if (!known.emplace(entry.capability, std::string(entry.name)).second) continue;
        note(entry.capability, node, std::string(entry.name), false);
      }
    }
  }

  void add_problems() {
    if (syntax_.problems().empty() || !file_.path.ends_with(".py")) return;
    const auto& first = syntax_.problems().front();
    reach_.hits.push_back({.capability = Capability::unread,
                           .line = file_.lines().place(first.offset).line,
                           .what = fmt::format("{} that could not be read{}",
                                               counted(syntax_.problems().size(), "place"),
                                               first.python2 ? ": Python 2" : ""),
                           .unit = "",
                           .acts = false});
  }

  const ExaminedFile& file_;
  const Module& module_;
  const Syntax& syntax_;
  FileReach reach_;
  std::set<std::string, std::less<>> own_;    // the path's parts: the package's own names
  std::set<std::string, std::less<>> roots_;  // first parts of what it imports
  std::set<std::string, std::less<>> told_;   // first parts of names that the table knew
  std::vector<ImportedModule> imported_;
  std::unordered_map<NodeId, Unit> units_;
};

}  // namespace

FileReach python_reach(const ExaminedFile& file) { return PythonReader(file).read(); }

}  // namespace assay
