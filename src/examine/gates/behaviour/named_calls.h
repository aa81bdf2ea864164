#pragma once
#include <vector>

#include "examine/gates/behaviour/calls.h"
#include "examine/gates/behaviour/names.h"
#include "python/module.h"

namespace assay::behaviour {

struct Call {
  python::NodeId node;
  CalledName name;
  Act act;
};

// A module's calls and what they do, as far as their names tell: cheap beside a Flow, and enough for most
// questions.
class NamedCalls {
 public:
  explicit NamedCalls(const python::Module& module);

  const std::vector<Call>& all() const { return calls_; }  // in the order of the source

  // Whether some call may do one of these: by its name, or by an object that another call gives, which
  // only a Flow tells. False is certain.
  bool may(Acts acts) const { return acts_.has_any_of(acts); }
  // Whether names alone tell of all calls what they do.
  bool are_told() const { return told_; }

 private:
  std::vector<Call> calls_;
  Acts acts_;
  bool told_ = true;
};

}  // namespace assay::behaviour
