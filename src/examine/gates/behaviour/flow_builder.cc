#include "examine/gates/behaviour/flow_builder.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace assay::behaviour {

namespace {

using python::Binding;
using python::no_node;
using python::NodeId;
using python::NodeKind;

constexpr int most_passes = 8;
constexpr Origins connections = Origin::socket | Origin::session;

}  // namespace

void FlowBuilder::build(const NamedCalls& named) {
  const std::size_t count = syntax_.nodes().size();
  origins.assign(count, 0);
  named_.assign(count, nullptr);
  constant_.assign(count, 0);
  call_index_.assign(count, 0);
  calls = named.all();
  for (std::size_t i = 0; i < calls.size(); ++i) {
    call_index_[calls[i].node] = static_cast<std::uint32_t>(i);
    targets_.push_back(reach_.targets_of(calls[i].node));
  }
  order_nodes();
  for (const NodeId id : order_) prepare(id);
  for (int pass = 0; pass < most_passes; ++pass) {
    changed_ = false;
    for (const NodeId id : order_) visit(id);
    if (!changed_) break;
  }
}

void FlowBuilder::order_nodes() {
  order_.reserve(syntax_.nodes().size());
  NodeId at = 0;
  for (;;) {
    while (syntax_[at].first_child != no_node) at = syntax_[at].first_child;
    order_.push_back(at);
    while (at != 0 && syntax_[at].next_sibling == no_node) {
      at = module_.parent(at);
      order_.push_back(at);
    }
    if (at == 0) return;
    at = syntax_[at].next_sibling;
  }
}

// What does not change from pass to pass.
void FlowBuilder::prepare(NodeId id) {
  const NodeKind kind = syntax_.kind(id);
  if (kind == NodeKind::name || kind == NodeKind::attribute) {
    named_[id] = variable_of(id);
  } else if (kind == NodeKind::list || kind == NodeKind::tuple) {
    std::size_t numbers = 0;
    for (const NodeId part : syntax_.children(id)) numbers += syntax_.is(part, NodeKind::number) ? 1 : 0;
    if (numbers >= 12) constant_[id] = Origin::literal;
  } else {
    constant_[id] = origins_of_literal(syntax_, id);
  }
}

const Binding* FlowBuilder::variable_of(NodeId id) const {
  if (syntax_.is(id, NodeKind::name)) return bindings_.find(syntax_.text(id), id);
  if (!syntax_.is(id, NodeKind::attribute)) return nullptr;
  const NodeId object = syntax_.child(id);
  if (!syntax_.is(object, NodeKind::name)) return nullptr;
  const NodeId owner = bindings_.class_of_self(syntax_.text(object), object);
  return owner == no_node ? nullptr : bindings_.member(owner, syntax_.text(syntax_.child(id, 1)));
}

void FlowBuilder::add(const Binding* variable, Origins bits) {
  if (variable == nullptr || bits == 0) return;
  Origins& known = variables_[variable];
  if ((known | bits) == known) return;
  known |= bits;
  changed_ = true;
}

Origins FlowBuilder::parts(NodeId id) const {
  Origins all = 0;
  for (const NodeId child : syntax_.children(id)) all |= origins[child];
  return all;
}

