#include "examine/dead_branch.h"

#include <algorithm>
#include <array>

namespace assay {

using python::no_node;
using python::NodeId;
using python::NodeKind;

bool is_dead_branch(const python::Module& module, NodeId id) {
  constexpr std::array always = std::to_array<std::string_view>(
      {"_ast", "ast", "contextlib", "hashlib", "hmac", "html", "importlib", "inspect", "io", "json", "pathlib", "secrets",
       "shlex", "shutil", "ssl", "subprocess", "tempfile"});
  const auto& syntax = module.syntax();
  for (NodeId at = module.parent(id); at != no_node; at = module.parent(at)) {
    if (!syntax.is(at, NodeKind::except_handler)) continue;
    const auto error = syntax.text(syntax.child(at));
    if (error != "ImportError" && error != "ModuleNotFoundError") continue;
    const NodeId tried = syntax.child(syntax.child(module.parent(at)));
    if (!syntax.is(tried, NodeKind::import)) continue;
    const auto name = syntax.text(syntax.child(syntax.child(tried)));
    if (std::ranges::find(always, name) != always.end()) return true;
  }
  return false;
}

}  // namespace assay
