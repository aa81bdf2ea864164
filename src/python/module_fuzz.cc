#include <cstddef>
#include <cstdint>
#include <string>

#include "base/text.h"
#include "python/bindings.h"
#include "python/module.h"
#include "python/reach.h"

// What a module tells of its names and texts is told of any bytes, for every node.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay::python;
  const std::string source(reinterpret_cast<const char*>(data), size);
  const Module module(source);
  const Syntax& syntax = module.syntax();
  const Reach reach(module);
  const auto count = static_cast<NodeId>(syntax.nodes().size());
  for (NodeId id = 0; id < count; ++id) {
    if (module.parent(id) >= count || module.scope_of(id) >= count) __builtin_trap();
    const auto partial = module.partial_text_of(id);
    const auto whole = module.text_of(id);
    if (whole && (!partial.whole || partial.text != *whole)) __builtin_trap();
    module.symbol_of(id);
    module.qualified(id);
    if (module.value_of(id) >= count) __builtin_trap();
    module.constant_of(id);
    module.integer_of(id);
    if (syntax.is(id, NodeKind::call)) {
      module.callee(id);
      if (module.argument(id, "encoding", 1) >= count) __builtin_trap();
    }
    if (syntax.is(id, NodeKind::string) || syntax.is(id, NodeKind::string_part)) {
      literal_value(syntax, id);
    }
  }
  return 0;
}