void FlowBuilder::visit(NodeId id) {
  Origins bits = 0;
  switch (syntax_.kind(id)) {
    case NodeKind::string:
    case NodeKind::string_part:
      bits = constant_[id];
      if (!files_.empty() && syntax_[id].end - syntax_[id].begin < 500) {
        for (const auto& [path, own] : files_) {
          if (syntax_.text(id).contains(path)) bits |= own;
        }
      }
      break;
    case NodeKind::name: {
      const auto known = named_[id] == nullptr ? variables_.end() : variables_.find(named_[id]);
      if (known != variables_.end()) bits = known->second;
      if (syntax_.text(id) == "environ" && module_.qualified(id) == "os.environ") bits |= Origin::environment;
      break;
    }
    case NodeKind::attribute: bits = of_attribute(id); break;
    case NodeKind::subscript: bits = of_subscript(id); break;
    case NodeKind::call: bits = of_call(calls[call_index_[id]]); break;
    case NodeKind::assign: {
      const NodeId value = syntax_.last_child(id);
      for (const NodeId target : syntax_.children(id)) {
        if (target != value) assign(target, value);
      }
      break;
    }
    case NodeKind::ann_assign:
      if (const NodeId value = syntax_.child(id, 2)) assign(syntax_.child(id), value);
      break;
    case NodeKind::aug_assign: store(syntax_.child(id), origins[syntax_.child(id, 1)]); break;
    case NodeKind::named_expr:
      assign(syntax_.child(id), syntax_.child(id, 1));
      bits = origins[syntax_.child(id, 1)];
      break;
    case NodeKind::for_:
    case NodeKind::comprehension: store(syntax_.child(id), origins[syntax_.child(id, 1)]); break;
    case NodeKind::with_item:
      if (const NodeId target = syntax_.child(id, 1)) assign(target, syntax_.child(id));
      break;
    case NodeKind::return_:
    case NodeKind::yield:
    case NodeKind::yield_from: {
      bits = parts(id);
      Origins& known = returned_[reach_.unit_of(id)];
      if ((known | bits) != known) {
        known |= bits;
        changed_ = true;
      }
      break;
    }
    case NodeKind::lambda: {
      Origins& known = returned_[id];
      const Origins body = origins[syntax_.last_child(id)];
      if ((known | body) != known) {
        known |= body;
        changed_ = true;
      }
      break;
    }
    case NodeKind::parameter: {
      const NodeId name = syntax_.child_of(id, NodeKind::identifier);
      const NodeId standard = syntax_.child_of(id, NodeKind::default_);
      if (name != no_node && standard != no_node) {
        add(bindings_.member(module_.scope_of(id), syntax_.text(name)), origins[syntax_.child(standard)]);
      }
      return;
    }
    case NodeKind::if_exp: bits = origins[syntax_.child(id)] | origins[syntax_.child(id, 2)]; break;
    case NodeKind::list:
    case NodeKind::tuple:
      bits = parts(id) | constant_[id];
      if (is_other_command(id)) bits &= ~(Origin::remote_file | Origin::dropped_file);
      break;
    case NodeKind::keyword: bits = origins[syntax_.child(id, 1)]; break;
    case NodeKind::bin_op: {
      bits = parts(id);
      const bool exclusive =
          syntax_[id].detail == static_cast<std::uint8_t>(python::Operator::bit_xor);
      if (exclusive) bits |= Origin::decoded;
      break;
    }
    case NodeKind::bool_op:
    case NodeKind::dict:
    case NodeKind::dict_item:
    case NodeKind::set:
    case NodeKind::list_comp:
    case NodeKind::set_comp:
    case NodeKind::dict_comp:
    case NodeKind::generator:
    case NodeKind::await:
    case NodeKind::starred:
    case NodeKind::double_starred:
    case NodeKind::fstring:
    case NodeKind::replacement:
    case NodeKind::concatenated: bits = parts(id); break;
    default: return;
  }
  if ((origins[id] | bits) == origins[id]) return;
  origins[id] |= bits;
  changed_ = true;
}

// ["tar", "xf", path]: a command that a path is only given to.
bool FlowBuilder::is_other_command(NodeId list) const {
  const NodeId first = syntax_.child(list);
  if (first == no_node || !syntax_.is(first, NodeKind::string) || syntax_[first].next_sibling == no_node) return false;
  const auto program = module_.text_of(first);
  return program && !is_interpreter(*program);
}

Origins FlowBuilder::of_attribute(NodeId id) const {
  const Origins object = origins[syntax_.child(id)];
  const auto name = syntax_.text(syntax_.child(id, 1));
  if (name == "environ" || name == "environb") {
    return module_.qualified(id).starts_with("os.environ") ? Origin::environment : object;
  }
  Origins bits = object;
  if ((object & Origin::environment) != 0 &&
      is_any_of(name, {"get", "pop", "setdefault", "update", "keys", "clear", "has_key"})) {
    bits &= ~Origin::environment;
  }
  if (named_[id] != nullptr) {
    const auto known = variables_.find(named_[id]);
    // What is known of an attribute of self is told by its own assignments.
    bits = known == variables_.end() ? 0 : known->second;
  }
  return bits;
}

