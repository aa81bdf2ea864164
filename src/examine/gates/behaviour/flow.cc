#include "examine/gates/behaviour/flow.h"

#include "examine/gates/behaviour/flow_builder.h"
#include "examine/gates/behaviour/telling_texts.h"

namespace assay::behaviour {

Flow::Flow(const python::Module& module, const python::Reach& reach, const NamedCalls& named) : module_(module) {
  FlowBuilder builder(module, reach);
  builder.build(named);
  origins_ = std::move(builder.origins);
  calls_ = std::move(builder.calls);
}

Origins origins_of_literal(const python::Syntax& syntax, python::NodeId id) {
  if (!syntax.is(id, python::NodeKind::string) && !syntax.is(id, python::NodeKind::string_part)) return 0;
  const auto source = syntax.text(id);
  Origins bits = source.size() >= 24 ? Origin::literal : 0;
  if (source.size() >= 6 && source.size() <= 2000) bits |= origins_of_text(source);
  return bits;
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
