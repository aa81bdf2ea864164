#include "python/parser.h"

namespace assay::python {

namespace {

bool ends_statement(TokenKind kind) {
  return kind == TokenKind::newline || kind == TokenKind::semicolon || kind == TokenKind::end;
}

}  // namespace

// Up to a dedent, or to the end of the source.
void Parser::statements(Children& into, TokenKind last) {
  for (unsigned stray = 0; !at(TokenKind::end);) {
    if (at(TokenKind::indent)) {
      if (!after_error_) warn(token_.begin, "an unexpected indent");
      ++stray;
      advance_line();
    } else if (at(TokenKind::dedent)) {
      if (stray == 0 && last == TokenKind::dedent) return;
      if (stray > 0) --stray;
      advance_line();
    } else {
      statement(into);
    }
  }
}

void Parser::statement(Children& into) {
  const auto mark = nodes_.size();
  const auto begin = token_.begin;
  long_links_ = 0;
  after_error_ = false;
  const NodeId compound = compound_statement();
  if (compound != no_node) return add(into, compound);
  if (!failed_) {
    simple_line(into);
    return;
  }
  nodes_.resize(mark);
  recover();
  add(into, make(NodeKind::error, begin));
}

// no_node if none begins here, or if it failed.
NodeId Parser::compound_statement() {
  using enum TokenKind;
  switch (token_.kind) {
    case kw_if: return if_statement();
    case kw_def: return function(token_.begin, {}, 0);
    case kw_class: return class_definition(token_.begin, {});
    case kw_for: return for_statement(token_.begin, 0);
    case kw_while: return while_statement();
    case kw_try: return try_statement();
    case kw_with: return with_statement(token_.begin, 0);
    case TokenKind::at_sign: return decorated();
    case kw_async: return async_statement();
    case name: return at(SoftWord::match) ? match_statement() : no_node;
    default: return no_node;
  }
}

// Statements up to a line's end. False if one of them could not be read.
bool Parser::simple_line(Children& into) {
  for (;;) {
    const auto mark = nodes_.size();
    const auto begin = token_.begin;
    const NodeId id = simple_statement();
    if (!failed_ && !ends_statement(token_.kind)) fail();
    if (failed_) {
      nodes_.resize(mark);
      recover();
      add(into, make(NodeKind::error, begin));
      return false;
    }
    add(into, id);
    if (take(TokenKind::semicolon) && !at(TokenKind::newline) && !at(TokenKind::end)) continue;
    if (at(TokenKind::newline)) advance_line();
    return true;
  }
}

NodeId Parser::suite() {
  after_error_ = false;
  Children children;
  auto begin = token_.begin;
  if (at(TokenKind::newline)) {
    advance_line();
    begin = token_.begin;
    if (at(TokenKind::indent)) {
      advance_line();
      statements(children, TokenKind::dedent);
      if (at(TokenKind::dedent)) advance_line();
    } else {
      warn(token_.begin, "an indented block is missing");
      begin = last_end_;
    }
  } else {
    simple_line(children);
  }
  return make(NodeKind::suite, begin, children.first);
}

// A node whose children are the statements of a suite, from the ":" on.
NodeId Parser::block(NodeKind kind, std::uint32_t begin) {
  expect(TokenKind::colon, "\":\" is missing");
  if (failed_) return no_node;
  const NodeId id = suite();
  nodes_[id].kind = kind;
  nodes_[id].begin = begin;
  return id;
}

// Whether a clause of a compound statement, of which nodes from `mark` on are, has failed. What
// stood before it is kept; what follows is read as statements.
bool Parser::clause_failed(std::size_t mark) {
  if (!failed_) return false;
  nodes_.resize(mark);
  recover();
  return true;
}

NodeId Parser::decorated() {
  const auto begin = token_.begin;
  Children children;
  while (at(TokenKind::at_sign) && !failed_) {
    const auto decorator_begin = token_.begin;
    advance();
    const NodeId value = named();
    add(children, make(NodeKind::decorator, decorator_begin, value));
    if (!at(TokenKind::newline)) return fail();
    advance_line();
  }
  if (at(TokenKind::kw_class)) return class_definition(begin, children);
  const unsigned flags = take(TokenKind::kw_async) ? NodeFlag::async : 0;
  if (!at(TokenKind::kw_def)) return fail("decorators without a definition");
  return function(begin, children, flags);
}

NodeId Parser::async_statement() {
  const auto begin = token_.begin;
  advance();
  switch (token_.kind) {
    case TokenKind::kw_def: return function(begin, {}, NodeFlag::async);
    case TokenKind::kw_for: return for_statement(begin, NodeFlag::async);
    case TokenKind::kw_with: return with_statement(begin, NodeFlag::async);
    default: return fail("\"async\" before what can't be", true);
  }
}

NodeId Parser::function(std::uint32_t begin, Children children, unsigned flags) {
  advance();
  add(children, identifier());
  if (at(TokenKind::left_bracket)) add(children, type_parameters());
  if (!at(TokenKind::left_paren)) return fail("\"(\" is missing");
  add(children, parameters(false));
  if (take(TokenKind::arrow)) {
    const auto type = token_.begin;
    const NodeId value = expression();
    add(children, make(NodeKind::returns, type, value));
  }
  expect(TokenKind::colon, "\":\" is missing");
  if (failed_) return no_node;
  add(children, suite());
  return make(NodeKind::function_def, begin, children.first, 0, flags);
}

NodeId Parser::class_definition(std::uint32_t begin, Children children) {
  advance();
  add(children, identifier());
  if (at(TokenKind::left_bracket)) add(children, type_parameters());
  if (at(TokenKind::left_paren)) add(children, arguments());
  expect(TokenKind::colon, "\":\" is missing");
  if (failed_) return no_node;
  add(children, suite());
  return make(NodeKind::class_def, begin, children.first);
}

NodeId Parser::type_parameters() {
  using enum TokenKind;
  const auto begin = token_.begin;
  advance();
  Children children;
  do {
    if (at(right_bracket) && children.first != no_node) break;
    const auto parameter_begin = token_.begin;
    const unsigned stars = take(star) ? 1 : take(double_star) ? 2 : 0;
    Children parts;
    add(parts, identifier());
    if (at(colon) && stars == 0) {
      advance();
      const auto bound = token_.begin;
      const NodeId value = expression();
      add(parts, make(NodeKind::annotation, bound, value));
    }
    if (take(equal)) {
      const auto given = token_.begin;
      const NodeId value = stars == 1 ? star_or_expression() : expression();
      add(parts, make(NodeKind::default_, given, value));
    }
    add(children, make(NodeKind::type_parameter, parameter_begin, parts.first, stars));
  } while (take(comma));
  expect(right_bracket, "\"]\" is missing");
  return make(NodeKind::type_parameters, begin, children.first);
}

// An "if" with all its "elif", which are read in a loop and then put into one another.
NodeId Parser::if_statement() {
  constexpr std::size_t deepest = 1000;
  const auto begin = token_.begin;
  advance();
  Children children;
  add(children, named());
  expect(TokenKind::colon, "\":\" is missing");
  if (failed_) return no_node;
  add(children, suite());
  const NodeId outer = make(NodeKind::if_, begin, children.first);
  NodeId innermost = outer;
  for (std::size_t count = 0; at(TokenKind::kw_elif); ++count) {
    const auto mark = nodes_.size();
    const auto clause = token_.begin;
    advance();
    Children parts;
    add(parts, named());
    expect(TokenKind::colon, "\":\" is missing");
    if (count == deepest) fail("too many \"elif\"");
    if (clause_failed(mark)) break;
    add(parts, suite());
    const NodeId inner = make(NodeKind::if_, clause, parts.first);
    const NodeId otherwise = make(NodeKind::else_, clause, inner);
    nodes_[children.last].next_sibling = otherwise;
    children = {parts.first, parts.last};
    innermost = inner;
  }
  if (innermost == no_node) return no_node;
  if (at(TokenKind::kw_else)) {
    const NodeId otherwise = else_clause();
    if (otherwise != no_node) nodes_[children.last].next_sibling = otherwise;
  }
  close_ifs(outer);
  return outer;
}

// Each ends where the last of its parts does.
void Parser::close_ifs(NodeId outer) {
  for (NodeId id = outer; id != no_node;) {
    nodes_[id].end = last_end_;
    NodeId next = no_node;
    for (NodeId at = nodes_[id].first_child; at != no_node; at = nodes_[at].next_sibling) {
      if (is(at, NodeKind::else_)) next = at;
    }
    if (next == no_node) return;
    nodes_[next].end = last_end_;
    const NodeId inner = nodes_[next].first_child;
    // Of "elif" alone, which begins where its "else_" does.
    id = inner != no_node && is(inner, NodeKind::if_) && begin_of(inner) == begin_of(next) ? inner
                                                                                           : no_node;
  }
}

// no_node if it failed, or if there is none.
NodeId Parser::else_clause() {
  if (!at(TokenKind::kw_else)) return no_node;
  const auto mark = nodes_.size();
  const auto begin = token_.begin;
  advance();
  const NodeId id = block(NodeKind::else_, begin);
  return clause_failed(mark) ? no_node : id;
}

NodeId Parser::while_statement() {
  const auto begin = token_.begin;
  advance();
  Children children;
  add(children, named());
  expect(TokenKind::colon, "\":\" is missing");
  if (failed_) return no_node;
  add(children, suite());
  add(children, else_clause());
  return make(NodeKind::while_, begin, children.first);
}

NodeId Parser::for_statement(std::uint32_t begin, unsigned flags) {
  advance();
  Children children;
  add(children, target_list());
  expect(TokenKind::kw_in, "\"in\" is missing");
  add(children, expressions());
  expect(TokenKind::colon, "\":\" is missing");
  if (failed_) return no_node;
  add(children, suite());
  add(children, else_clause());
  return make(NodeKind::for_, begin, children.first, 0, flags);
}

NodeId Parser::try_statement() {
  const auto begin = token_.begin;
  advance();
  expect(TokenKind::colon, "\":\" is missing");
  if (failed_) return no_node;
  Children children;
  add(children, suite());
  bool starred = false;
  bool first = true;
  bool whole = true;
  while (at(TokenKind::kw_except) && whole) {
    const auto mark = nodes_.size();
    const NodeId handler = except_handler(starred, first);
    whole = !clause_failed(mark);
    if (whole) add(children, handler);
    first = false;
  }
  if (whole && !first) add(children, else_clause());
  if (at(TokenKind::kw_finally)) {
    const auto mark = nodes_.size();
    const auto clause = token_.begin;
    advance();
    const NodeId finally = block(NodeKind::finally_, clause);
    if (!clause_failed(mark)) add(children, finally);
  } else if (first && !after_error_) {
    warn(token_.begin, "\"try\" without \"except\" or \"finally\"");
  }
  return make(NodeKind::try_, begin, children.first, 0, starred ? NodeFlag::star : 0);
}

NodeId Parser::except_handler(bool& starred, bool first) {
  const auto begin = token_.begin;
  advance();
  const bool star = take(TokenKind::star);
  if (first) {
    starred = star;
  } else if (star != starred) {
    return fail("both \"except\" and \"except*\"");
  }
  Children children;
  if (!at(TokenKind::colon)) {
    except_type(children, star);
  } else if (star) {
    return fail("\"except*\" without a type");
  }
  expect(TokenKind::colon, "\":\" is missing");
  if (failed_) return no_node;
  add(children, suite());
  return make(NodeKind::except_handler, begin, children.first);
}

// `A`, `A as e`, PEP 758's `A, B`, and Python 2's `A, e`: there a second name that is no class's.
void Parser::except_type(Children& children, bool starred) {
  const auto begin = token_.begin;
  const NodeId type = expression();
  if (!at(TokenKind::comma)) {
    add(children, type);
    if (take(TokenKind::kw_as)) add(children, identifier());
    return;
  }
  const auto comma = token_.begin;
  advance();
  Children types;
  add(types, type);
  add(types, expression());
  const NodeId second = types.last;
  if (failed_) return;
  const char letter = source_[begin_of(second)];
  const bool small = letter == '_' || (letter >= 'a' && letter <= 'z');
  const bool variable =
      is(second, NodeKind::name) ? small : is(second, NodeKind::tuple);
  if (variable && at(TokenKind::colon) && !starred) {
    warn(comma, "\"except X, e\"", true);
    add(children, type);
    nodes_[type].next_sibling = no_node;
    nodes_[second].kind = NodeKind::identifier;
    nodes_[second].first_child = no_node;
    add(children, second);
    return;
  }
  while (take(TokenKind::comma) && at_expression()) add(types, expression());
  add(children, make(NodeKind::tuple, begin, types.first));
}

NodeId Parser::with_statement(std::uint32_t begin, unsigned flags) {
  advance();
  Children children;
  if (!at(TokenKind::left_paren) || !parenthesised_with_items(children)) {
    do {
      add(children, with_item());
    } while (take(TokenKind::comma));
  }
  expect(TokenKind::colon, "\":\" is missing");
  if (failed_) return no_node;
  add(children, suite());
  return make(NodeKind::with, begin, children.first, 0, flags);
}

// "(a as b, c)" before a ":". False, and nothing read, if it is something else.
bool Parser::parenthesised_with_items(Children& children) {
  const Retreat before = here();
  advance();
  while (!at(TokenKind::right_paren)) {
    add(children, with_item());
    if (!take(TokenKind::comma)) break;
  }
  expect(TokenKind::right_paren, "\")\" is missing");
  if (!failed_ && at(TokenKind::colon) && children.first != no_node) return true;
  back_to(before);
  children = {};
  return false;
}

NodeId Parser::with_item() {
  const auto begin = token_.begin;
  Children children;
  add(children, expression());
  if (take(TokenKind::kw_as)) {
    const NodeId target = at(TokenKind::star) ? starred() : binary(5);
    check_target(target);
    add(children, target);
  }
  return make(NodeKind::with_item, begin, children.first);
}

}  // namespace assay::python