Origins FlowBuilder::of_subscript(NodeId id) const {
  const NodeId object = syntax_.child(id);
  const NodeId index = syntax_.child(id, 1);
  const NodeId step = syntax_.is(index, NodeKind::slice) ? syntax_.child_of(index, NodeKind::step) : no_node;
  // Lists are turned around every day; texts that stand in the source are not.
  const bool reversed = step != no_node && module_.integer_of(syntax_.child(step)) == -1 &&
                        module_.text_of(object).has_value();
  const Origins bits = origins[object] | (reversed ? Origin::decoded : 0);
  if ((bits & Origin::environment) == 0) return bits;
  const auto key = module_.text_of(syntax_.child(id, 1));
  const bool user = key && is_any_of(*key, {"USER", "USERNAME", "LOGNAME", "COMPUTERNAME", "HOSTNAME"});
  return (bits & ~Origin::environment) | (user ? Origin::host : 0);
}

Origins FlowBuilder::arguments_of(NodeId call) const {
  const NodeId arguments = syntax_.child_of(call, NodeKind::arguments);
  return arguments == no_node ? 0 : parts(arguments);
}

Act FlowBuilder::act_of_method(const Call& call) const {
  const NodeId callee = syntax_.child(call.node);
  if (!syntax_.is(callee, NodeKind::attribute)) return Act::none;
  const Origins object = origins[syntax_.child(callee)];
  const auto method = syntax_.text(syntax_.child(callee, 1));
  if ((object & Origin::session) != 0) {
    if (is_any_of(method, {"get", "request", "stream", "open", "getresponse", "urlopen", "head"})) {
      return Act::fetch;
    }
    if (is_any_of(method, {"post", "put", "patch", "send"})) return Act::send;
  }
  if ((object & Origin::socket) != 0) {
    if (method.starts_with("recv") || method == "read") return Act::fetch;
    if (method.starts_with("send")) return Act::send;
    if (method == "connect" || method == "connect_ex") return Act::connect;
    if (method == "accept" || method == "makefile") return Act::socket;
  }
  return Act::none;
}

Origins FlowBuilder::of_call(Call& call) {
  if (call.act == Act::none || call.act == Act::quiet) {
    const Act by_object = act_of_method(call);
    if (by_object != Act::none) {
      call.act = by_object;
      changed_ = true;
    }
  }
  const NodeId id = call.node;
  switch (call.act) {
    case Act::fetch: return Origin::remote;
    case Act::fetch_file:
      mark_path(module_.argument(id, "filename", 1), Origin::remote_file);
      mark_path(module_.argument(id, "out", 1), Origin::remote_file);
      return Origin::remote_file;
    case Act::session: return Origin::session;
    case Act::connect:
      if (call.name.full == "socket.create_connection") return Origin::socket;
      break;
    case Act::socket: return Origin::socket;
    case Act::decode: return (arguments_of(id) | of_unknown(id)) | Origin::decoded;
    case Act::host: return Origin::host;
    case Act::capture: return Origin::captured;
    case Act::spawn: {
      const Origins given = arguments_of(id);
      const auto command = module_.partial_text_of(module_.argument(id, "args", 0)).text;
      const bool asks = command.starts_with("whoami") || command.starts_with("hostname") ||
                        command.starts_with("systeminfo") || command.starts_with("ipconfig") ||
                        command.starts_with("uname");
      return (given & (Origin::credentials | Origin::stores)) | (asks ? Origin::host : 0);
    }
    case Act::quiet:
    case Act::sleep: return 0;
    default: break;
  }
  note_effects(id);
  const auto& functions = targets_[call_index_[id]];
  return functions.empty() ? of_unknown(id) : of_own_functions(id, functions);
}

// What comes out of a function that is not known depends on all it is given.
Origins FlowBuilder::of_unknown(NodeId call) {
  const NodeId callee = syntax_.child(call);
  Origins object = 0;
  if (syntax_.is(callee, NodeKind::attribute)) {
    object = origins[callee];
  } else if (syntax_.is(callee, NodeKind::call) || syntax_.is(callee, NodeKind::subscript)) {
    object = origins[callee];
  }
  const Origins given = arguments_of(call);
  const NodeId arguments = syntax_.child_of(call, NodeKind::arguments);
  // map(chr, …)
  Origins made = 0;
  if (arguments != no_node) {
    const NodeId first = syntax_.child(arguments);
    if (first != no_node && syntax_.is(first, NodeKind::name) && syntax_.text(first) == "chr") {
      made = Origin::decoded;
    }
  }
  const auto& name = calls[call_index_[call]].name.full;
  if ((name == "bytes" || name == "bytearray") && (given & Origin::literal) != 0) made = Origin::decoded;
  const bool keeps = name.ends_with(".wrap_socket") || name.ends_with("closing");
  const bool is_descriptor =
      syntax_.is(callee, NodeKind::attribute) && syntax_.text(syntax_.child(callee, 1)) == "fileno";
  return made | (is_descriptor ? object : object & ~connections) | (keeps ? given : given & ~connections);
}

