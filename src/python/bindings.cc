#include "python/bindings.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <map>
#include <utility>

#include "python/dead_fallback.h"

namespace assay::python {

namespace {


// No module has a longer name, and a file may write one by the megabyte and use it ten thousand times.
constexpr std::size_t longest_name = 256;

std::string without_spaces(std::string_view text) {
  text = text.substr(0, longest_name);
  std::string name;
  for (const char c : text) {
    if (c > ' ' && c != '\\') name += c;
  }
  return name;
}

}  // namespace

class Bindings::Collector {
 public:
  Collector(Bindings& bindings, const Syntax& syntax) : all_(bindings), syntax_(syntax) {}

  // Every node once, parents before children, in the order of the source.
  void collect() {
    NodeId at = 0;
    for (;;) {
      visit(at);
      if (syntax_[at].first_child != no_node) {
        at = enter(at, syntax_[at].first_child);
        continue;
      }
      while (at != 0 && syntax_[at].next_sibling == no_node) at = all_.parents_[at];
      if (at == 0) return;
      at = enter(all_.parents_[at], syntax_[at].next_sibling);
    }
  }

 private:
  NodeId enter(NodeId parent, NodeId child) {
    all_.parents_[child] = parent;
    all_.scopes_[child] = inner_scope(parent, child);
    return child;
  }

  NodeId inner_scope(NodeId parent, NodeId child) const {
    const NodeKind kind = syntax_.kind(child);
    switch (syntax_.kind(parent)) {
      case NodeKind::function_def:
      case NodeKind::class_def:
        if (kind == NodeKind::suite || kind == NodeKind::parameters) return parent;
        break;
      case NodeKind::lambda: return parent;
      case NodeKind::parameter:
        if (kind != NodeKind::identifier) {
          const NodeId function = all_.scopes_[parent];
          return all_.scopes_[function];
        }
        break;
      default: break;
    }
    return all_.scopes_[parent];
  }

  void visit(NodeId id) {
    switch (syntax_.kind(id)) {
      case NodeKind::function_def:
      case NodeKind::class_def: {
        const NodeId name = syntax_.child_of(id, NodeKind::identifier);
        if (name != no_node) bind(id, syntax_.text(name), Binding::Kind::definition, id);
        break;
      }
      case NodeKind::parameter: parameter(id); break;
      case NodeKind::import:
      case NodeKind::import_from: import(id); break;
      case NodeKind::assign: {
        const NodeId value = syntax_.last_child(id);
        for (const NodeId target : syntax_.children(id)) {
          if (target != value) assign(target, value);
        }
        break;
      }
      case NodeKind::ann_assign: annotated(id); break;
      case NodeKind::named_expr: assign(syntax_.child(id), syntax_.child(id, 1)); break;
      case NodeKind::with_item:
        if (const NodeId target = syntax_.child(id, 1)) assign(target, syntax_.child(id));
        break;
      case NodeKind::aug_assign:
      case NodeKind::for_:
      case NodeKind::comprehension: assign(syntax_.child(id), no_node); break;
      case NodeKind::except_handler:
      case NodeKind::match_as:
      case NodeKind::match_star:
      case NodeKind::type_alias:
        if (const NodeId name = syntax_.child_of(id, NodeKind::identifier)) {
          bind(id, syntax_.text(name), Binding::Kind::unknown, no_node);
        }
        break;
      case NodeKind::global:
      case NodeKind::nonlocal:
        for (const NodeId name : syntax_.children(id)) {
          elsewhere_[{all_.scopes_[id], syntax_.text(name)}] = outer_scope(id);
        }
        break;
      default: break;
    }
  }

  // Where a `global` or `nonlocal` statement's names live.
  NodeId outer_scope(NodeId statement) const {
    if (syntax_.is(statement, NodeKind::global)) return 0;
    NodeId scope = all_.scopes_[all_.scopes_[statement]];
    while (scope != 0 && syntax_.is(scope, NodeKind::class_def)) scope = all_.scopes_[scope];
    return scope;
  }

  void parameter(NodeId id) {
    const NodeId name = syntax_.child_of(id, NodeKind::identifier);
    if (name == no_node) return;
    const NodeId annotation = syntax_.child_of(id, NodeKind::annotation);
    const bool several = syntax_[id].detail == static_cast<std::uint8_t>(ParameterKind::starred) ||
                         syntax_[id].detail == static_cast<std::uint8_t>(ParameterKind::double_starred);
    const bool typed = annotation != no_node && !several;
    bind(name, syntax_.text(name), typed ? Binding::Kind::annotated : Binding::Kind::unknown,
         typed ? syntax_.child(annotation) : no_node);
  }

