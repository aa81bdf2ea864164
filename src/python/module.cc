#include "python/module.h"

namespace assay::python {

struct Module::State {
  Syntax syntax;
};

Module::Module(std::string_view source) : state_(std::make_unique<State>(State{parse(source)})) {}
Module::Module(Module&&) noexcept = default;
Module::~Module() = default;

const Syntax& Module::syntax() const { return state_->syntax; }

}  // namespace assay::python
