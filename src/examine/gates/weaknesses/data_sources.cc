#include "examine/gates/weaknesses/data_sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "examine/gates/weaknesses/bound_values.h"

namespace assay {

namespace {

using python::Module;
using python::no_node;
using python::NodeId;
using python::NodeKind;
using python::Operator;
using python::Syntax;

constexpr int deepest = 24;
constexpr std::size_t most_nodes = 200'000;    // looked at for one expression
constexpr std::size_t text_window = 16 << 10;  // of a function's text

struct Origin {
  std::string_view name;  // in full, or with what it begins before a dot at its end
  DataSource source;
};

// Functions by what their answers hold, variables by what they hold.
constexpr auto origins = std::to_array<Origin>({
    {"open", DataSource::file}, {"io.open", DataSource::file}, {"codecs.open", DataSource::file},
    {"gzip.open", DataSource::file}, {"bz2.open", DataSource::file}, {"lzma.open", DataSource::file},
    {"tokenize.open", DataSource::file}, {"linecache.", DataSource::file}, {"sqlite3.", DataSource::file},
    {"configparser.", DataSource::file}, {"ConfigParser.", DataSource::file}, {"csv.", DataSource::file},
    {"sys.stdin", DataSource::typed}, {"input", DataSource::typed}, {"raw_input", DataSource::typed},
    {"getpass.getpass", DataSource::typed}, {"os.environ", DataSource::environment},
    {"os.environb", DataSource::environment}, {"os.getenv", DataSource::environment},
    {"sys.argv", DataSource::command_line}, {"sys.orig_argv", DataSource::command_line},
    {"argparse.", DataSource::command_line}, {"optparse.", DataSource::command_line},
    {"getopt.", DataSource::command_line}, {"socket.", DataSource::network}, {"requests.", DataSource::network},
    {"httpx.", DataSource::network}, {"urllib3.", DataSource::network}, {"aiohttp.", DataSource::network},
    {"urllib.request.", DataSource::network}, {"urllib2.", DataSource::network}, {"urllib.urlopen", DataSource::network},
    {"http.client.", DataSource::network}, {"ftplib.", DataSource::network}, {"flask.request", DataSource::network},
    {"bottle.request", DataSource::network}, {"cgi.", DataSource::network}, {"cherrypy.request", DataSource::network},
    {"xmlrpc.client.", DataSource::network}, {"pickle.", DataSource::stored}, {"marshal.", DataSource::stored},
    {"shelve.", DataSource::stored}, {"json.load", DataSource::stored}, {"json.loads", DataSource::stored},
    {"yaml.", DataSource::stored}, {"tomllib.", DataSource::stored}, {"plistlib.", DataSource::stored},
    {"xml.", DataSource::stored}, {"lxml.", DataSource::stored}, {"subprocess.", DataSource::program},
    {"os.popen", DataSource::program}, {"os.urandom", DataSource::random}, {"secrets.", DataSource::random},
    {"uuid.uuid4", DataSource::random}, {"tempfile.", DataSource::temporary}, {"os.getpid", DataSource::temporary},
});

// Methods of whatever object that bring what it reads.
constexpr auto reading_methods = std::to_array<Origin>({
    {"read", DataSource::file}, {"readline", DataSource::file}, {"readlines", DataSource::file},
    {"read_text", DataSource::file}, {"read_bytes", DataSource::file}, {"readf", DataSource::file},
    {"read_file", DataSource::file}, {"recv", DataSource::network}, {"recvfrom", DataSource::network},
    {"recv_bytes", DataSource::program}, {"communicate", DataSource::program}, {"fetchone", DataSource::stored},
    {"fetchall", DataSource::stored}, {"fetchmany", DataSource::stored}, {"parse_args", DataSource::command_line},
});

// What gives a number or a name of a function, which holds nothing of what it is given.
constexpr std::array closed = std::to_array<std::string_view>(
    {"int", "float", "len", "bool", "id", "round", "dir", "hash", "ord", "type", "isinstance", "hasattr",
     "ast.literal_eval", "inspect.signature", "inspect.getfullargspec", "inspect.getargspec"});
// What gives the same text, as a whole.
constexpr std::array passers = std::to_array<std::string_view>(
    {"str", "bytes", "unicode", "ast.parse", "ast.fix_missing_locations", "textwrap.dedent", "iter",
     "list", "tuple", "reversed", "sorted", "enumerate", "io.StringIO", "cast", "typing.cast", "re.sub"});
constexpr std::array passing_methods = std::to_array<std::string_view>(
    {"strip", "lstrip", "rstrip", "lower", "upper", "replace", "encode", "decode", "split", "splitlines", "get",
     "pop", "values", "items", "keys", "setdefault", "getvalue", "expandtabs", "partition", "rpartition", "copy"});
constexpr std::array expression_names = std::to_array<std::string_view>(
    {"expr", "expression", "formula", "equation", "condition", "criteria"});
constexpr std::array request_names = std::to_array<std::string_view>({"request", "req", "websocket", "environ"});

bool names(const Origin& origin, std::string_view name) {
  if (!name.starts_with(origin.name)) return false;
  if (origin.name.ends_with('.') || name.size() == origin.name.size()) return true;
  const char next = name[origin.name.size()];
  return next == '.' || next == '(';
}

class Tracer {
 public:
  Tracer(const Module& module, GivenTo given) : module_(module), syntax_(module.syntax()), given_(given) {}