Origins FlowBuilder::of_own_functions(NodeId call, const std::vector<NodeId>& functions) {
  Origins bits = 0;
  for (const NodeId function : functions) {
    bind_arguments(call, function);
    if (const auto known = returned_.find(function); known != returned_.end()) bits |= known->second;
  }
  return bits;
}

void FlowBuilder::bind_arguments(NodeId call, NodeId function) {
  const NodeId parameters = syntax_.child_of(function, NodeKind::parameters);
  const NodeId arguments = syntax_.child_of(call, NodeKind::arguments);
  if (parameters == no_node || arguments == no_node) return;
  NodeId next = syntax_.child(parameters);
  const NodeId owner = module_.scope_of(function);
  if (owner != 0 && syntax_.is(owner, NodeKind::class_def) && next != no_node) next = syntax_[next].next_sibling;
  const auto give = [&](NodeId parameter, Origins bits) {
    const NodeId name = syntax_.child_of(parameter, NodeKind::identifier);
    if (name != no_node) add(bindings_.member(function, syntax_.text(name)), bits);
  };
  for (const NodeId argument : syntax_.children(arguments)) {
    const Origins bits = origins[argument];
    if (syntax_.is(argument, NodeKind::keyword)) {
      add(bindings_.member(function, syntax_.text(syntax_.child(argument))), bits);
    } else if (syntax_.is(argument, NodeKind::starred) || syntax_.is(argument, NodeKind::double_starred)) {
      if (bits == 0) continue;
      for (const NodeId parameter : syntax_.children(parameters)) give(parameter, bits);
    } else if (next != no_node) {
      give(next, bits);
      const bool rest = syntax_[next].detail == static_cast<std::uint8_t>(python::ParameterKind::starred);
      if (!rest) next = syntax_[next].next_sibling;
    }
  }
}

// What a call does to the object it is called on, and to files.
void FlowBuilder::note_effects(NodeId call) {
  const NodeId callee = syntax_.child(call);
  const auto& name = calls[call_index_[call]].name.full;
  const auto written_bits = [](Origins given) {
    Origins bits = 0;
    if ((given & Origin::remote) != 0) bits |= Origin::remote_file;
    if ((given & Origin::decoded) != 0 && (given & Origin::literal) != 0) bits |= Origin::dropped_file;
    return bits;
  };
  if (name == "shutil.copyfileobj") {
    const NodeId to = module_.argument(call, "fdst", 1);
    const NodeId from = module_.argument(call, "fsrc", 0);
    if (to != no_node && from != no_node) note_written(to, written_bits(origins[from]));
    return;
  }
  if (name == "os.rename" || name == "os.replace" || name == "shutil.move" || name.starts_with("shutil.copy")) {
    const NodeId from = module_.argument(call, "src", 0);
    const Origins kept = from == no_node ? 0 : origins[from] & (Origin::remote_file | Origin::dropped_file);
    if (kept != 0) mark_path(module_.argument(call, "dst", 1), kept);
    return;
  }
  if (!syntax_.is(callee, NodeKind::attribute)) return;
  const auto method = syntax_.text(syntax_.child(callee, 1));
  const NodeId object = syntax_.child(callee);
  const Origins given = arguments_of(call);
  if (given == 0) return;
  if (is_any_of(method, {"write", "writelines", "write_bytes", "write_text"})) {
    note_written(object, written_bits(given));
  } else if (is_any_of(method, {"append", "extend", "add", "insert", "update", "setdefault", "appendleft"})) {
    store(object, given & ~connections);
  }
}

void FlowBuilder::note_written(NodeId object, Origins bits) {
  if (bits == 0) return;
  mark_path(object, bits);
  const Binding* variable = variable_of(object);
  if (variable == nullptr) return;
  const auto paths = opened_.find(variable);
  if (paths == opened_.end()) return;
  for (const NodeId path : paths->second) mark_path(path, bits);
}

