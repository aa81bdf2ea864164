#include "examine/gates/weaknesses/code_origin.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/text.h"
#include "examine/gates/weaknesses/bound_values.h"
#include "examine/gates/weaknesses/built_text.h"

namespace assay {

namespace {

using python::Module;
using python::no_node;
using python::NodeId;
using python::NodeKind;
using python::Operator;
using python::Syntax;

constexpr int deepest = 24;
// Looked at for one expression; Module::may_walk() bounds what is looked at for all of a module.
constexpr std::size_t most_nodes = 60'000;

// What gives a number, or names that the module's own functions have.
constexpr std::array givers = std::to_array<std::string_view>(
    {"int", "float", "len", "bool", "id", "round", "dir", "inspect.signature", "inspect.getfullargspec",
     "inspect.getargspec", "inspect.formatargspec"});
// What gives nothing but what it is given.
constexpr std::array passers = std::to_array<std::string_view>(
    {"str", "repr", "range", "xrange", "enumerate", "zip", "sorted", "list", "tuple", "set", "dict", "map",
     "reversed", "iter", "chr", "min", "max", "textwrap.dedent", "textwrap.indent", "io.StringIO", "os.path.join",
     "os.path.dirname", "os.path.abspath", "os.path.realpath", "os.path.normpath", "pathlib.Path",
     "itertools.product", "itertools.chain", "convert_path"});
constexpr std::array openers = std::to_array<std::string_view>({"open", "io.open", "codecs.open"});
constexpr std::array readers = std::to_array<std::string_view>({"read", "read_text", "read_bytes"});
constexpr std::array methods = std::to_array<std::string_view>(
    {"join", "format", "strip", "lstrip", "rstrip", "lower", "upper", "title", "replace", "encode", "decode",
     "split", "splitlines", "keys", "values", "items", "getvalue", "ljust", "copy", "resolve", "absolute",
     "joinpath", "capitalize", "bind"});
constexpr std::array identifiers = std::to_array<std::string_view>({"__name__", "__qualname__", "__module__"});

class Origin {
 public:
  Origin(const Module& module, bool in_setup) : module_(module), syntax_(module.syntax()), beside_(in_setup) {}

  bool is_here(NodeId id, int depth = 0) {
    if (id == no_node || depth > deepest || ++looked_at_ > most_nodes) return false;
    switch (syntax_.kind(id)) {
      case NodeKind::string:
      case NodeKind::string_part:
      case NodeKind::number:
      case NodeKind::constant:
      case NodeKind::compare:
      case NodeKind::slice: return true;
      case NodeKind::replacement:
      case NodeKind::starred:
      case NodeKind::list_comp:
      case NodeKind::set_comp:
      case NodeKind::generator:
      case NodeKind::subscript: return is_here(syntax_.child(id), depth + 1);
      case NodeKind::keyword: return is_here(syntax_.child(id, 1), depth + 1);
      case NodeKind::concatenated:
      case NodeKind::fstring:
      case NodeKind::list:
      case NodeKind::tuple:
      case NodeKind::set:
      case NodeKind::dict:
      case NodeKind::dict_item:
      case NodeKind::bool_op:
      case NodeKind::unary_op:
      case NodeKind::arguments: return are_here(id, depth);
      case NodeKind::if_exp:
        return is_here(syntax_.child(id), depth + 1) && is_here(syntax_.child(id, 2), depth + 1);
      case NodeKind::bin_op: return is_operation_here(id, depth);
      case NodeKind::call: return is_call_here(id, depth);
      case NodeKind::name: return is_name_here(id, depth);
      case NodeKind::attribute: return is_attribute_here(id, depth);
      default: return false;
    }
  }

  std::size_t looked_at() const { return looked_at_; }  // nodes

 private:
  bool are_here(NodeId id, int depth) {
    return std::ranges::all_of(syntax_.children(id), [&](NodeId part) { return is_here(part, depth + 1); });
  }

  bool is_operation_here(NodeId id, int depth) {
    const NodeId left = syntax_.child(id);
    const NodeId right = syntax_.child(id, 1);
    if (!is_here(left, depth + 1)) return false;
    const bool repeats = static_cast<Operator>(syntax_[id].detail) == Operator::multiply;
    if (repeats && syntax_.is(left, NodeKind::string)) return true;
    if (static_cast<Operator>(syntax_[id].detail) == Operator::modulo && built_text(module_, id).holes == 0) {
      return true;  // counters and the like: "%d"
    }
    return is_here(right, depth + 1);
  }

  bool is_call_here(NodeId id, int depth) {
    const NodeId callee = syntax_.child(id);
    const auto name = module_.qualified(callee);
    const NodeId arguments = syntax_.child(id, 1);
    if (is_any_of(name, givers) || name == "getattr().__name__") return true;
    if (name == "compile") return is_here(module_.argument(id, "source", 0), depth + 1);
    if (is_any_of(name, passers)) return arguments == no_node || are_here(arguments, depth);
    if (is_any_of(name, openers)) return is_here(module_.argument(id, "file", 0), depth + 1) && beside_;
    if (!syntax_.is(callee, NodeKind::attribute)) return false;
    const NodeId object = syntax_.child(callee);
    const auto method = syntax_.text(syntax_.child(callee, 1));
    if (is_any_of(method, readers)) return is_here(object, depth + 1) && beside_;
    if (!is_any_of(method, methods)) return false;
    return is_here(object, depth + 1) && (arguments == no_node || are_here(arguments, depth));
  }

  bool is_attribute_here(NodeId id, int depth) {
    if (is_any_of(syntax_.text(syntax_.child(id, 1)), identifiers)) return true;
    if (const NodeId value = module_.value_of(id)) return is_here(value, depth + 1);
    const NodeId object = syntax_.child(id);
    return !syntax_.is(object, NodeKind::attribute) && is_here(object, depth + 1);
  }