  DataSources found;

  // `whole`: what is found here is the text itself, no part of one.
  void trace(NodeId id, bool whole, int depth = 0) {
    if (id == no_node || depth > deepest || ++looked_at_ > most_nodes) return;
    switch (syntax_.kind(id)) {
      case NodeKind::name: return trace_name(id, whole, depth);
      case NodeKind::attribute: return trace_attribute(id, depth);
      case NodeKind::call: return trace_call(id, whole, depth);
      case NodeKind::subscript: return trace(syntax_.child(id), whole, depth + 1);
      case NodeKind::keyword:
      case NodeKind::named_expr:
      case NodeKind::dict_item: return trace(syntax_.child(id, 1), whole, depth + 1);
      case NodeKind::if_exp:
        trace(syntax_.child(id), whole, depth + 1);
        return trace(syntax_.child(id, 2), whole, depth + 1);
      case NodeKind::bin_op:
        if (is_number(id)) return;
        [[fallthrough]];
      case NodeKind::fstring: return trace_parts(id, is_alone(id) && whole, depth);
      case NodeKind::list_comp:
      case NodeKind::set_comp:
      case NodeKind::generator: return trace(syntax_.child(id), whole, depth + 1);
      case NodeKind::compare:
      case NodeKind::lambda:
      case NodeKind::string:
      case NodeKind::slice: return;
      default: return trace_parts(id, whole, depth);
    }
  }

 private:
  void trace_parts(NodeId id, bool whole, int depth) {
    for (const NodeId part : syntax_.children(id)) trace(part, whole, depth + 1);
  }

  // `x - 1`, and `"\n" * x`, in which only the number is not known.
  bool is_number(NodeId id) const {
    const auto operation = static_cast<Operator>(syntax_[id].detail);
    return operation == Operator::subtract ||
           (operation == Operator::multiply && syntax_.is(syntax_.child(id), NodeKind::string));
  }

  // x + "\n" is x and no part of a text; so is f"{x}".
  bool is_alone(NodeId id) const {
    for (const NodeId part : syntax_.children(id)) {
      const auto text = syntax_.text(part);
      const bool literal = syntax_.is(part, NodeKind::string) || syntax_.is(part, NodeKind::string_part);
      if (literal && text.find_first_of("=.([{:%") != std::string_view::npos) return false;
    }
    return static_cast<Operator>(syntax_[id].detail) != Operator::modulo || syntax_.is(id, NodeKind::fstring);
  }

  bool note(std::string_view name) {
    const auto origin = std::ranges::find_if(origins, [&](const Origin& one) { return names(one, name); });
    if (origin == origins.end()) return false;
    found.add(origin->source);
    return true;
  }

