// Prints what assay's Python front end makes of files, for tests/differential/python_syntax.py.
//
//     python_syntax_dump tokens|ast|ast-before-3.12 < PATHS
//
// CPython before 3.12 does not know the places of what stands in an f-string's braces.
//
// For each line of the input, a path: a line "problems python2-problems bytes", the problems (a line
// each, "offset message"), and so many bytes of the canonical form that python_syntax.py tells.
#include <charconv>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "python/lexer.h"
#include "python/syntax.h"

namespace {

using namespace assay::python;

class Dump {
 public:
  void number(std::uint64_t value) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    text_ += ' ';
    text_.append(digits, end);
  }
  void word(std::string_view word) { text_ += word; }
  void line() { text_ += '\n'; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// Nodes that CPython's ast has no place for.
bool has_place(NodeKind kind) {
  switch (kind) {
    case NodeKind::module: case NodeKind::suite: case NodeKind::else_: case NodeKind::finally_:
    case NodeKind::decorator: case NodeKind::returns: case NodeKind::parameters:
    case NodeKind::parameter: case NodeKind::annotation: case NodeKind::default_:
    case NodeKind::type_parameters: case NodeKind::with_item: case NodeKind::match_case:
    case NodeKind::guard: case NodeKind::cause: case NodeKind::dotted_name:
    case NodeKind::identifier: case NodeKind::dict_item: case NodeKind::comprehension:
    case NodeKind::compare_to: case NodeKind::arguments: case NodeKind::double_starred:
    case NodeKind::lower: case NodeKind::upper: case NodeKind::step: case NodeKind::replacement:
    case NodeKind::match_item: case NodeKind::match_keyword: case NodeKind::match_star: return false;
    default: return true;
  }
}

bool has_detail(NodeKind kind) {
  switch (kind) {
    case NodeKind::bool_op: case NodeKind::bin_op: case NodeKind::unary_op: case NodeKind::aug_assign:
    case NodeKind::compare_to: case NodeKind::import_from: case NodeKind::parameter:
    case NodeKind::type_parameter: case NodeKind::number: case NodeKind::constant: return true;
    default: return false;
  }
}

// What python_ast_form.py tells.
class AstDump {
 public:
  AstDump(const Syntax& syntax, bool fields_have_places)
      : syntax_(syntax), fields_have_places_(fields_have_places) {}

  std::string text() {
    node(0);
    return dump_.text();
  }

 private:
  void node(NodeId id) {
    const Node& node = syntax_[id];
    switch (node.kind) {
      case NodeKind::string:
      case NodeKind::fstring:
      case NodeKind::concatenated: return string(id);
      case NodeKind::function_def:
      case NodeKind::class_def:
        head(id, children_of(id));
        dump_.number(node.end);  // without its decorators, CPython has another beginning
        break;
      default:
        head(id, children_of(id));
        if (has_place(node.kind)) place(node);
    }
    if (has_detail(node.kind)) dump_.number(node.detail);
    if ((node.flags & NodeFlag::async) != 0) dump_.word(" async");
    if (node.kind == NodeKind::try_ && (node.flags & NodeFlag::star) != 0) dump_.word(" star");
    if (node.kind == NodeKind::identifier || node.kind == NodeKind::dotted_name) name(id);
    dump_.line();
    for (const NodeId child : syntax_.children(id)) {
      if (!is_empty_bases(id, child)) this->node(child);
    }
  }

  void head(NodeId id, std::size_t children) {
    dump_.word(kind_name(syntax_.kind(id)));
    dump_.number(children);
  }
  void place(const Node& node) {
    if (in_field_ && !fields_have_places_) return;
    dump_.number(node.begin);
    dump_.number(node.end);
  }
  // CPython does not tell `class A():` from `class A:`.
  bool is_empty_bases(NodeId parent, NodeId child) const {
    return syntax_.is(parent, NodeKind::class_def) && syntax_.is(child, NodeKind::arguments) &&
           syntax_.child(child) == no_node;
  }
  std::size_t children_of(NodeId id) const {
    std::size_t count = syntax_.child_count(id);
    for (const NodeId child : syntax_.children(id)) count -= is_empty_bases(id, child) ? 1 : 0;
    return count;
  }
  void name(NodeId id) {
    dump_.word(" ");
    for (const char c : syntax_.text(id)) {
      if (std::string_view(" \t\\\n\r").find(c) == std::string_view::npos) dump_.word({&c, 1});
    }
  }

  // Of literals side by side, one; with the replacements of all of them.
  void string(NodeId id) {
    std::vector<NodeId> replacements;
    bool formatted = false;
    const auto look = [&](NodeId literal) {
      formatted |= syntax_.is(literal, NodeKind::fstring);
      take_replacements(literal, replacements);
    };
    if (syntax_.is(id, NodeKind::concatenated)) {
      for (const NodeId literal : syntax_.children(id)) look(literal);
    } else {
      look(id);
    }
    const NodeId first = syntax_.is(id, NodeKind::concatenated) ? syntax_.child(id) : id;
    dump_.word(formatted ? "fstring" : "string");
    dump_.number(replacements.size());
    place(syntax_[id]);
    if ((syntax_[first].flags & NodeFlag::bytes) != 0) dump_.word(" bytes");
    dump_.line();
    for (const NodeId replacement : replacements) this->replacement(replacement);
  }
  void take_replacements(NodeId parent, std::vector<NodeId>& into) const {
    for (const NodeId child : syntax_.children(parent)) {
      if (syntax_.is(child, NodeKind::replacement)) into.push_back(child);
    }
  }
  void replacement(NodeId id) {
    std::vector<NodeId> inner;
    const NodeId format = syntax_.child_of(id, NodeKind::format_spec);
    if (format != no_node) take_replacements(format, inner);
    const Node& node = syntax_[id];
    const bool documents = (node.flags & NodeFlag::self_documenting) != 0 && format == no_node;
    head(id, 1 + inner.size());
    dump_.number(node.detail == 0 && documents ? 'r' : node.detail);
    dump_.line();
    const bool outside = !std::exchange(in_field_, true);
    this->node(syntax_.child(id));
    for (const NodeId each : inner) replacement(each);
    if (outside) in_field_ = false;
  }

  const Syntax& syntax_;
  const bool fields_have_places_;
  bool in_field_ = false;  // a replacement field of an f-string
  Dump dump_;
};

const char* class_of(TokenKind kind) {
  using enum TokenKind;
  if (kind >= kw_and) return "name";
  if (kind >= left_paren) return "op";
  switch (kind) {
    case newline: return "newline";
    case indent: return "indent";
    case dedent: return "dedent";
    case bad: return "bad";
    case name: return "name";
    case integer:
    case floating:
    case imaginary: return "number";
    default: return "string";
  }
}

// An f-string is one string, as it was before PEP 701.
std::string tokens_of(std::string_view source, Problems& problems) {
  Dump dump;
  Lexer lexer(source, problems);
  unsigned depth = 0;
  std::uint32_t begin = 0;
  for (;;) {
    const Token token = lexer.next();
    if (token.kind == TokenKind::end) return dump.text();
    if (token.kind == TokenKind::fstring_start && depth++ == 0) begin = token.begin;
    const bool ended = token.kind == TokenKind::fstring_end && depth > 0 && --depth == 0;
    if (depth > 0 && token.kind != TokenKind::bad) continue;
    if (token.kind == TokenKind::bad) depth = 0;
    dump.word(class_of(token.kind));
    if (token.kind > TokenKind::dedent) {
      dump.number(ended ? begin : token.begin);
      dump.number(token.end);
    }
    dump.line();
  }
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view mode = count > 1 ? arguments[1] : "";
  const bool tokens = mode == "tokens";
  std::ios::sync_with_stdio(false);
  for (std::string path; std::getline(std::cin, path);) {
    std::ifstream file(path, std::ios::binary);
    const std::string source{std::istreambuf_iterator<char>(file), {}};
    std::vector<SyntaxProblem> problems;
    std::string text;
    if (tokens) {
      Problems told;
      text = tokens_of(source, told);
      problems = told.take();
    } else {
      const Syntax syntax = parse(source);
      problems = syntax.problems();
      text = AstDump(syntax, mode == "ast").text();
    }
    std::size_t old = 0;
    for (const auto& problem : problems) old += problem.python2 ? 1 : 0;
    std::cout << problems.size() << ' ' << old << ' ' << text.size() << '\n';
    for (const auto& problem : problems) std::cout << problem.offset << ' ' << problem.message << '\n';
    std::cout << text << std::flush;
  }
  return 0;
}
