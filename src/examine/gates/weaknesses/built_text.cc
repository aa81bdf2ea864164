#include "examine/gates/weaknesses/built_text.h"

#include <algorithm>
#include <array>
#include <vector>

#include "examine/gates/weaknesses/bound_values.h"

namespace assay {

namespace {

using python::Module;
using python::no_node;
using python::NodeId;
using python::NodeKind;
using python::Operator;
using python::Syntax;

// What makes a value harmless for a shell, a statement or a page.
constexpr std::array safe_functions = std::to_array<std::string_view>(
    {"shlex.quote", "pipes.quote", "shlex.join", "subprocess.list2cmdline", "int", "float", "len", "bool",
     "html.escape", "markupsafe.escape", "flask.escape", "django.utils.html.escape",
     "django.utils.html.conditional_escape", "django.utils.html.format_html",
     "django.utils.html.format_html_join", "django.utils.html.escapejs", "cgi.escape", "os.getpid",
     "urllib.parse.quote", "urllib.parse.quote_plus", "urllib.parse.urlencode", "json.dumps", "repr",
     "xml.sax.saxutils.escape", "id", "round", "escape", "quote_name", "quote_identifier"});

class Builder {
 public:
  Builder(const Module& module, BuiltText& built)
      : module_(module), syntax_(module.syntax()), built_(built) {}

  void add(NodeId id, int depth = 0) {
    if (depth > 12 || built_.text.size() > 1 << 16) return hole(false);
    switch (syntax_.kind(id)) {
      case NodeKind::string:
      case NodeKind::string_part: built_.text += python::literal_value(syntax_, id); return;
      case NodeKind::concatenated:
      case NodeKind::fstring:
        for (const NodeId part : syntax_.children(id)) add(part, depth + 1);
        return;
      case NodeKind::replacement: return add(syntax_.child(id), depth + 1);
      case NodeKind::named_expr: return add(syntax_.child(id, 1), depth + 1);
      case NodeKind::bin_op: return add_operator(id, depth);
      case NodeKind::call: return add_call(id, depth);
      case NodeKind::if_exp: return add_choice(id, depth);
      case NodeKind::number: built_.text += syntax_.text(id); return;
      case NodeKind::name:
      case NodeKind::attribute:
        if (const NodeId value = module_.value_of(id)) return add(value, depth + 1);
        return hole(module_.qualified(id) == "sys.executable" || is_always_safe(id));
      default: return hole(false);
    }
  }

 private:
  void hole(bool safe) {
    built_.text += safe ? BuiltText::safe_hole : BuiltText::hole;
    ++(safe ? built_.safe_holes : built_.holes);
  }

  // Is each of the texts that a function gives the name made of constants and of what is safe?
  bool is_always_safe(NodeId name) {
    constexpr std::size_t most = 2'000;  // nodes that are looked at
    const NodeId function = module_.scope_of(name);
    const auto text = syntax_.text(name);
    const bool local = syntax_.is(name, NodeKind::name) && syntax_.is(function, NodeKind::function_def);
    if (!local || has_parameter(syntax_, function, text)) return false;
    if (std::ranges::find(asked_, text) != asked_.end()) return true;  // x = "(%s)" % x
    if (!follows_) return false;
    std::size_t looked_at = 0;
    const auto bound = bound_values(syntax_, function, text, looked_at, most);
    if (!bound.bound || bound.unknown) return false;
    asked_.push_back(text);
    return std::ranges::all_of(bound.values, [&](NodeId value) {
      BuiltText built;
      Builder builder(module_, built);
      builder.asked_ = asked_;
      builder.follows_ = false;
      const auto kind = syntax_.kind(module_.parent(value));
      if (kind == NodeKind::for_ || kind == NodeKind::comprehension || kind == NodeKind::with_item) return false;
      builder.add(value);
      return built.holes == 0;
    });
  }

  void add_operator(NodeId id, int depth) {
    const auto operation = static_cast<Operator>(syntax_[id].detail);
    if (operation == Operator::add) {
      add(syntax_.child(id), depth + 1);
      add(syntax_.child(id, 1), depth + 1);
    } else if (operation == Operator::modulo) {
      add_percent(syntax_.child(id), syntax_.child(id, 1), depth);
    } else if (operation == Operator::multiply && module_.text_of(syntax_.child(id))) {
      hole(true);  // "?, " * n
    } else {
      hole(false);
    }
  }

  void add_choice(NodeId id, int depth) {
    const auto body = module_.text_of(syntax_.child(id));
    const auto other = module_.text_of(syntax_.child(id, 2));
    if (!body || !other) return hole(false);
    (void)depth;
    built_.text += *body;
  }

  void add_percent(NodeId left, NodeId right, int depth) {
    BuiltText format;
    Builder builder(module_, format);
    builder.asked_ = asked_;
    builder.follows_ = follows_;
    builder.add(left, depth + 1);
    const bool several = syntax_.is(right, NodeKind::tuple);
    NodeId argument = several ? syntax_.child(right) : right;
    const std::string_view text = format.text;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == BuiltText::hole || text[i] == BuiltText::safe_hole) {
        hole(text[i] == BuiltText::safe_hole);
        continue;
      }
      if (text[i] != '%' || i + 1 == text.size()) {
        built_.text += text[i];
        continue;
      }
      if (text[i + 1] == '%') {
        built_.text += text[i++];
        continue;
      }
      const bool named = text[i + 1] == '(';
      auto end = named ? text.find(')', i) : i;
      if (end == std::string_view::npos) return hole(false);
      end = text.find_first_of("sdirfgexXcoauEFG", end + 1);
      if (end == std::string_view::npos) return hole(false);
      i = end;
      const bool number = std::string_view("dixXofFgGeE").contains(text[end]);
      if (number || named || argument == no_node) {
        hole(number);
      } else {
        add(argument, depth + 1);
      }
      if (!named && argument != no_node) argument = several ? syntax_[argument].next_sibling : no_node;
    }
  }

