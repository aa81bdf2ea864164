#include "python/parser.h"

namespace assay::python {

NodeId Parser::match_statement() {
  using enum TokenKind;
  // What can't follow the soft keyword "match" is most of what follows the name.
  switch (peek().kind) {
    case equal: case dot: case comma: case right_paren: case colon: case newline: case semicolon:
    case TokenKind::end: case walrus: case kw_in: case kw_is: case kw_and: case kw_or: case kw_if:
    case kw_else: case kw_for: return no_node;
    default: break;
  }
  const Retreat before = here();
  const auto begin = token_.begin;
  advance();
  Children children;
  const auto subject = token_.begin;
  const NodeId first = star_or_named();
  if (at(comma)) {
    Children parts;
    add(parts, first);
    while (take(comma) && at_expression()) add(parts, star_or_named());
    add(children, make(NodeKind::tuple, subject, parts.first));
  } else {
    if (is(first, NodeKind::starred)) fail();
    add(children, first);
  }
  expect(colon, "\":\" is missing");
  if (failed_ || !at(newline)) {
    back_to(before);
    return no_node;
  }
  advance_line();
  if (!at(indent)) {
    warn(token_.begin, "an indented block is missing");
    return make(NodeKind::match, begin, children.first);
  }
  advance_line();
  while (!at(dedent) && !at(TokenKind::end)) {
    const auto mark = nodes_.size();
    const auto case_begin = token_.begin;
    const NodeId id = at(SoftWord::case_) ? match_case() : fail("\"case\" is missing");
    if (!clause_failed(mark)) {
      add(children, id);
      continue;
    }
    add(children, make(NodeKind::error, case_begin));
    if (at(indent)) {  // what the case would have held
      advance_line();
      Children inner;
      statements(inner, dedent);
      nodes_[children.last].first_child = inner.first;
      nodes_[children.last].end = last_end_;
      if (at(dedent)) advance_line();
    }
  }
  if (at(dedent)) advance_line();
  return make(NodeKind::match, begin, children.first);
}

NodeId Parser::match_case() {
  const auto begin = token_.begin;
  advance();
  Children children;
  add(children, pattern_list());
  if (at(TokenKind::kw_if)) {
    const auto guard = token_.begin;
    advance();
    const NodeId value = named();
    add(children, make(NodeKind::guard, guard, value));
  }
  expect(TokenKind::colon, "\":\" is missing");
  if (failed_) return no_node;
  add(children, suite());
  return make(NodeKind::match_case, begin, children.first);
}

NodeId Parser::pattern_list() {
  using enum TokenKind;
  const auto begin = token_.begin;
  const NodeId first = at(star) ? star_pattern() : as_pattern();
  if (!at(comma)) {
    if (!is(first, NodeKind::match_star)) return first;
    return fail("a starred pattern alone");
  }
  Children children;
  add(children, first);
  while (take(comma) && !at(colon) && !at(kw_if) && !failed_) {
    add(children, at(star) ? star_pattern() : as_pattern());
  }
  return make(NodeKind::match_sequence, begin, children.first);
}

NodeId Parser::star_pattern() {
  const auto begin = token_.begin;
  advance();
  NodeId name = no_node;
  if (!take(SoftWord::underscore)) name = identifier();
  return make(NodeKind::match_star, begin, name);
}

NodeId Parser::as_pattern() {
  const Deeper deeper(*this);
  if (!deeper) return no_node;
  const auto begin = token_.begin;
  Children children;
  add(children, or_pattern());
  if (!take(TokenKind::kw_as)) return children.first;
  if (at(SoftWord::underscore)) return fail("\"_\" can't be bound by a pattern");
  add(children, identifier());
  return make(NodeKind::match_as, begin, children.first);
}

NodeId Parser::or_pattern() {
  const auto begin = token_.begin;
  const NodeId first = closed_pattern();
  if (!at(TokenKind::bar)) return first;
  Children children;
  add(children, first);
  while (take(TokenKind::bar)) add(children, closed_pattern());
  return make(NodeKind::match_or, begin, children.first);
}

NodeId Parser::closed_pattern() {
  using enum TokenKind;
  switch (token_.kind) {
    case name: return name_pattern();
    case left_paren: return sequence_pattern(right_paren);
    case left_bracket: return sequence_pattern(right_bracket);
    case left_brace: return mapping_pattern();
    default: return literal_pattern();
  }
}

NodeId Parser::literal_pattern() {
  using enum TokenKind;
  const auto begin = token_.begin;
  NodeId value = no_node;
  switch (token_.kind) {
    case string: case kw_none: case kw_true: case kw_false: value = atom(); break;
    case minus: case integer: case floating: case imaginary: value = binary(9); break;  // -1+2j
    default: return fail("a pattern is missing");
  }
  return make(NodeKind::match_value, begin, value);
}

// A capture, "_", a value `a.b`, or a class with its patterns.
NodeId Parser::name_pattern() {
  const auto begin = token_.begin;
  const bool wildcard = at(SoftWord::underscore);
  NodeId id = atom();
  if (!at(TokenKind::dot) && !at(TokenKind::left_paren)) {
    nodes_[id].kind = NodeKind::identifier;
    return make(NodeKind::match_as, begin, wildcard ? no_node : id);
  }
  for (unsigned links = 1; take(TokenKind::dot); ++links) {
    const NodeId part = identifier();
    id = make(NodeKind::attribute, begin, pair(id, part));
    if (failed_ || !fits_chain(links)) return no_node;
  }
  if (at(TokenKind::left_paren)) return class_pattern(id);
  return make(NodeKind::match_value, begin, id);
}

NodeId Parser::class_pattern(NodeId callee) {
  using enum TokenKind;
  const auto begin = begin_of(callee);
  advance();
  Children children;
  add(children, callee);
  bool keywords = false;
  while (!at(right_paren) && !failed_) {
    const auto item = token_.begin;
    if (at(name) && peek().kind == equal) {
      keywords = true;
      const NodeId key = identifier();
      advance();
      const NodeId value = as_pattern();
      add(children, make(NodeKind::match_keyword, item, pair(key, value)));
    } else {
      if (keywords) return fail("a positional pattern after a keyword");
      add(children, as_pattern());
    }
    if (!take(comma)) break;
  }
  expect(right_paren, "\")\" is missing");
  return make(NodeKind::match_class, begin, children.first);
}

// "[a, *b]", "(a, b)", or one pattern in parentheses.
NodeId Parser::sequence_pattern(TokenKind close) {
  using enum TokenKind;
  const auto begin = token_.begin;
  advance();
  Children children;
  bool comma_seen = false;
  while (!at(close) && !failed_) {
    add(children, at(star) ? star_pattern() : as_pattern());
    if (!take(comma)) break;
    comma_seen = true;
  }
  expect(close, "a closing bracket is missing");
  if (failed_) return no_node;
  const bool one = children.first != no_node && children.first == children.last && !comma_seen;
  if (close == right_paren && one) {
    if (is(children.first, NodeKind::match_star)) return fail("a starred pattern alone");
    return children.first;
  }
  return make(NodeKind::match_sequence, begin, children.first);
}

NodeId Parser::mapping_pattern() {
  using enum TokenKind;
  const auto begin = token_.begin;
  advance();
  Children children;
  while (!at(right_brace) && !failed_) {
    const auto item = token_.begin;
    if (take(double_star)) {
      const NodeId rest = identifier();
      add(children, make(NodeKind::match_star, item, rest));
    } else {
      NodeId key = no_node;
      if (at(name)) {
        key = primary();
        if (!is(key, NodeKind::attribute)) return fail("a mapping pattern's key");
      } else {
        const NodeId literal = literal_pattern();
        key = nodes_[literal].first_child;
      }
      expect(colon, "\":\" is missing");
      const NodeId value = as_pattern();
      add(children, make(NodeKind::match_item, item, pair(key, value)));
    }
    if (!take(comma)) break;
  }
  expect(right_brace, "\"}\" is missing");
  return make(NodeKind::match_mapping, begin, children.first);
}

}  // namespace assay::python
