#include "python/module.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "base/text.h"
#include "python/bindings.h"

namespace assay::python {

namespace {

constexpr std::size_t longest_name = 512;  // a longer one is none that anybody knows
constexpr int deepest = 12;  // names followed from one to the next, and expressions in each other

// Names that mean a built-in function where a module does not bind them (the library reference).
constexpr std::array builtins = std::to_array<std::string_view>(
    {"__import__", "breakpoint", "compile", "delattr", "dir", "eval", "exec", "execfile", "getattr",
     "globals", "help", "input", "locals", "memoryview", "open", "print", "raw_input", "reload", "setattr",
     "unicode", "vars"});

}  // namespace

struct Module::State {
  explicit State(std::string_view source) : syntax(parse(source)), bindings(syntax) {}

  static constexpr std::size_t most_walked = 20'000'000;

  Syntax syntax;
  Bindings bindings;
  std::size_t walked = 0;  // nodes, by questions that asked may_walk()
  // qualified() of what was asked for; where each node's stands, plus one. A map cost a fiftieth of a check.
  mutable std::vector<std::string> names;
  mutable std::vector<std::uint32_t> name_of;

  std::string symbol_of(NodeId scope) const {
    std::string symbol;
    for (; scope != 0; scope = bindings.scope(scope)) {
      const NodeId name = syntax.child_of(scope, NodeKind::identifier);
      const std::string own = syntax.is(scope, NodeKind::lambda) || name == no_node
                                  ? "<lambda>"
                                  : std::string(syntax.text(name).substr(0, longest_name));
      symbol = symbol.empty() ? own : own + "." + symbol;
    }
    return symbol;
  }

  std::string qualified(NodeId id, int depth) const {
    if (depth > deepest) return "";
    if (name_of.empty()) name_of.resize(syntax.nodes().size());
    if (const auto known = name_of[id]; known != 0) return names[known - 1];
    auto name = read_qualified(id, depth);
    if (name.size() > longest_name) name.clear();
    if (depth == 0) {
      names.push_back(name);
      name_of[id] = static_cast<std::uint32_t>(names.size());
    }
    return name;
  }

  std::string read_qualified(NodeId id, int depth) const {
    switch (syntax.kind(id)) {
      case NodeKind::name: return of_name(id, depth);
      case NodeKind::attribute: return of_attribute(id, depth);
      case NodeKind::call: {
        const auto callee = qualified(syntax.child(id), depth + 1);
        return callee.empty() ? "" : callee + "()";
      }
      case NodeKind::await: return qualified(syntax.child(id), depth + 1);
      case NodeKind::named_expr: return qualified(syntax.child(id, 1), depth + 1);
      case NodeKind::string:
      case NodeKind::concatenated:
        return (syntax[syntax.is(id, NodeKind::string) ? id : syntax.child(id)].flags & NodeFlag::bytes) != 0
                   ? "bytes()"
                   : "str()";
      case NodeKind::fstring: return "str()";
      default: return "";
    }
  }

  // What a binding stands for; "" if it tells nothing.
  std::string of_binding(const Binding& binding, int depth) const {
    switch (binding.kind) {
      case Binding::Kind::import: return bindings.imported(binding.node);
      case Binding::Kind::definition: return ":" + symbol_of(binding.node);
      case Binding::Kind::value: return qualified(binding.node, depth + 1);
      case Binding::Kind::annotated: {
        const auto type = of_annotation(binding.node, depth + 1);
        return type.empty() || type.starts_with('?') ? "" : type + "()";
      }
      case Binding::Kind::unknown: break;
    }
    return "";
  }