  void add_call(NodeId id, int depth) {
    const NodeId callee = syntax_.child(id);
    const auto name = module_.qualified(callee);
    if (std::ranges::find(safe_functions, name) != safe_functions.end()) return hole(true);
    if (name == "str" && module_.argument(id, "", 0) != no_node) {
      return add(module_.argument(id, "", 0), depth + 1);
    }
    if (!syntax_.is(callee, NodeKind::attribute)) return hole(false);
    const auto method = syntax_.text(syntax_.child(callee, 1));
    const NodeId object = syntax_.child(callee);
    if (method == "format" || method == "format_map") {
      add_format(object, id, depth);
    } else if (method == "strip" || method == "encode" || method == "decode" || method == "lower" ||
               method == "upper" || method == "rstrip" || method == "lstrip") {
      add(object, depth + 1);
    } else if (method == "replace" && module_.argument(id, "", 1) != no_node) {
      add(object, depth + 1);
      if (!module_.text_of(module_.argument(id, "", 1))) hole(false);
    } else if (method == "join") {
      add_join(object, module_.argument(id, "", 0), depth);
    } else if (method.starts_with("quote") || method.contains("escape") || method == "strftime" || method == "isoformat") {
      hole(true);
    } else {
      hole(false);
    }
  }

  // ", ".join("?" for _ in values) is made of constants alone.
  void add_join(NodeId separator, NodeId list, int depth) {
    if (const NodeId value = list == no_node ? no_node : module_.value_of(list)) list = value;
    if (list == no_node) return hole(false);
    const bool spelled = syntax_.is(list, NodeKind::list) || syntax_.is(list, NodeKind::tuple);
    if (spelled) {
      bool first = true;
      for (const NodeId part : syntax_.children(list)) {
        if (!first) add(separator, depth + 1);
        first = false;
        add(part, depth + 1);
      }
      return;
    }
    const bool comprehension = syntax_.is(list, NodeKind::generator) || syntax_.is(list, NodeKind::list_comp);
    if (comprehension) return hole(module_.text_of(syntax_.child(list)).has_value());
    hole(syntax_.is(list, NodeKind::bin_op) && syntax_.is(syntax_.child(list), NodeKind::list));
  }

  void add_format(NodeId object, NodeId call, int depth) {
    BuiltText format;
    Builder builder(module_, format);
    builder.asked_ = asked_;
    builder.follows_ = follows_;
    builder.add(object, depth + 1);
    const std::string_view text = format.text;
    int next = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == BuiltText::hole || c == BuiltText::safe_hole) {
        hole(c == BuiltText::safe_hole);
      } else if ((c == '{' || c == '}') && i + 1 < text.size() && text[i + 1] == c) {
        built_.text += text[i++];
      } else if (c != '{') {
        built_.text += c;
      } else {
        const auto end = text.find('}', i);
        if (end == std::string_view::npos) return hole(false);
        const auto field = text.substr(i + 1, end - i - 1);
        i = end;
        const auto name = field.substr(0, field.find_first_of("!:.["));
        const bool digits = !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos;
        NodeId argument = no_node;
        if (name.empty()) {
          argument = module_.argument(call, "", next++);
        } else if (digits && name.size() < 3) {
          argument = module_.argument(call, "", std::stoi(std::string(name)));
        } else {
          argument = module_.argument(call, name, -1);
        }
        if (argument == no_node || name.size() != field.size()) {
          hole(false);
        } else {
          add(argument, depth + 1);
        }
      }
    }
  }

  const Module& module_;
  const Syntax& syntax_;
  BuiltText& built_;
  std::vector<std::string_view> asked_;  // names whose texts are looked at already
  bool follows_ = true;                  // names with several texts: one deep
};

}  // namespace

BuiltText built_text(const Module& module, NodeId expression) {
  BuiltText built;
  if (expression != no_node) Builder(module, built).add(expression);
  return built;
}

std::string_view last_part(std::string_view name) { return name.substr(name.rfind('.') + 1); }

std::vector<std::string> words_of(std::string_view identifier) {
  std::vector<std::string> words(1);
  char before = 0;
  for (const char c : identifier) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool letter = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!letter || (upper && before >= 'a' && before <= 'z')) words.emplace_back();
    if (letter) words.back() += upper ? static_cast<char>(c - 'A' + 'a') : c;
    before = c;
  }
  std::erase(words, "");
  return words;
}

std::string receiver_of(const Module& module, NodeId node) {
  const Syntax& syntax = module.syntax();
  NodeId below = node;
  for (NodeId at = module.parent(node); at != no_node; below = at, at = module.parent(at)) {
    switch (syntax.kind(at)) {
      case NodeKind::keyword:
      case NodeKind::parameter: return std::string(syntax.text(syntax.child(at)));
      case NodeKind::assign:
      case NodeKind::ann_assign:
      case NodeKind::aug_assign: return std::string(syntax.text(syntax.child(at)));
      case NodeKind::dict_item:
        if (syntax.child(at) != below) return std::string(syntax.text(syntax.child(at)));
        return "";
      case NodeKind::return_:
      case NodeKind::suite:
      case NodeKind::lambda: return module.symbol_of(node);
      default: break;
    }
  }
  return "";
}

}  // namespace assay
