// Prints what assay's Python front end makes of files, for tests/differential/python_syntax.py.
//
//     python_syntax_dump tokens|ast < PATHS
//
// For each line of the input, a path: a line "problems python2-problems bytes", the problems (a line
// each, "offset message"), and so many bytes of the canonical form that python_syntax.py tells.
#include <charconv>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

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

// In source order: each node's kind, number of children, place, detail and flags.
class AstDump {
 public:
  explicit AstDump(const Syntax& syntax) : syntax_(syntax) {}

  std::string text() {
    node(0);
    return dump_.text();
  }

 private:
  void node(NodeId id) {
    const Node& node = syntax_[id];
    dump_.word(kind_name(node.kind));
    dump_.number(syntax_.child_count(id));
    dump_.number(node.begin);
    dump_.number(node.end);
    dump_.number(node.detail);
    dump_.number(node.flags);
    if (node.kind == NodeKind::identifier || node.kind == NodeKind::dotted_name) {
      dump_.word(" ");
      for (const char c : syntax_.text(id)) {
        if (c != ' ' && c != '\t' && c != '\\' && c != '\n' && c != '\r') dump_.word({&c, 1});
      }
    }
    dump_.line();
    for (const NodeId child : syntax_.children(id)) this->node(child);
  }

  const Syntax& syntax_;
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
  const bool tokens = count > 1 && std::string_view(arguments[1]) == "tokens";
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
      text = AstDump(syntax).text();
    }
    std::size_t old = 0;
    for (const auto& problem : problems) old += problem.python2 ? 1 : 0;
    std::cout << problems.size() << ' ' << old << ' ' << text.size() << '\n';
    for (const auto& problem : problems) std::cout << problem.offset << ' ' << problem.message << '\n';
    std::cout << text << std::flush;
  }
  return 0;
}