  bool is_dead(NodeId import) const {
    for (NodeId at = all_.parents_[import]; at != 0; at = all_.parents_[at]) {
      if (syntax_.is(at, NodeKind::except_handler)) return is_dead_fallback(syntax_, at, all_.parents_[at]);
    }
    return false;
  }

  void import(NodeId id) {
    if (is_dead(id)) return;
    const bool from = syntax_.is(id, NodeKind::import_from);
    for (const NodeId alias : syntax_.children(id)) {
      if (!syntax_.is(alias, NodeKind::alias)) continue;
      const NodeId path = syntax_.child(alias);
      const std::string_view text = syntax_.text(path);
      if (from && text == "*") {
        all_.parents_[alias] = id;  // imported() looks up
        std::string full = all_.imported(alias);
        all_.starred_.push_back(full.substr(0, full.size() - (full.ends_with(".*") ? 2 : 1)));
        continue;
      }
      const NodeId as = syntax_.child(alias, 1);
      const auto name = as != no_node ? syntax_.text(as) : text.substr(0, text.find_first_of(". \t\\"));
      bind(id, name, Binding::Kind::import, alias);
    }
  }

  void annotated(NodeId id) {
    const NodeId target = syntax_.child(id);
    if (const NodeId value = syntax_.child(id, 2)) {
      assign(target, value);
    } else if (syntax_.is(target, NodeKind::name)) {
      bind(id, syntax_.text(target), Binding::Kind::annotated, syntax_.child(id, 1));
    }
  }

  // `value` is no_node where nothing is known of it.
  void assign(NodeId target, NodeId value) {
    switch (syntax_.kind(target)) {
      case NodeKind::name:
        bind(target, syntax_.text(target), value == no_node ? Binding::Kind::unknown : Binding::Kind::value,
             value);
        break;
      case NodeKind::attribute: {
        // "self.x = …": its own scope is not known before it is visited; the statement's is.
        pending_attributes_.push_back({target, value});
        break;
      }
      case NodeKind::starred: assign(syntax_.child(target), no_node); break;
      case NodeKind::tuple:
      case NodeKind::list: unpack(target, value); break;
      default: break;
    }
  }

  void unpack(NodeId target, NodeId value) {
    const bool pairs = value != no_node &&
                       (syntax_.is(value, NodeKind::tuple) || syntax_.is(value, NodeKind::list)) &&
                       syntax_.child_count(target) == syntax_.child_count(value);
    NodeId part = pairs ? syntax_[value].first_child : no_node;
    for (const NodeId one : syntax_.children(target)) {
      const bool plain = part != no_node && !syntax_.is(part, NodeKind::starred) &&
                         !syntax_.is(one, NodeKind::starred);
      assign(one, plain ? part : no_node);
      if (part != no_node) part = syntax_[part].next_sibling;
    }
  }

 public:
  // Attributes of a method's first parameter, once all scopes are known.
  void bind_attributes() {
    for (const auto& [target, value] : pending_attributes_) {
      const NodeId object = syntax_.child(target);
      if (!syntax_.is(object, NodeKind::name)) continue;
      const NodeId owner = all_.class_of_self(syntax_.text(object), object);
      if (owner == no_node) continue;
      const auto name = syntax_.text(syntax_.child(target, 1));
      add(owner, name, value == no_node ? Binding::Kind::unknown : Binding::Kind::value, value);
    }
  }

  // Targets are visited after the statement that binds them, so that their scopes are not known then:
  // all names are bound at the end.
  void bind_names() {
    all_.make_room(pending_names_.size() + pending_attributes_.size());
    for (const auto& [at, name, kind, node] : pending_names_) {
      NodeId scope = all_.scopes_[at];
      const auto moved = elsewhere_.find({scope, name});
      if (moved != elsewhere_.end()) scope = moved->second;
      add(scope, name, kind, node);
    }
  }

 private:
  void bind(NodeId at, std::string_view name, Binding::Kind kind, NodeId node) {
    pending_names_.push_back({at, name, kind, node});
  }

  void add(NodeId scope, std::string_view name, Binding::Kind kind, NodeId node) {
    Binding& binding = all_.add(scope, name);
    ++binding.count;
    const bool none = kind == Binding::Kind::value && syntax_.is(node, NodeKind::constant) &&
                      syntax_[node].detail == static_cast<std::uint8_t>(Constant::none);
    if (none) {
      ++binding.nones;
      if (binding.count > 1) return;  // what else it is tells more
    }
    const bool told = binding.count - binding.nones > 1;
    // Of several the imports tell most, then definitions; of several values nothing is known.
    if (kind == Binding::Kind::import || !told) {
      binding.kind = kind;
      binding.node = node;
    } else if (binding.kind == Binding::Kind::import) {
      return;
    } else if (kind == Binding::Kind::definition) {
      binding.kind = kind;
      binding.node = node;
    } else if (binding.kind != Binding::Kind::definition) {
      binding.kind = Binding::Kind::unknown;
      binding.node = no_node;
    }
  }