  // "Optional[T]", "T | None" and "Annotated[T, …]" tell of a T.
  std::string of_annotation(NodeId id, int depth) const {
    if (depth > deepest) return "";
    if (syntax.is(id, NodeKind::bin_op) &&
        syntax[id].detail == static_cast<std::uint8_t>(Operator::bit_or)) {
      const NodeId right = syntax.child(id, 1);
      return of_annotation(syntax.is(right, NodeKind::constant) ? syntax.child(id) : right, depth + 1);
    }
    if (syntax.is(id, NodeKind::subscript)) {
      const auto outer = qualified(syntax.child(id), depth + 1);
      if (!outer.ends_with("Optional") && !outer.ends_with("Annotated")) return "";
      NodeId inner = syntax.child(id, 1);
      if (syntax.is(inner, NodeKind::tuple)) inner = syntax.child(inner);
      return inner == no_node ? "" : of_annotation(inner, depth + 1);
    }
    const bool named = syntax.is(id, NodeKind::name) || syntax.is(id, NodeKind::attribute);
    return named ? qualified(id, depth + 1) : "";
  }

  std::string of_name(NodeId id, int depth) const {
    const auto text = syntax.text(id);
    if (text.size() > longest_name) return "";
    const auto is_builtin = [&] { return std::ranges::find(builtins, text) != builtins.end(); };
    const Binding* binding = bindings.find(text, id);
    if (binding == nullptr) {
      if (bindings.starred().size() == 1 && !text.starts_with("__") && !is_builtin()) {
        return bindings.starred().front() + (bindings.starred().front().ends_with('.') ? "" : ".") +
               std::string(text);
      }
      return std::string(text);
    }
    auto full = of_binding(*binding, depth);
    if (!full.empty()) return full;
    return is_builtin() ? "?" + std::string(text) : std::string(text);
  }

  std::string of_attribute(NodeId id, int depth) const {
    const NodeId object = syntax.child(id);
    const auto attribute = syntax.text(syntax.child(id, 1));
    if (attribute.size() > longest_name) return "";
    if (const Binding* binding = of_self(object, attribute)) {
      auto full = of_binding(*binding, depth);
      if (!full.empty()) return full;
    }
    auto full = qualified(object, depth + 1);
    if (full.empty()) return "";
    if (!full.ends_with('.')) full += '.';  // "from . import x" ends so already
    return full + std::string(attribute);
  }

  // Of "self.x", and of "Name.x" where Name is a class of the module.
  const Binding* of_self(NodeId object, std::string_view attribute) const {
    if (!syntax.is(object, NodeKind::name)) return nullptr;
    const auto name = syntax.text(object);
    if (const NodeId owner = bindings.class_of_self(name, object)) return bindings.member(owner, attribute);
    const Binding* binding = bindings.find(name, object);
    const bool is_class = binding != nullptr && binding->kind == Binding::Kind::definition &&
                          syntax.is(binding->node, NodeKind::class_def);
    return is_class ? bindings.member(binding->node, attribute) : nullptr;
  }

  // The one binding of a name or attribute; nullptr if there are several, or none.
  const Binding* single(NodeId id) const {
    const Binding* binding = nullptr;
    if (syntax.is(id, NodeKind::name)) {
      binding = bindings.find(syntax.text(id), id);
    } else if (syntax.is(id, NodeKind::attribute)) {
      binding = of_self(syntax.child(id), syntax.text(syntax.child(id, 1)));
    }
    return binding != nullptr && binding->count == 1 && binding->kind == Binding::Kind::value ? binding
                                                                                              : nullptr;
  }

  // What gives an expression its value, followed through names.
  NodeId source_of(NodeId id) const {
    for (int depth = 0; depth < deepest; ++depth) {
      const Binding* binding = single(id);
      if (binding == nullptr) return id;
      id = binding->node;
    }
    return id;
  }
};

namespace {

// Puts the known parts of a text together.
class TextReader {
 public:
  TextReader(const Module& module, PartialText& text) : module_(module), syntax_(module.syntax()), text_(text) {}