  // Of what is found, all but that a caller gave it: its attribute or an answer made with it is another.
  template <class Trace>
  void without_given(Trace trace_it) {
    const DataSources before = found;
    trace_it();
    if (!before.has(DataSource::given)) found.remove(DataSource::given);
    if (!before.has(DataSource::given_part)) found.remove(DataSource::given_part);
  }

  void trace_attribute(NodeId id, int depth) {
    const auto name = module_.qualified(id);
    if (note(name)) return;
    const NodeId object = syntax_.child(id);
    if (syntax_.is(object, NodeKind::name) && is_any_of(syntax_.text(object), request_names)) {
      return found.add(DataSource::network);
    }
    if (name.starts_with("self.request.")) return found.add(DataSource::network);
    if (const NodeId value = module_.value_of(id)) return trace(value, true, depth + 1);
    without_given([&] { trace(object, false, depth + 1); });
  }

  void trace_call(NodeId id, bool whole, int depth) {
    const NodeId callee = syntax_.child(id);
    const NodeId arguments = syntax_.child(id, 1);
    const auto name = module_.qualified(callee);
    if (is_any_of(name, closed) || note(name)) return;
    if (name == "compile") return trace(module_.argument(id, "source", 0), whole, depth + 1);
    if (is_any_of(name, passers)) return trace_parts(arguments, whole, depth);
    if (!syntax_.is(callee, NodeKind::attribute)) {
      returned(name, depth);
      return without_given([&] { trace_parts(arguments, false, depth); });
    }
    const NodeId object = syntax_.child(callee);
    const auto method = syntax_.text(syntax_.child(callee, 1));
    const auto reading = std::ranges::find(reading_methods, method, &Origin::name);
    if (reading != reading_methods.end()) found.add(reading->source);
    if (is_any_of(method, passing_methods)) return trace(object, whole, depth + 1);
    if (method == "join") return trace_parts(arguments, whole && is_lines(object), depth);
    if (method == "format" || method == "format_map") {
      trace(object, whole, depth + 1);
      return trace_parts(arguments, false, depth);
    }
    returned(name, depth);
    without_given([&] {
      trace(object, false, depth + 1);
      trace_parts(arguments, false, depth);
    });
  }

  bool is_lines(NodeId separator) const { return module_.text_of(separator).value_or("").contains('\n'); }

  // What a function of the module's own returns.
  void returned(std::string_view name, int depth) {
    if (!name.starts_with(':') || depth > deepest / 2) return;
    const auto last = name.substr(name.find_last_of(".:") + 1);
    const auto definition = function_named(last);
    if (definition == no_node) return;
    without_given([&] {
      for (NodeId id = 1; id < syntax_.nodes().size() && ++looked_at_ < most_nodes; ++id) {
        if (!syntax_.is(id, NodeKind::return_) || module_.scope_of(id) != definition) continue;
        trace(syntax_.child(id), false, depth + 1);
      }
    });
  }

  NodeId function_named(std::string_view name) {
    for (NodeId id = 1; id < syntax_.nodes().size() && ++looked_at_ < most_nodes; ++id) {
      if (syntax_.is(id, NodeKind::function_def) &&
          syntax_.text(syntax_.child_of(id, NodeKind::identifier)) == name) {
        return id;
      }
    }
    return no_node;
  }

  void trace_name(NodeId id, bool whole, int depth) {
    const auto name = syntax_.text(id);
    if (note(module_.qualified(id))) return;
    NodeId scope = module_.scope_of(id);
    for (bool innermost = true;; innermost = false) {
      const bool hidden = !innermost && syntax_.is(scope, NodeKind::class_def);
      if (!hidden && trace_in(scope, name, whole, depth)) return;
      if (scope == no_node) return;
      scope = module_.scope_of(scope);
    }
  }

  // Whether the scope binds the name.
  bool trace_in(NodeId scope, std::string_view name, bool whole, int depth) {
    const std::pair key{scope, name};
    if (std::ranges::find(asked_, key) != asked_.end()) return true;  // x = x + "…"
    asked_.push_back(key);
    const bool parameter = has_parameter(syntax_, scope, name);
    const auto values = bound_values(syntax_, scope, name, looked_at_, most_nodes);
    for (const NodeId value : values.values) trace(value, whole, depth + 1);
    if (parameter) trace_parameter(scope, name, whole, depth);
    return parameter || values.bound || values.unknown;
  }

