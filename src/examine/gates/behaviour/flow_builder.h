#pragma once
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "examine/gates/behaviour/flow.h"
#include "examine/gates/behaviour/named_calls.h"
#include "python/bindings.h"

namespace assay::behaviour {

// Computes a Flow: the origins of every expression from those of its parts, over and over until none
// grows any more.
class FlowBuilder {
 public:
  FlowBuilder(const python::Module& module, const python::Reach& reach)
      : module_(module), reach_(reach), syntax_(module.syntax()), bindings_(module.bindings()) {}

  void build(const NamedCalls& named);

  std::vector<Origins> origins;  // by node
  std::vector<Call> calls;       // in the order of the source

 private:
  void order_nodes();
  void prepare(python::NodeId id);
  void visit(python::NodeId id);
  Origins parts(python::NodeId id) const;

  Origins of_call(Call& call);
  Act act_of_method(const Call& call) const;
  Origins of_own_functions(python::NodeId call, const std::vector<python::NodeId>& functions);
  Origins of_unknown(python::NodeId call);
  void bind_arguments(python::NodeId call, python::NodeId function);
  void note_effects(python::NodeId call);
  void note_written(python::NodeId object, Origins bits);

  bool is_other_command(python::NodeId list) const;
  Origins of_attribute(python::NodeId id) const;
  Origins of_subscript(python::NodeId id) const;

  void assign(python::NodeId target, python::NodeId value);
  void store(python::NodeId target, Origins bits);
  void mark_path(python::NodeId path, Origins bits, int depth = 0);
  void remember_opened(python::NodeId target, python::NodeId value);
  void add(const python::Binding* variable, Origins bits);
  const python::Binding* variable_of(python::NodeId id) const;
  Origins arguments_of(python::NodeId call) const;

  const python::Module& module_;
  const python::Reach& reach_;
  const python::Syntax& syntax_;
  const python::Bindings& bindings_;

  std::vector<python::NodeId> order_;  // children before parents
  std::vector<const python::Binding*> named_;  // by node: the variable that a name or attribute means
  std::vector<std::uint32_t> call_index_;      // by node
  std::vector<std::vector<python::NodeId>> targets_;  // by call
  std::unordered_map<const python::Binding*, Origins> variables_;
  std::unordered_map<const python::Binding*, std::vector<python::NodeId>> opened_;  // paths of files
  std::unordered_map<python::NodeId, Origins> returned_;  // by function
  std::vector<Origins> constant_;                         // of texts, by node
  std::map<std::string, Origins, std::less<>> files_;     // by their paths
  bool changed_ = false;
};

}  // namespace assay::behaviour
