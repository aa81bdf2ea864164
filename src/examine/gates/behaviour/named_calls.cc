#include "examine/gates/behaviour/named_calls.h"

#include <algorithm>
#include <utility>

namespace assay::behaviour {

namespace {

// What gives objects whose methods act, and what these do: FlowBuilder::act_of_method().
constexpr Acts makers = {Act::session, Act::socket, Act::connect};
constexpr Acts of_methods = {Act::fetch, Act::send, Act::connect, Act::socket};

}  // namespace

NamedCalls::NamedCalls(const python::Module& module) {
  const auto& syntax = module.syntax();
  for (python::NodeId id = 1; id < syntax.nodes().size(); ++id) {
    if (!syntax.is(id, python::NodeKind::call)) continue;
    auto name = called_name(module, id);
    const Act act = act_of(name.full);
    acts_.add(act);
    calls_.push_back({id, std::move(name), act});
  }
  std::ranges::sort(calls_, {}, [&](const Call& call) { return std::pair(syntax[call.node].begin, call.node); });
  told_ = !acts_.has_any_of(makers);
  if (!told_) acts_.add(of_methods);
}

}  // namespace assay::behaviour