  void trace_parameter(NodeId function, std::string_view name, bool whole, int depth) {
    if (is_any_of(name, request_names)) return found.add(DataSource::network);
    if (!syntax_.is(function, NodeKind::function_def)) return;
    if (is_given(function, name)) found.add(whole ? DataSource::given : DataSource::given_part);
    const auto called = syntax_.text(syntax_.child_of(function, NodeKind::identifier));
    const NodeId parameters = syntax_.child_of(function, NodeKind::parameters);
    int place = 0;
    for (const NodeId parameter : syntax_.children(parameters)) {
      if (syntax_.text(syntax_.child(parameter)) == name) break;
      ++place;
    }
    const bool method = syntax_.is(module_.scope_of(function), NodeKind::class_def);
    if (method && place > 0) --place;
    for (NodeId id = 1; id < syntax_.nodes().size() && ++looked_at_ < most_nodes; ++id) {
      if (!syntax_.is(id, NodeKind::call)) continue;
      const NodeId callee = syntax_.child(id);
      const bool attribute = syntax_.is(callee, NodeKind::attribute);
      if (attribute != method || syntax_.text(attribute ? syntax_.child(callee, 1) : callee) != called) continue;
      trace(module_.argument(id, name, place), whole, depth + 1);
    }
  }

  // Does whoever uses the package hand it over, as a text?
  bool is_given(NodeId function, std::string_view name) const {
    const auto called = syntax_.text(syntax_.child_of(function, NodeKind::identifier));
    const NodeId around = module_.scope_of(function);
    if (around == no_node) {
      return !called.starts_with('_') && !called.starts_with("exec") && !makes_decorator(function);
    }
    if (!syntax_.is(around, NodeKind::class_def) || module_.scope_of(around) != no_node) return false;
    if (syntax_.text(syntax_.child_of(around, NodeKind::identifier)).starts_with('_')) return false;
    if (called.starts_with('_') && called != "__init__" && called != "__call__") return false;
    if (given_ == GivenTo::methods_too) return true;
    return is_any_of(name, expression_names) || takes_text(syntax_.text(function).substr(0, text_window), name);
  }

  // `def named(text): def decorate(function): …; return decorate`: what it is given stands in a declaration.
  bool makes_decorator(NodeId function) const {
    const NodeId body = syntax_.child_of(function, NodeKind::suite);
    const NodeId last = syntax_.last_child(body);
    if (!syntax_.is(last, NodeKind::return_)) return false;
    const auto returned = syntax_.text(syntax_.child(last));
    return std::ranges::any_of(syntax_.children(body), [&](NodeId one) {
      if (!syntax_.is(one, NodeKind::function_def)) return false;
      const NodeId parameters = syntax_.child_of(one, NodeKind::parameters);
      return syntax_.text(syntax_.child_of(one, NodeKind::identifier)) == returned &&
             syntax_.child_count(parameters) == 1;
    });
  }

  // It may be a text or something else.
  static bool takes_text(std::string_view function, std::string_view name) {
    if (function.contains(fmt::format("{0} = eval({0}", name))) return true;
    const auto asked = fmt::format("isinstance({}, ", name);
    const auto at = function.find(asked);
    if (at == std::string_view::npos) return false;
    const auto type = function.substr(at + asked.size(), 20);
    return type.contains("str") || type.contains("bytes") || type.contains("unicode") || type.contains("text_type");
  }

  const Module& module_;
  const Syntax& syntax_;
  const GivenTo given_;
  std::size_t looked_at_ = 0;
  std::vector<std::pair<NodeId, std::string_view>> asked_;
};

}  // namespace

DataSources data_sources(const Module& module, NodeId expression, GivenTo given) {
  Tracer tracer(module, given);
  tracer.trace(expression, true);
  return tracer.found;
}

}  // namespace assay
