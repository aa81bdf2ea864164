#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "python/syntax.h"

namespace assay::python {

class Bindings;

// A text as far as it is known: what is not is left out, and `whole` says so.
struct PartialText {
  std::string text;
  bool whole = true;
};

// A source that was read, and what its names stand for as far as the module itself tells. Made once
// for a file and shared by all who look at it. The source must outlive it.
class Module {
 public:
  explicit Module(std::string_view source);
  Module(Module&&) noexcept;
  ~Module();

  const Syntax& syntax() const;
  const Bindings& bindings() const;  // python/bindings.h
  NodeId parent(NodeId id) const;  // the module's is the module

  // The innermost function_def, lambda or class_def that a node lies in; the module's id, 0, where
  // there is none. A decorator, default or annotation lies in what surrounds the definition.
  NodeId scope_of(NodeId id) const;
  // "Session.get" of PEP 3155, without "<locals>"; "" at the module's level.
  std::string symbol_of(NodeId id) const;

  // What an expression names, by its full name, following imports, single assignments, with-items
  // and annotations of parameters:
  //   "subprocess.Popen"            of P after `from subprocess import Popen as P`
  //   "eval"                        of the built-in function, unless the module binds the name
  //   "tarfile.open().extractall"   of t.extractall after `t = tarfile.open(x)`
  //   ".helpers.run"                of what a relative import brings
  //   "self.run"                    of an attribute of a name that nothing tells more of
  // A name that is the module's own function or class is its qualified name with a leading ":",
  // ":Session.get", also of self.get in a method of Session. "str().join" and "bytes().decode" are
  // methods of literals. "?eval" is a name of a built-in function that the module binds to what
  // nothing tells of. "" of what is no name: a subscript, an operator.
  std::string qualified(NodeId expression) const;
  // qualified() of a call's callee.
  std::string callee(NodeId call) const;

  // The expression that a name has its value from, where one binding alone gives it in its scope (or
  // in an enclosing one): the right side of an assignment, a with-item's expression. no_node where
  // there are several or none, and for parameters and loops.
  NodeId value_of(NodeId name) const;

  // The text of a string expression that is constant: literals, side by side or added, names and
  // class attributes bound once to one, `"%s" % "a"`, "".join([...]) of such. Escapes are decoded
  // as in CPython; bytes count as text. Nothing where a part is not known.
  std::optional<std::string> text_of(NodeId expression) const;
  // As far as it is known.
  PartialText partial_text_of(NodeId expression) const;
  // True, False or None, also of a name bound once to one.
  std::optional<Constant> constant_of(NodeId expression) const;
  std::optional<std::int64_t> integer_of(NodeId expression) const;  // also of `-1`, `0o777`

  // An argument of a call: by its keyword, else by its place (from 0; -1: by keyword only). no_node
  // if it is not given. Starred arguments before it hide a place.
  NodeId argument(NodeId call, std::string_view keyword, int place) const;

  // Questions that walk through the module at each of many places would take the square of its size:
  // they ask before each walk for the nodes that they have looked at since. False once it was too much
  // for one module, and then the answer is that it can't be told.
  bool may_walk(std::size_t nodes) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The value of one string literal (kind string or string_part): the language reference, 2.4.1.
std::string literal_value(const Syntax& syntax, NodeId literal);
// Of an integer literal (2.4.5); nothing beyond 63 bits.
std::optional<std::int64_t> integer_value(std::string_view text);

}  // namespace assay::python