  bool is_name_here(NodeId id, int depth) {
    const auto name = syntax_.text(id);
    if (name == "__file__") return beside_ = true;
    if (is_any_of(name, identifiers)) return true;
    NodeId scope = module_.scope_of(id);
    for (bool innermost = true;; innermost = false) {
      const bool hidden = !innermost && syntax_.is(scope, NodeKind::class_def);
      if (!hidden) {
        const std::pair key{scope, name};
        if (std::ranges::find(asked_, key) != asked_.end()) return true;  // x = x + "…"
        asked_.push_back(key);
        if (has_parameter(syntax_, scope, name)) return is_parameter_here(scope, name, depth);
        const auto found = bound(scope, name);
        if (found.unknown) return false;
        if (found.bound) {
          return std::ranges::all_of(found.values, [&](NodeId value) { return is_here(value, depth + 1); });
        }
      }
      if (scope == no_node) return false;
      scope = module_.scope_of(scope);
    }
  }

  BoundValues bound(NodeId scope, std::string_view name) {
    return bound_values(syntax_, scope, name, looked_at_, most_nodes);
  }

  // A helper of the module's own, which all callers give what is made here.
  bool is_parameter_here(NodeId function, std::string_view name, int depth) {
    if (!syntax_.is(function, NodeKind::function_def) || module_.scope_of(function) != no_node) return false;
    const auto called = syntax_.text(syntax_.child_of(function, NodeKind::identifier));
    if (!called.starts_with('_')) return false;
    const auto reassigned = bound(function, name);
    if (reassigned.unknown || reassigned.bound) return false;
    int place = 0;
    for (const NodeId parameter : syntax_.children(syntax_.child_of(function, NodeKind::parameters))) {
      if (syntax_.text(syntax_.child(parameter)) == name) break;
      ++place;
    }
    bool any = false;
    looked_at_ += syntax_.nodes().size();
    if (looked_at_ > most_nodes) return false;
    for (NodeId id = 1; id < syntax_.nodes().size(); ++id) {
      if (!syntax_.is(id, NodeKind::name) || syntax_.text(id) != called) continue;
      const NodeId call = module_.parent(id);
      if (!syntax_.is(call, NodeKind::call) || syntax_.child(call) != id) return false;
      any = true;
      if (!is_here(module_.argument(call, name, place), depth + 1)) return false;
    }
    return any;
  }

  const Module& module_;
  const Syntax& syntax_;
  bool beside_;  // a file's place was told from __file__
  std::size_t looked_at_ = 0;
  std::vector<std::pair<NodeId, std::string_view>> asked_;
};

// ("a", protocol.name): whatever the names stand for, somebody wrote them down here.
bool is_list_of_names(const Module& module, NodeId list) {
  const Syntax& syntax = module.syntax();
  if (!syntax.is(list, NodeKind::tuple) && !syntax.is(list, NodeKind::list) && !syntax.is(list, NodeKind::set)) return false;
  return std::ranges::all_of(syntax.children(list), [&](NodeId one) {
    return syntax.is(one, NodeKind::string) || syntax.is(one, NodeKind::name) || syntax.is(one, NodeKind::attribute);
  });
}

// `name in constants`, or `not in`.
bool asks_membership(const Module& module, NodeId test, std::string_view name, Operator wanted) {
  const Syntax& syntax = module.syntax();
  if (syntax.is(test, NodeKind::bool_op)) {
    const auto operation = static_cast<Operator>(syntax[test].detail);
    if (operation != (wanted == Operator::in ? Operator::and_ : Operator::or_)) return false;
    return std::ranges::any_of(syntax.children(test), [&](NodeId part) {
      return asks_membership(module, part, name, wanted);
    });
  }
  if (!syntax.is(test, NodeKind::compare) || syntax.text(syntax.child(test)) != name) return false;
  const NodeId to = syntax.child(test, 1);
  const auto operation = static_cast<Operator>(syntax[to].detail);
  if (operation != wanted && !(operation == Operator::equal && wanted == Operator::in)) return false;
  return is_made_here(module, syntax.child(to)) || is_list_of_names(module, syntax.child(to));
}

bool leaves(const Syntax& syntax, NodeId suite) {
  const NodeId last = syntax.last_child(suite);
  return syntax.is(last, NodeKind::raise) || syntax.is(last, NodeKind::return_) || syntax.is(last, NodeKind::continue_);
}

}  // namespace

bool is_made_here(const Module& module, NodeId expression, bool in_setup) {
  Origin origin(module, in_setup);
  if (!module.may_walk(0)) return false;
  const bool here = origin.is_here(expression);
  module.may_walk(origin.looked_at());
  return here;
}

bool is_one_of_constants(const Module& module, NodeId name, NodeId at) {
  const Syntax& syntax = module.syntax();
  if (!syntax.is(name, NodeKind::name)) return false;
  const auto text = syntax.text(name);
  NodeId below = at;
  for (NodeId above = module.parent(at); above != no_node; below = above, above = module.parent(above)) {
    if (syntax.is(above, NodeKind::function_def)) return false;
    if (syntax.is(above, NodeKind::if_) && syntax.child(above, 1) == below &&
        asks_membership(module, syntax.child(above), text, Operator::in)) {
      return true;
    }
    if (!syntax.is(above, NodeKind::suite)) continue;
    for (const NodeId statement : syntax.children(above)) {
      if (statement == below) break;
      if (syntax.is(statement, NodeKind::if_) && leaves(syntax, syntax.child(statement, 1)) &&
          asks_membership(module, syntax.child(statement), text, Operator::not_in)) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace assay
