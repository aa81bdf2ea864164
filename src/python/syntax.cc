#include "python/syntax.h"

namespace assay::python {

NodeId Syntax::last_child(NodeId id) const {
  NodeId last = no_node;
  for (const NodeId child : children(id)) last = child;
  return last;
}

NodeId Syntax::child_of(NodeId id, NodeKind kind) const {
  for (const NodeId child : children(id)) {
    if (is(child, kind)) return child;
  }
  return no_node;
}

std::size_t Syntax::child_count(NodeId id) const {
  std::size_t count = 0;
  for (NodeId at = nodes_[id].first_child; at != no_node; at = nodes_[at].next_sibling) ++count;
  return count;
}

}  // namespace assay::python
