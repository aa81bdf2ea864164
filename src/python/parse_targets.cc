#include "python/parser.h"

namespace assay::python {

// What may stand left of a "=", in a "for" or behind an "as".
void Parser::check_target(NodeId id, bool deletes) {
  if (failed_) return;
  switch (nodes_[id].kind) {
    case NodeKind::name:
    case NodeKind::attribute:
    case NodeKind::subscript: return;
    case NodeKind::starred:
      if (deletes) break;
      return check_target(nodes_[id].first_child);
    case NodeKind::tuple:
    case NodeKind::list:
      for (NodeId at = nodes_[id].first_child; at != no_node; at = nodes_[at].next_sibling) {
        check_target(at, deletes);
      }
      return;
    default: break;
  }
  const bool old = nodes_[id].kind == NodeKind::constant;  // Python 2: True = 1
  fail("this can't be assigned to", old);
}

void Parser::check_single_target(NodeId id) {
  const auto kind = nodes_[id].kind;
  if (kind != NodeKind::name && kind != NodeKind::attribute && kind != NodeKind::subscript) {
    fail("this can't be assigned to");
  }
}

// Of "for" and "del": up to an "in", which is an operator elsewhere.
NodeId Parser::target_list() {
  constexpr unsigned operand_power = 5;
  const auto begin = token_.begin;
  const auto one = [this] {
    return at(TokenKind::star) ? starred() : binary(operand_power);
  };
  const NodeId first = one();
  NodeId targets = first;
  if (at(TokenKind::comma)) {
    Children children;
    add(children, first);
    while (take(TokenKind::comma) && at_expression()) add(children, one());
    targets = make(NodeKind::tuple, begin, children.first);
  } else if (is(first, NodeKind::starred)) {
    return fail("a starred target alone");
  }
  check_target(targets);
  return targets;
}

}  // namespace assay::python
