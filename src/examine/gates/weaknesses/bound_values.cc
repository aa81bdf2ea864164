#include "examine/gates/weaknesses/bound_values.h"

#include <algorithm>
#include <array>

namespace assay {

namespace {

using python::no_node;
using python::NodeId;
using python::NodeKind;
using python::Syntax;

constexpr std::array fillers = std::to_array<std::string_view>(
    {"append", "extend", "insert", "add", "update", "setdefault", "write", "appendleft", "writelines"});

class Collector {
 public:
  Collector(const Syntax& syntax, std::string_view name) : syntax_(syntax), name_(name) {}

  BoundValues found;

  void look_at(NodeId id) {
    const NodeId first = syntax_.child(id);
    switch (syntax_.kind(id)) {
      case NodeKind::assign: return assigned(id);
      case NodeKind::aug_assign:
      case NodeKind::for_:
      case NodeKind::comprehension:
      case NodeKind::named_expr:
        if (is_target(first)) note(syntax_.child(id, 1));
        return;
      case NodeKind::ann_assign:
        if (is_target(first) && syntax_.child(id, 2) != no_node) note(syntax_.child(id, 2));
        return;
      case NodeKind::with_item:
        if (syntax_.child(id, 1) != no_node && is_target(syntax_.child(id, 1))) note(first);
        return;
      case NodeKind::call: return filled(id);
      case NodeKind::alias:
      case NodeKind::except_handler:
      case NodeKind::global:
      case NodeKind::nonlocal:
      case NodeKind::match_as:
      case NodeKind::match_star:
      case NodeKind::function_def:
      case NodeKind::class_def:
        for (const NodeId part : syntax_.children(id)) {
          const bool names = syntax_.is(part, NodeKind::identifier) || syntax_.is(part, NodeKind::dotted_name);
          if (names && syntax_.text(part) == name_) found.unknown = true;
        }
        return;
      default: return;
    }
  }

 private:
  bool is_target(NodeId target) const {
    switch (syntax_.kind(target)) {
      case NodeKind::name: return syntax_.text(target) == name_;
      case NodeKind::tuple:
      case NodeKind::list:
      case NodeKind::starred:
        return std::ranges::any_of(syntax_.children(target), [&](NodeId part) { return is_target(part); });
      default: return false;
    }
  }

  void note(NodeId value) {
    found.bound = true;
    found.values.push_back(value);
  }

  void assigned(NodeId id) {
    for (const NodeId part : syntax_.children(id)) {
      if (part == syntax_.last_child(id)) return;
      const bool item = syntax_.is(part, NodeKind::subscript) && is_target(syntax_.child(part));
      if (is_target(part)) note(syntax_.last_child(id));
      if (item) found.values.push_back(syntax_.last_child(id));
    }
  }

  // lines.append("…")
  void filled(NodeId id) {
    const NodeId callee = syntax_.child(id);
    if (!syntax_.is(callee, NodeKind::attribute) || !is_target(syntax_.child(callee))) return;
    const auto method = syntax_.text(syntax_.child(callee, 1));
    if (std::ranges::find(fillers, method) == fillers.end()) return;
    for (const NodeId part : syntax_.children(syntax_.child(id, 1))) found.values.push_back(part);
  }

  const Syntax& syntax_;
  std::string_view name_;
};

}  // namespace

BoundValues bound_values(const Syntax& syntax, NodeId scope, std::string_view name, std::size_t& looked_at,
                         std::size_t most) {
  Collector collector(syntax, name);
  std::vector<NodeId> open;
  const auto open_parts = [&](NodeId id) {
    for (const NodeId part : syntax.children(id)) {
      if (++looked_at > most) {
        collector.found.unknown = true;
        return;
      }
      open.push_back(part);
    }
  };
  open_parts(scope);
  while (!open.empty() && !collector.found.unknown) {
    const NodeId id = open.back();
    open.pop_back();
    collector.look_at(id);
    const bool scoped = syntax.is(id, NodeKind::function_def) || syntax.is(id, NodeKind::lambda);
    if (scoped && has_parameter(syntax, id, name)) continue;  // another of that name
    open_parts(id);
  }
  return std::move(collector.found);
}

bool has_parameter(const Syntax& syntax, NodeId scope, std::string_view name) {
  if (scope == no_node) return false;  // a module has none, and many children
  const NodeId parameters = syntax.child_of(scope, NodeKind::parameters);
  if (parameters == no_node) return false;
  return std::ranges::any_of(syntax.children(parameters), [&](NodeId parameter) {
    return syntax.text(syntax.child(parameter)) == name;
  });
}

}  // namespace assay