  void read(NodeId id, int depth = 0) {
    if (depth > deepest || text_.text.size() > longest) return unknown();
    switch (syntax_.kind(id)) {
      case NodeKind::string:
      case NodeKind::string_part: text_.text += literal_value(syntax_, id); return;
      case NodeKind::concatenated:
      case NodeKind::fstring:
        for (const NodeId part : syntax_.children(id)) read(part, depth + 1);
        return;
      case NodeKind::replacement:
        if (syntax_.child_of(id, NodeKind::format_spec) != no_node || syntax_[id].detail != 0) return unknown();
        return read_value(syntax_.child(id), depth);
      case NodeKind::bin_op: return read_operator(id, depth);
      case NodeKind::named_expr: return read(syntax_.child(id, 1), depth + 1);
      case NodeKind::call: return read_call(id, depth);
      case NodeKind::name:
      case NodeKind::attribute:
        if (const NodeId value = module_.value_of(id)) return read(value, depth + 1);
        return unknown();
      default: return unknown();
    }
  }

 private:
  static constexpr std::size_t longest = 1 << 20;  // bytes

  void unknown() { text_.whole = false; }

  // A text, or a number as it is written.
  void read_value(NodeId id, int depth) {
    if (const auto number = module_.integer_of(id)) {
      text_.text += std::to_string(*number);
    } else {
      read(id, depth + 1);
    }
  }

  void read_operator(NodeId id, int depth) {
    const auto operation = static_cast<Operator>(syntax_[id].detail);
    const NodeId left = syntax_.child(id);
    const NodeId right = syntax_.child(id, 1);
    if (operation == Operator::add) {
      read(left, depth + 1);
      read(right, depth + 1);
    } else if (operation == Operator::modulo) {
      read_percent(left, right, depth);
    } else if (operation == Operator::multiply) {
      const auto times = module_.integer_of(right);
      PartialText once;
      TextReader(module_, once).read(left, depth + 1);
      if (!times || !once.whole || *times < 0 || *times > 4096) return unknown();
      for (std::int64_t i = 0; i < *times && text_.text.size() < longest; ++i) text_.text += once.text;
    } else {
      unknown();
    }
  }

  // "%s" and "%d" only; what else stands there is not known.
  void read_percent(NodeId left, NodeId right, int depth) {
    PartialText format;
    TextReader(module_, format).read(left, depth + 1);
    if (!format.whole) unknown();
    NodeId argument = syntax_.is(right, NodeKind::tuple) ? syntax_.child(right) : right;
    const bool several = syntax_.is(right, NodeKind::tuple);
    const std::string_view text = format.text;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '%' || i + 1 == text.size()) {
        text_.text += text[i];
        continue;
      }
      const char conversion = text[++i];
      if (conversion == '%') {
        text_.text += '%';
      } else if ((conversion == 's' || conversion == 'd') && argument != no_node) {
        read_value(argument, depth);
        argument = several ? syntax_[argument].next_sibling : no_node;
      } else {
        unknown();
      }
    }
  }

  void read_call(NodeId id, int depth) {
    const NodeId callee = syntax_.child(id);
    if (!syntax_.is(callee, NodeKind::attribute)) return unknown();
    const auto method = syntax_.text(syntax_.child(callee, 1));
    const NodeId object = syntax_.child(callee);
    if (method == "join") {
      read_join(object, module_.argument(id, "", 0), depth);
    } else if (method == "format") {
      read_format(object, id, depth);
    } else if (method == "encode" || method == "decode" || method == "strip") {
      read(object, depth + 1);
    } else {
      unknown();
    }
  }

  void read_join(NodeId separator, NodeId list, int depth) {
    if (list != no_node && module_.value_of(list) != no_node) list = module_.value_of(list);
    if (list == no_node || !(syntax_.is(list, NodeKind::list) || syntax_.is(list, NodeKind::tuple))) {
      return unknown();
    }
    bool first = true;
    for (const NodeId part : syntax_.children(list)) {
      if (!first) read(separator, depth + 1);
      first = false;
      read(part, depth + 1);
    }
  }

