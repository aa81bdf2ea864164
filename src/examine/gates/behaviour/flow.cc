#include "examine/gates/behaviour/flow.h"

#include <algorithm>
#include <array>
#include <map>

#include "examine/gates/behaviour/flow_builder.h"

namespace assay::behaviour {

Flow::Flow(const python::Module& module, const python::Reach& reach) : module_(module) {
  FlowBuilder builder(module, reach);
  builder.build();
  origins_ = std::move(builder.origins);
  calls_ = std::move(builder.calls);
}

Origins Flow::given(python::NodeId call) const {
  const python::Syntax& syntax = module_.syntax();
  const python::NodeId callee = syntax.child(call);
  Origins all = 0;
  if (syntax.is(callee, python::NodeKind::attribute)) all = origins_[syntax.child(callee)];
  if (const auto arguments = syntax.child_of(call, python::NodeKind::arguments)) {
    for (const auto argument : syntax.children(arguments)) all |= origins_[argument];
  }
  return all;
}

Origins Flow::argument(python::NodeId call, std::string_view keyword, int place) const {
  const auto id = module_.argument(call, keyword, place);
  return id == python::no_node ? 0 : origins_[id];
}

}  // namespace assay::behaviour
