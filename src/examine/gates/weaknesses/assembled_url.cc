#include "examine/gates/weaknesses/assembled_url.h"

#include <algorithm>
#include <set>

namespace assay {

namespace {

using python::NodeId;
using python::NodeKind;

bool is_text(NodeKind kind) {
  return kind == NodeKind::string || kind == NodeKind::string_part;
}

// What a string is a part of, as long as it is a text itself.
NodeId whole_expression(const python::Module& module, NodeId id) {
  constexpr int most = 64;  // "a" + "b" + …
  for (int i = 0; i < most; ++i) {
    const NodeId parent = module.parent(id);
    const NodeKind kind = module.syntax().kind(parent);
    if (kind != NodeKind::bin_op && kind != NodeKind::concatenated && kind != NodeKind::fstring) break;
    id = parent;
  }
  return id;
}

}  // namespace

std::vector<AssembledUrl> assembled_urls(const ExaminedFile& file, std::span<const std::size_t> offsets) {
  std::vector<AssembledUrl> urls;
  if (offsets.empty()) return urls;
  const python::Module& module = file.python();
  const auto& nodes = module.syntax().nodes();
  std::set<NodeId> seen;
  for (NodeId id = 1; id < nodes.size(); ++id) {
    const auto& node = nodes[id];
    if (!is_text(node.kind)) continue;
    const auto first = std::ranges::upper_bound(offsets, node.begin);
    if (first == offsets.end() || *first > node.end) continue;
    const NodeId whole = whole_expression(module, id);
    if (whole == id || !seen.insert(whole).second) continue;
    const auto text = module.partial_text_of(whole).text;
    if (const auto scheme = text.find("http://"); scheme != std::string::npos) {
      urls.push_back({nodes[whole].begin, nodes[whole].end, text.substr(scheme)});
    }
  }
  return urls;
}

}  // namespace assay
