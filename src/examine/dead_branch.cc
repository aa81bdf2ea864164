#include "examine/dead_branch.h"

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

bool is_run_as_script(const python::Module& module, std::size_t offset) {
  const auto& syntax = module.syntax();
  for (const NodeId statement : syntax.children(0)) {
    if (!syntax.is(statement, NodeKind::if_) || !syntax.text(syntax.child(statement)).contains("__main__")) continue;
    const auto& body = syntax[syntax.child(statement, 1)];
    if (body.begin <= offset && offset < body.end) return true;
  }
  return false;
}

}  // namespace assay
