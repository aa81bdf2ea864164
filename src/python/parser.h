#pragma once
#include <string_view>
#include <vector>

#include "python/lexer.h"
#include "python/problems.h"
#include "python/syntax.h"

namespace assay::python {

// Recursive descent over the grammar of the language reference, chapter 10, operators by their
// precedence. A statement that fails sets failed_ and makes the current token `bad`, which
// nothing accepts: every function then returns by itself, and statement() reads on at the next line.
class Parser {
 public:
  explicit Parser(std::string_view source);
  Syntax run();

 private:
  struct Children {
    NodeId first = no_node;
    NodeId last = no_node;
  };
  struct Retreat {  // to a place where another way of reading begins
    Lexer::Place place;
    Token token;
    std::uint32_t last_end;
    std::size_t nodes;
    std::size_t problems;
  };
  class Deeper;

  // Tokens.
  void advance() {
    last_end_ = token_.end;
    token_ = lexer_.next();
  }
  void advance_line() { token_ = lexer_.next(); }  // over a newline, indent or dedent
  bool at(TokenKind kind) const { return token_.kind == kind; }
  bool at(SoftWord word) const {
    return token_.kind == TokenKind::name && token_.detail == static_cast<std::uint8_t>(word);
  }
  bool take(TokenKind kind) {
    if (token_.kind != kind) return false;
    advance();
    return true;
  }
  bool take(SoftWord word) {
    if (!at(word)) return false;
    advance();
    return true;
  }
  void expect(TokenKind kind, const char* message) {
    if (!take(kind)) fail(message);
  }
  Token peek();
  Retreat here() const { return {lexer_.place(), token_, last_end_, nodes_.size(), problems_.count()}; }
  void back_to(const Retreat& retreat);

  // Nodes. A node ends with the last token that was taken.
  NodeId make(NodeKind kind, std::uint32_t begin, NodeId first = no_node, unsigned detail = 0,
              unsigned flags = 0) {
    nodes_.push_back({kind, static_cast<std::uint8_t>(detail), static_cast<std::uint16_t>(flags),
                      begin, last_end_, first, no_node});
    return static_cast<NodeId>(nodes_.size() - 1);
  }
  void add(Children& children, NodeId id) {
    if (id == no_node) return;
    if (children.first == no_node) {
      children.first = id;
    } else {
      nodes_[children.last].next_sibling = id;
    }
    children.last = id;
  }
  NodeId pair(NodeId left, NodeId right) {  // the first of two children
    nodes_[left].next_sibling = right;
    return left;
  }
  bool is(NodeId id, NodeKind kind) const { return nodes_[id].kind == kind; }
  bool is_bare_named(NodeId id) const {  // ":=" without parentheses
    return is(id, NodeKind::named_expr) && (nodes_[id].flags & NodeFlag::parenthesised) == 0;
  }
  std::uint32_t begin_of(NodeId id) const { return nodes_[id].begin; }

  // Problems.
  NodeId fail(const char* message = "no Python", bool python2 = false);
  void warn(std::uint32_t offset, const char* message, bool python2 = false) {
    problems_.add(offset, message, python2);
  }
  void recover();
  bool fits_chain(unsigned links);

  // Statements (parse_statements.cc).
  void statements(Children& into, TokenKind last);
  void statement(Children& into);
  NodeId compound_statement();
  bool simple_line(Children& into);
  NodeId simple_statement();
  NodeId suite();
  NodeId decorated();
  NodeId async_statement();
  NodeId function(std::uint32_t begin, Children children, unsigned flags);
  NodeId class_definition(std::uint32_t begin, Children children);
  NodeId if_statement();
  void close_ifs(NodeId outer);
  NodeId while_statement();
  NodeId for_statement(std::uint32_t begin, unsigned flags);
  NodeId try_statement();
  NodeId except_handler(bool& starred, bool first);
  void except_type(Children& children, bool starred);
  NodeId with_statement(std::uint32_t begin, unsigned flags);
  bool parenthesised_with_items(Children& children);
  NodeId with_item();
  NodeId else_clause();
  NodeId block(NodeKind kind, std::uint32_t begin);
  bool clause_failed(std::size_t mark);
  NodeId expression_statement();
  NodeId annotated_assignment(std::uint32_t begin, NodeId target);
  NodeId old_statement();
  NodeId import();
  NodeId import_from();
  NodeId alias(bool dotted);
  NodeId dotted_name();
  NodeId names(NodeKind kind);
  NodeId delete_statement();
  NodeId raise_statement();
  NodeId assert_statement();
  NodeId type_alias();
  NodeId type_parameters();

  // Targets of assignments (parse_targets.cc).
  void check_target(NodeId id, bool deletes = false);
  void check_single_target(NodeId id);
  NodeId target_list();

  // match (parse_patterns.cc).
  NodeId match_statement();  // no_node if it is none, and nothing was read
  NodeId match_case();
  NodeId pattern_list();
  NodeId as_pattern();
  NodeId or_pattern();
  NodeId closed_pattern();
  NodeId name_pattern();
  NodeId sequence_pattern(TokenKind close);
  NodeId mapping_pattern();
  NodeId class_pattern(NodeId callee);
  NodeId literal_pattern();
  NodeId star_pattern();

  // Expressions (parse_expressions.cc, parse_atoms.cc).
  NodeId expressions();  // star_expressions of the grammar: a tuple if there are commas
  NodeId expressions_or_yield();
  NodeId more_expressions(std::uint32_t begin, NodeId first);
  NodeId star_or_named();
  NodeId star_or_expression();
  NodeId starred();
  NodeId named();
  NodeId expression();
  NodeId conditional();
  NodeId lambda();
  NodeId yield();
  NodeId binary(unsigned power);
  NodeId comparison(std::uint32_t begin, NodeId left);
  NodeId boolean(std::uint32_t begin, NodeId left);
  NodeId unary();
  NodeId primary();
  NodeId atom();
  NodeId parenthesised();
  NodeId list();
  NodeId braces();
  NodeId dict_item();
  NodeId comprehension(NodeKind kind, std::uint32_t begin, NodeId element, TokenKind close);
  NodeId arguments();
  NodeId argument();
  NodeId index();
  NodeId slice();
  NodeId parameters(bool in_lambda);
  NodeId parameter(ParameterKind kind, bool in_lambda);
  NodeId identifier();
  NodeId strings();
  NodeId fstring();
  void fstring_parts(Children& children, TokenKind last);
  NodeId replacement();
  bool at_expression() const;

  std::string_view source_;
  Problems problems_;
  Lexer lexer_;
  Token token_;
  Token failed_at_;
  std::uint32_t last_end_ = 0;
  bool failed_ = false;
  bool after_error_ = false;  // the last line could not be read: an indented block may follow it
  unsigned depth_ = 0;
  unsigned long_links_ = 0;  // of chains that lie within one another, beyond what is ordinary
  std::vector<Node> nodes_;
};

// Counts one step down; beyond the bound it fails.
class Parser::Deeper {
 public:
  explicit Deeper(Parser& parser) : parser_(parser), fits_(++parser.depth_ <= deepest) {
    if (!fits_) parser_.fail("nested too deeply");
  }
  ~Deeper() { --parser_.depth_; }
  explicit operator bool() const { return fits_; }

 private:
  static constexpr unsigned deepest = 400;
  Parser& parser_;
  bool fits_;
};

}  // namespace assay::python