// The variables and texts that a path, or a file that was opened by one, is made of.
void FlowBuilder::mark_path(NodeId path, Origins bits, int depth) {
  if (path == no_node || depth > 6) return;
  switch (syntax_.kind(path)) {
    case NodeKind::name:
      add(variable_of(path), bits);
      if (const NodeId value = module_.value_of(path)) {
        if (syntax_.is(value, NodeKind::string)) mark_path(value, bits, depth + 1);
      }
      return;
    case NodeKind::attribute:
      add(variable_of(path), bits);
      if (variable_of(path) == nullptr) mark_path(syntax_.child(path), bits, depth + 1);
      return;
    case NodeKind::string: {
      const auto text = module_.text_of(path);
      const auto name = text ? std::string_view(*text).substr(text->find_last_of("/\\") + 1) : "";
      // Short names stand in too many texts.
      if (name.size() < 5 || files_.size() > 50) return;
      Origins& known = files_[std::string(name)];
      if ((known | bits) != known) {
        known |= bits;
        changed_ = true;
      }
      return;
    }
    case NodeKind::bin_op: mark_path(syntax_.child(path, 1), bits, depth + 1); return;
    case NodeKind::fstring: mark_path(syntax_.last_child(path), bits, depth + 1); return;
    case NodeKind::replacement: mark_path(syntax_.child(path), bits, depth + 1); return;
    case NodeKind::call: {
      const NodeId arguments = syntax_.child_of(path, NodeKind::arguments);
      if (arguments == no_node) return;
      const auto& name = calls[call_index_[path]].name.full;
      const bool joins = name.ends_with("join");
      mark_path(joins ? syntax_.last_child(arguments) : syntax_.child(arguments), bits, depth + 1);
      return;
    }
    default: return;
  }
}

void FlowBuilder::remember_opened(NodeId target, NodeId value) {
  if (!syntax_.is(value, NodeKind::call) || calls[call_index_[value]].act != Act::open) return;
  const Binding* variable = variable_of(target);
  const NodeId path = module_.argument(value, "file", 0);
  if (variable == nullptr || path == no_node) return;
  auto& paths = opened_[variable];
  if (std::ranges::find(paths, path) != paths.end() || paths.size() > 20) return;
  paths.push_back(path);
  changed_ = true;
}

void FlowBuilder::assign(NodeId target, NodeId value) {
  remember_opened(target, value);
  const bool pairs = (syntax_.is(target, NodeKind::tuple) || syntax_.is(target, NodeKind::list)) &&
                     (syntax_.is(value, NodeKind::tuple) || syntax_.is(value, NodeKind::list)) &&
                     syntax_.child_count(target) == syntax_.child_count(value);
  if (!pairs) return store(target, origins[value]);
  NodeId part = syntax_.child(value);
  for (const NodeId one : syntax_.children(target)) {
    store(one, origins[part]);
    part = syntax_[part].next_sibling;
  }
}

void FlowBuilder::store(NodeId target, Origins bits) {
  if (bits == 0) return;
  switch (syntax_.kind(target)) {
    case NodeKind::name: add(variable_of(target), bits); break;
    case NodeKind::attribute:
      if (const Binding* variable = variable_of(target)) {
        add(variable, bits);
      } else if (syntax_.is(syntax_.child(target), NodeKind::name)) {
        add(variable_of(syntax_.child(target)), bits);
      }
      break;
    case NodeKind::subscript: {
      NodeId root = syntax_.child(target);
      if (syntax_.is(root, NodeKind::name) || syntax_.is(root, NodeKind::attribute)) {
        add(variable_of(root), bits);
      }
      break;
    }
    case NodeKind::starred: {
      const NodeId inner = syntax_.child(target);
      if (syntax_.is(inner, NodeKind::name)) add(variable_of(inner), bits);
      break;
    }
    case NodeKind::tuple:
    case NodeKind::list:
      for (const NodeId one : syntax_.children(target)) {
        if (syntax_.is(one, NodeKind::name) || syntax_.is(one, NodeKind::attribute)) store(one, bits);
      }
      break;
    default: break;
  }
}

}  // namespace assay::behaviour