  // "{}", "{0}" and "{name}".
  void read_format(NodeId object, NodeId call, int depth) {
    PartialText format;
    TextReader(module_, format).read(object, depth + 1);
    if (!format.whole) unknown();
    const std::string_view text = format.text;
    int next = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if ((c == '{' || c == '}') && i + 1 < text.size() && text[i + 1] == c) {
        text_.text += text[i++];
        continue;
      }
      if (c != '{') {
        text_.text += c;
        continue;
      }
      const auto end = text.find('}', i);
      if (end == std::string_view::npos) return unknown();
      const auto field = text.substr(i + 1, end - i - 1);
      i = end;
      NodeId argument = no_node;
      if (field.empty()) {
        argument = module_.argument(call, "", next++);
      } else if (field.find_first_not_of("0123456789") == std::string_view::npos && field.size() < 3) {
        argument = module_.argument(call, "", std::stoi(std::string(field)));
      } else if (field.find_first_of("!:.[") == std::string_view::npos) {
        argument = module_.argument(call, field, -1);
      }
      if (argument == no_node) {
        unknown();
      } else {
        read_value(argument, depth);
      }
    }
  }

  const Module& module_;
  const Syntax& syntax_;
  PartialText& text_;
};

}  // namespace

Module::Module(std::string_view source) : state_(std::make_unique<State>(source)) {}
Module::Module(Module&&) noexcept = default;
Module::~Module() = default;

bool Module::may_walk(std::size_t nodes) const {
  state_->walked += nodes;
  return state_->walked <= State::most_walked;
}

const Syntax& Module::syntax() const { return state_->syntax; }
const Bindings& Module::bindings() const { return state_->bindings; }
NodeId Module::parent(NodeId id) const { return state_->bindings.parent(id); }
NodeId Module::scope_of(NodeId id) const { return state_->bindings.scope(id); }
std::string Module::symbol_of(NodeId id) const { return state_->symbol_of(scope_of(id)); }
std::string Module::qualified(NodeId expression) const { return state_->qualified(expression, 0); }
std::string Module::callee(NodeId call) const { return qualified(state_->syntax.child(call)); }

NodeId Module::value_of(NodeId name) const {
  const Binding* binding = state_->single(name);
  return binding == nullptr ? no_node : binding->node;
}

PartialText Module::partial_text_of(NodeId expression) const {
  PartialText text;
  TextReader(*this, text).read(expression);
  return text;
}

std::optional<std::string> Module::text_of(NodeId expression) const {
  auto text = partial_text_of(expression);
  if (!text.whole) return std::nullopt;
  return std::move(text.text);
}

std::optional<Constant> Module::constant_of(NodeId expression) const {
  const NodeId source = state_->source_of(expression);
  if (!state_->syntax.is(source, NodeKind::constant)) return std::nullopt;
  return static_cast<Constant>(state_->syntax[source].detail);
}

std::optional<std::int64_t> Module::integer_of(NodeId expression) const {
  const Syntax& syntax = state_->syntax;
  const NodeId source = state_->source_of(expression);
  const auto detail = syntax[source].detail;
  if (syntax.is(source, NodeKind::number)) {
    if (detail != static_cast<std::uint8_t>(NumberForm::integer)) return std::nullopt;
    return integer_value(syntax.text(source));
  }
  if (syntax.is(source, NodeKind::unary_op) && detail == static_cast<std::uint8_t>(Operator::negate) &&
      syntax.is(syntax.child(source), NodeKind::number)) {
    const auto value = integer_of(syntax.child(source));
    return value ? std::optional(-*value) : std::nullopt;
  }
  return std::nullopt;
}

NodeId Module::argument(NodeId call, std::string_view keyword, int place) const {
  const Syntax& syntax = state_->syntax;
  const NodeId arguments = syntax.child_of(call, NodeKind::arguments);
  if (arguments == no_node) return no_node;
  NodeId by_place = no_node;
  int at = 0;
  bool hidden = false;
  for (const NodeId argument : syntax.children(arguments)) {
    switch (syntax.kind(argument)) {
      case NodeKind::keyword:
        if (!keyword.empty() && syntax.text(syntax.child(argument)) == keyword) return syntax.child(argument, 1);
        break;
      case NodeKind::starred: hidden = true; break;
      case NodeKind::double_starred: break;
      default:
        if (!hidden && at == place) by_place = argument;
        ++at;
    }
  }
  return by_place;
}

}  // namespace assay::python
