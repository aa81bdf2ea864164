#include "examine/dead_branch.h"

#include <algorithm>
#include <iterator>

#include "python/dead_fallback.h"

namespace assay {

using python::no_node;
using python::NodeId;
using python::NodeKind;

bool is_dead_branch(const python::Module& module, NodeId id) {
  const auto& syntax = module.syntax();
  for (NodeId at = module.parent(id); at != no_node; at = module.parent(at)) {
    if (syntax.is(at, NodeKind::except_handler) && python::is_dead_fallback(syntax, at, module.parent(at))) return true;
  }
  return false;
}

ScriptPart::ScriptPart(const python::Module& module) {
  const auto& syntax = module.syntax();
  for (const NodeId statement : syntax.children(0)) {
    if (!syntax.is(statement, NodeKind::if_) || !syntax.text(syntax.child(statement)).contains("__main__")) continue;
    const auto& body = syntax[syntax.child(statement, 1)];
    parts_.emplace_back(body.begin, body.end);
  }
}

bool ScriptPart::holds(std::size_t offset) const {
  const auto after = std::ranges::upper_bound(parts_, offset, {}, &std::pair<std::size_t, std::size_t>::first);
  return after != parts_.begin() && offset < std::prev(after)->second;
}

}  // namespace assay
