#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "python/syntax.h"

namespace assay::python {

// What a scope binds a name to, over all its bindings there.
struct Binding {
  enum class Kind : std::uint8_t {
    unknown,     // a parameter, a loop's target, what is unpacked
    value,       // an expression: assigned, or a with-item's
    annotated,   // of a type: a parameter's annotation
    definition,  // a function or class of the module
    import,      // a module or what is taken from one
  };
  Kind kind = Kind::unknown;
  NodeId node = no_node;   // the expression, the annotation, the definition; an import's alias
  std::uint32_t count = 0; // bindings in all
  std::uint32_t nones = 0; // of these, `= None`
};

// The scopes of a module and what they bind (the language reference, 4.2.1 and 4.2.2). A
// comprehension's targets count to the scope around it. An attribute that a method gives its first
// parameter ("self.x = …") counts to the class.
class Bindings {
 public:
  explicit Bindings(const Syntax& syntax);

  NodeId parent(NodeId id) const { return parents_[id]; }
  NodeId scope(NodeId id) const { return scopes_[id]; }
  // What a name means at a node: the innermost scope's that binds it. nullptr: no scope does.
  const Binding* find(std::string_view name, NodeId at) const;
  // Of a class's or the module's own body; nullptr if it does not bind the name.
  const Binding* member(NodeId scope, std::string_view name) const;
  // The class that a node's `name` is the first parameter of a method of ("self"); no_node if it is
  // none.
  NodeId class_of_self(std::string_view name, NodeId at) const;
  // The full name that an import gives: "a.b" of `import a.b as c`.
  std::string imported(NodeId alias) const;
  // Modules of `from m import *`.
  const std::vector<std::string>& starred() const { return starred_; }

 private:
  // What a scope binds a name to. All of them lie in one list, by which what was handed out stays.
  struct Named {
    NodeId scope;
    std::size_t hash;  // of the name
    std::string_view name;
    Binding binding;
  };
  class Collector;

  const Named* named(NodeId scope, std::string_view name, std::size_t hash) const;
  Binding& add(NodeId scope, std::string_view name);
  void make_room(std::size_t names);

  const Syntax& syntax_;
  std::vector<NodeId> parents_;
  std::vector<NodeId> scopes_;
  std::vector<Named> names_;
  std::vector<std::uint32_t> places_;  // a hash table of names_: its index plus one, or nothing
  std::vector<std::string> starred_;
};

}  // namespace assay::python