  struct PendingName {
    NodeId at;
    std::string_view name;
    Binding::Kind kind;
    NodeId node;
  };

  Bindings& all_;
  const Syntax& syntax_;
  std::vector<PendingName> pending_names_;
  std::vector<std::pair<NodeId, NodeId>> pending_attributes_;  // target, value
  std::map<std::pair<NodeId, std::string_view>, NodeId> elsewhere_;
};

Bindings::Bindings(const Syntax& syntax)
    : syntax_(syntax), parents_(syntax.nodes().size(), 0), scopes_(syntax.nodes().size(), 0) {
  Collector collector(*this, syntax);
  collector.collect();
  collector.bind_names();
  collector.bind_attributes();
}

void Bindings::make_room(std::size_t names) {
  names_.reserve(names);
  places_.assign(std::bit_ceil(2 * names + 1), 0);
}

// The place of a name in a scope, or the one where it would be put.
template <class Named>
static std::size_t place_of(const std::vector<Named>& names, const std::vector<std::uint32_t>& places,
                            NodeId scope, std::string_view name, std::size_t hash) {
  const std::size_t mask = places.size() - 1;
  std::size_t place = (hash ^ (scope * std::size_t{0x9E3779B97F4A7C15} >> 20)) & mask;
  for (; places[place] != 0; place = (place + 1) & mask) {
    const Named& one = names[places[place] - 1];
    if (one.hash == hash && one.scope == scope && one.name == name) break;
  }
  return place;
}

Binding& Bindings::add(NodeId scope, std::string_view name) {
  const auto hash = std::hash<std::string_view>()(name);
  const auto place = place_of(names_, places_, scope, name, hash);
  if (places_[place] == 0) {
    names_.push_back({scope, hash, name, {}});
    places_[place] = static_cast<std::uint32_t>(names_.size());
  }
  return names_[places_[place] - 1].binding;
}

const Bindings::Named* Bindings::named(NodeId scope, std::string_view name, std::size_t hash) const {
  const auto place = places_[place_of(names_, places_, scope, name, hash)];
  return place == 0 ? nullptr : &names_[place - 1];
}

const Binding* Bindings::member(NodeId scope, std::string_view name) const {
  const auto* found = named(scope, name, std::hash<std::string_view>()(name));
  return found == nullptr ? nullptr : &found->binding;
}

const Binding* Bindings::find(std::string_view name, NodeId at) const {
  NodeId scope = scopes_[at];
  const auto hash = std::hash<std::string_view>()(name);
  bool own = true;  // a class's names are seen in its own body only
  for (;;) {
    if (own || !syntax_.is(scope, NodeKind::class_def)) {
      if (const auto* found = named(scope, name, hash)) return &found->binding;
    }
    if (scope == 0) return nullptr;
    own = false;
    scope = scopes_[scope];
  }
}

NodeId Bindings::class_of_self(std::string_view name, NodeId at) const {
  for (NodeId scope = scopes_[at]; scope != 0; scope = scopes_[scope]) {
    if (!syntax_.is(scope, NodeKind::function_def)) continue;
    const NodeId parameters = syntax_.child_of(scope, NodeKind::parameters);
    const NodeId first = parameters == no_node ? no_node : syntax_.child(parameters);
    const NodeId owner = scopes_[scope];
    if (first != no_node && owner != 0 && syntax_.is(owner, NodeKind::class_def) &&
        syntax_.text(syntax_.child(first)) == name) {
      return owner;
    }
    if (member(scope, name) != nullptr) return no_node;
  }
  return no_node;
}

std::string Bindings::imported(NodeId alias) const {
  const NodeId statement = parents_[alias];
  const std::string_view path = syntax_.text(syntax_.child(alias));
  if (syntax_.is(statement, NodeKind::import_from)) {
    std::string full(syntax_[statement].detail, '.');
    const NodeId module = syntax_.child(statement);
    if (syntax_.is(module, NodeKind::dotted_name)) full += without_spaces(syntax_.text(module)) + '.';
    return full + without_spaces(path);
  }
  const bool renamed = syntax_.child(alias, 1) != no_node;
  return without_spaces(renamed ? path : path.substr(0, path.find('.')));
}

}  // namespace assay::python
