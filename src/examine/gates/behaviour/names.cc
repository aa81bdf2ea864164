#include "examine/gates/behaviour/names.h"

#include "examine/gates/behaviour/constant_decoder.h"

namespace assay::behaviour {

namespace {

using python::Module;
using python::no_node;
using python::NodeId;
using python::NodeKind;

constexpr int deepest = 8;

// Names without what only says that they are built in.
std::string without_builtins(std::string name) {
  for (const std::string_view prefix : {"builtins.", "__builtins__.", "__builtin__."}) {
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
  }
  return name;
}

// No name that matters is longer; a text that stands for one may be.
std::string cut(std::string_view text) { return std::string(text.substr(0, 256)); }

class NameReader {
 public:
  explicit NameReader(const Module& module) : module_(module), syntax_(module.syntax()) {}

  CalledName read(NodeId id, int depth = 0) {
    if (depth > deepest) return {};
    switch (syntax_.kind(id)) {
      case NodeKind::attribute: return attribute(id, depth);
      case NodeKind::call: return call(id, depth);
      case NodeKind::subscript: return subscript(id, depth);
      case NodeKind::name:
        if (const NodeId value = stands_for(id)) return read(value, depth + 1);
        return {without_builtins(module_.qualified(id))};
      default: return {};
    }
  }

 private:
  // The expression whose value a name has, if that may have a name of its own.
  NodeId stands_for(NodeId name) const {
    const NodeId value = module_.value_of(name);
    const auto kind = syntax_.kind(value);
    const bool named = kind == NodeKind::attribute || kind == NodeKind::call ||
                       kind == NodeKind::subscript || kind == NodeKind::name;
    return named ? value : no_node;
  }

  // "a.b.c" of which "a" is nothing but its name: most calls are of such.
  bool is_direct(NodeId id) const {
    for (int levels = 0; syntax_.is(id, NodeKind::attribute); id = syntax_.child(id)) {
      if (++levels > deepest) return true;
    }
    return syntax_.is(id, NodeKind::name) && stands_for(id) == no_node;
  }

  CalledName attribute(NodeId id, int depth) {
    if (is_direct(id)) return {without_builtins(module_.qualified(id))};
    CalledName object = read(syntax_.child(id), depth + 1);
    // What "self.run" and the module's own names are, the module knows better.
    if (!object.indirect) return {without_builtins(module_.qualified(id))};
    if (!object.full.empty()) {
      object.full = without_builtins(object.full + "." + cut(syntax_.text(syntax_.child(id, 1))));
    }
    return object;
  }

  CalledName call(NodeId id, int depth) {
    CalledName callee = read(syntax_.child(id), depth + 1);
    if (callee.full == "__import__" || callee.full == "importlib.import_module" ||
        callee.full == "importlib.__import__") {
      return by_text(module_.argument(id, "name", 0), "", callee.assembled);
    }
    if (callee.full == "getattr") {
      const CalledName object = read(module_.argument(id, "", 0), depth + 1);
      auto found = by_text(module_.argument(id, "", 1), object.full, callee.assembled || object.assembled);
      if (object.full.empty()) found.full.clear();
      return found;
    }
    if (callee.full == "vars") {
      callee = read(module_.argument(id, "", 0), depth + 1);
      callee.indirect = true;
      return callee;
    }
    if (!callee.full.empty()) callee.full += "()";
    return callee;
  }

  CalledName subscript(NodeId id, int depth) {
    CalledName object = read(syntax_.child(id), depth + 1);
    const NodeId key = syntax_.child(id, 1);
    std::string& full = object.full;
    if (full == "globals()" || full == "locals()" || full == "__builtins__" || full == "builtins" ||
        full == "sys.modules") {
      return by_text(key, "", object.assembled);
    }
    if (full.ends_with("__dict__")) {
      full.resize(full.size() - 8);
      if (full.ends_with('.')) full.pop_back();
      if (full == "__builtins__" || full == "builtins") full.clear();
      return by_text(key, full, object.assembled);
    }
    if (object.indirect && syntax_.is(syntax_.child(id), NodeKind::call)) {  // vars(os)["system"]
      return by_text(key, full == "builtins" ? "" : full, object.assembled);
    }
    return {};
  }

  CalledName by_text(NodeId key, const std::string& object, bool assembled) {
    CalledName found{"", true, assembled};
    if (key == no_node) return found;
    const auto text = module_.text_of(key);
    const bool plain = text && syntax_.is(key, NodeKind::string) && !syntax_.text(key).contains('\\');
    if (plain || (text && syntax_.is(key, NodeKind::name))) {
      found.full = without_builtins(object.empty() ? cut(*text) : object + "." + cut(*text));
      return found;
    }
    ConstantDecoder decoder(module_);
    const auto decoded = decoder.decode(key);
    if (decoded) {
      found.assembled = true;
      found.full = without_builtins(object.empty() ? cut(*decoded) : object + "." + cut(*decoded));
    }
    return found;
  }

  const Module& module_;
  const python::Syntax& syntax_;
};

}  // namespace

CalledName called_name(const Module& module, NodeId call) {
  return NameReader(module).read(module.syntax().child(call));
}

CalledName named_by(const Module& module, NodeId expression) { return NameReader(module).read(expression); }

}  // namespace assay::behaviour
