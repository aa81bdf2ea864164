#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "python/syntax.h"

// Any bytes are a tree: each node has one parent at most and lies within it; no longer than the source.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay::python;
  const std::string source(reinterpret_cast<const char*>(data), size);
  const Syntax syntax = parse(source);
  std::vector<bool> seen(syntax.nodes().size());
  std::vector<NodeId> open{0};
  std::size_t count = 0;
  while (!open.empty()) {
    const NodeId id = open.back();
    open.pop_back();
    if (seen[id]) __builtin_trap();
    seen[id] = true;
    ++count;
    const Node& node = syntax[id];
    if (node.begin > node.end || node.end > size) __builtin_trap();
    for (const NodeId child : syntax.children(id)) {
      if (child >= seen.size()) __builtin_trap();
      if (syntax[child].begin < node.begin || syntax[child].end > node.end) __builtin_trap();
      open.push_back(child);
    }
  }
  if (count > 6 * size + 8) __builtin_trap();
  return 0;
}
