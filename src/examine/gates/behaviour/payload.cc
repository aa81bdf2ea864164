#include "examine/gates/behaviour/payload.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text.h"
#include "examine/gates/behaviour/calls.h"
#include "examine/gates/behaviour/constant_decoder.h"
#include "examine/gates/behaviour/names.h"

namespace assay::behaviour {

namespace {

using python::Module;
using python::no_node;
using python::NodeKind;

bool matters(Act act) {
  return act != Act::none && act != Act::quiet && act != Act::decode && act != Act::sleep &&
         act != Act::session && act != Act::open;
}

struct Layer {
  std::vector<std::string> acts;
  std::optional<std::string> inner;  // what it decodes and runs in its turn
};

Layer read_layer(std::string_view text) {
  constexpr std::size_t most = 4;
  Layer layer;
  const Module module(text);
  const auto& syntax = module.syntax();
  for (python::NodeId id = 1; id < syntax.nodes().size(); ++id) {
    if (!syntax.is(id, NodeKind::call)) continue;
    const auto name = called_name(module, id);
    const Act act = act_of(name.full);
    if (act == Act::evaluate && !layer.inner) {
      ConstantDecoder decoder(module);
      auto inner = decoder.decode(module.argument(id, "", 0));
      if (inner && !decoder.steps().empty()) {
        layer.inner = std::move(inner);
        continue;
      }
    }
    const std::string shown = name.full + "()";
    if (matters(act) && layer.acts.size() < most && std::ranges::find(layer.acts, shown) == layer.acts.end()) {
      layer.acts.push_back(shown);
    }
  }
  return layer;
}

}  // namespace

std::string acts_in_words(std::string_view text) {
  constexpr int deepest = 100;
  constexpr std::size_t cost = 4;  // of reading a byte as Python, in bytes decoded
  std::string current(text.substr(0, 1 << 20));
  for (int depth = 0; depth < deepest; ++depth) {
    if (!is_utf8(current) || !DecodingBudget::spend(cost * current.size())) return "";
    Layer layer = read_layer(current);
    if (layer.inner && layer.inner->size() <= (1 << 20)) {
      current = std::move(*layer.inner);
      continue;
    }
    if (layer.acts.empty()) return "";
    return "calls " + join(layer.acts, " and ");
  }
  return "";
}

std::string beginning(std::string_view text) {
  return shortened(printable(one_spaced(text.substr(0, 400))), 80);
}

}  // namespace assay::behaviour
