#include "python/parser.h"

namespace assay::python {

namespace {

constexpr unsigned operand_power = 5;  // a `bitwise_or` of the grammar
constexpr unsigned disjunction_power = 1;

}  // namespace

NodeId Parser::atom() {
  using enum TokenKind;
  const auto leaf = [this](NodeKind kind, unsigned detail) {
    const auto begin = token_.begin;
    advance();
    return make(kind, begin, no_node, detail);
  };
  switch (token_.kind) {
    case name: return leaf(NodeKind::name, 0);
    case integer: return leaf(NodeKind::number, static_cast<unsigned>(NumberForm::integer));
    case floating: return leaf(NodeKind::number, static_cast<unsigned>(NumberForm::floating));
    case imaginary: return leaf(NodeKind::number, static_cast<unsigned>(NumberForm::imaginary));
    case kw_none: return leaf(NodeKind::constant, static_cast<unsigned>(Constant::none));
    case kw_true: return leaf(NodeKind::constant, static_cast<unsigned>(Constant::true_));
    case kw_false: return leaf(NodeKind::constant, static_cast<unsigned>(Constant::false_));
    case ellipsis: return leaf(NodeKind::constant, static_cast<unsigned>(Constant::ellipsis));
    case string:
    case fstring_start: return strings();
    case left_paren: return parenthesised();
    case left_bracket: return list();
    case left_brace: return braces();
    case backquote: {
      warn(token_.begin, "backquotes", true);
      advance();
      const NodeId value = expressions();
      expect(backquote, "a backquote is missing");
      return value;
    }
    default: return fail();
  }
}

NodeId Parser::identifier() {
  const auto begin = token_.begin;
  if (!take(TokenKind::name)) {
    // Words that became keywords: obj.exec is fine, obj.async was.
    return fail("a name is missing", at(TokenKind::kw_async) || at(TokenKind::kw_await));
  }
  return make(NodeKind::identifier, begin);
}

NodeId Parser::parenthesised() {
  const auto begin = token_.begin;
  advance();
  const unsigned flag = NodeFlag::parenthesised;
  if (take(TokenKind::right_paren)) return make(NodeKind::tuple, begin, no_node, 0, flag);
  if (at(TokenKind::kw_yield)) {
    const NodeId value = yield();
    nodes_[value].flags |= flag;
    expect(TokenKind::right_paren, "\")\" is missing");
    return value;
  }
  const NodeId first = star_or_named();
  if (at(TokenKind::kw_for) || at(TokenKind::kw_async)) {
    return comprehension(NodeKind::generator, begin, first, TokenKind::right_paren);
  }
  if (!at(TokenKind::comma)) {
    if (is(first, NodeKind::starred)) return fail("a starred expression alone");
    expect(TokenKind::right_paren, "\")\" is missing");
    nodes_[first].flags |= flag;
    return first;
  }
  Children children;
  add(children, first);
  while (take(TokenKind::comma) && at_expression()) add(children, star_or_named());
  expect(TokenKind::right_paren, "\")\" is missing");
  return make(NodeKind::tuple, begin, children.first, 0, flag);
}

NodeId Parser::list() {
  const auto begin = token_.begin;
  advance();
  Children children;
  if (at_expression()) {
    add(children, star_or_named());
    if (at(TokenKind::kw_for) || at(TokenKind::kw_async)) {
      return comprehension(NodeKind::list_comp, begin, children.first, TokenKind::right_bracket);
    }
    while (take(TokenKind::comma) && at_expression()) add(children, star_or_named());
  }
  expect(TokenKind::right_bracket, "\"]\" is missing");
  return make(NodeKind::list, begin, children.first);
}

NodeId Parser::dict_item() {
  const auto begin = token_.begin;
  if (at(TokenKind::double_star)) {
    const Deeper deeper(*this);
    if (!deeper) return no_node;
    advance();
    const NodeId value = binary(operand_power);
    return make(NodeKind::double_starred, begin, value);
  }
  const NodeId key = expression();
  expect(TokenKind::colon, "\":\" is missing");
  const NodeId value = expression();
  return make(NodeKind::dict_item, begin, pair(key, value));
}

// A dictionary or a set.
NodeId Parser::braces() {
  using enum TokenKind;
  const auto begin = token_.begin;
  advance();
  if (take(right_brace)) return make(NodeKind::dict, begin);
  Children children;
  NodeKind kind = NodeKind::dict;
  const auto item_begin = token_.begin;
  if (at(double_star)) {
    add(children, dict_item());
    if (at(kw_for) || at(kw_async)) return fail("unpacking in a comprehension");
  } else {
    const NodeId first = star_or_named();
    if (at(colon) && !is(first, NodeKind::starred) && !is_bare_named(first)) {
      advance();
      const NodeId value = expression();
      add(children, make(NodeKind::dict_item, item_begin, pair(first, value)));
    } else {
      kind = NodeKind::set;
      add(children, first);
    }
    if (at(kw_for) || at(kw_async)) {
      return comprehension(kind == NodeKind::set ? NodeKind::set_comp : NodeKind::dict_comp, begin,
                           children.first, right_brace);
    }
  }
  while (take(comma) && !at(right_brace) && !failed_) {
    add(children, kind == NodeKind::set ? star_or_named() : dict_item());
  }
  expect(right_brace, "\"}\" is missing");
  return make(kind, begin, children.first);
}

// From its first "for" to its closing bracket.
NodeId Parser::comprehension(NodeKind kind, std::uint32_t begin, NodeId element, TokenKind close) {
  using enum TokenKind;
  const Deeper deeper(*this);  // what it goes through is no whole expression, and may nest
  if (!deeper) return no_node;
  if (is(element, NodeKind::starred)) return fail("unpacking in a comprehension");
  Children children;
  add(children, element);
  while ((at(kw_for) || at(kw_async)) && !failed_) {
    const auto clause_begin = token_.begin;
    const unsigned flags = take(kw_async) ? NodeFlag::async : 0;
    expect(kw_for, "\"for\" is missing");
    Children parts;
    add(parts, target_list());
    expect(kw_in, "\"in\" is missing");
    add(parts, binary(disjunction_power));
    while (take(kw_if)) add(parts, binary(disjunction_power));
    add(children, make(NodeKind::comprehension, clause_begin, parts.first, 0, flags));
  }
  if (!take(close)) {
    return fail("a closing bracket is missing", kind == NodeKind::list_comp && at(comma));
  }
  return make(kind, begin, children.first);
}

NodeId Parser::strings() {
  const auto begin = token_.begin;
  const auto one = [this] {
    if (at(TokenKind::fstring_start)) return fstring();
    const auto string_begin = token_.begin;
    const auto flags = token_.flags;
    advance();
    return make(NodeKind::string, string_begin, no_node, 0, flags);
  };
  const NodeId first = one();
  if (!at(TokenKind::string) && !at(TokenKind::fstring_start)) return first;
  Children children;
  add(children, first);
  while (at(TokenKind::string) || at(TokenKind::fstring_start)) add(children, one());
  bool bytes = false;
  bool text = false;
  for (NodeId id = children.first; id != no_node; id = nodes_[id].next_sibling) {
    ((nodes_[id].flags & NodeFlag::bytes) != 0 ? bytes : text) = true;
  }
  if (bytes && text) return fail("bytes and text side by side", true);
  return make(NodeKind::concatenated, begin, children.first);
}

NodeId Parser::fstring() {
  const auto begin = token_.begin;
  const auto flags = token_.flags;
  advance();
  Children children;
  fstring_parts(children, TokenKind::fstring_end);
  expect(TokenKind::fstring_end, "an f-string does not end");
  return make(NodeKind::fstring, begin, children.first, 0, flags);
}

void Parser::fstring_parts(Children& children, TokenKind last) {
  while (!at(last) && !failed_) {
    if (at(TokenKind::fstring_middle)) {
      const auto begin = token_.begin;
      const auto flags = token_.flags;
      advance();
      add(children, make(NodeKind::string_part, begin, no_node, 0, flags));
    } else if (at(TokenKind::left_brace)) {
      add(children, replacement());
    } else {
      fail();
    }
  }
}

NodeId Parser::replacement() {
  using enum TokenKind;
  const Deeper deeper(*this);
  if (!deeper) return no_node;
  const auto begin = token_.begin;
  advance();
  Children children;
  add(children, expressions_or_yield());
  const unsigned flags = take(equal) ? NodeFlag::self_documenting : 0;
  unsigned conversion = 0;
  if (take(bang)) {
    conversion = token_.kind == name ? static_cast<unsigned char>(source_[token_.begin]) : 0;
    const bool one_letter = token_.end - token_.begin == 1;
    if (!one_letter || (conversion != 'r' && conversion != 's' && conversion != 'a')) {
      return fail("an f-string's conversion that does not exist");
    }
    advance();
  }
  if (take(colon)) {
    const auto format = last_end_;
    Children parts;
    fstring_parts(parts, right_brace);
    add(children, make(NodeKind::format_spec, format, parts.first));
  }
  expect(right_brace, "\"}\" is missing");
  return make(NodeKind::replacement, begin, children.first, conversion, flags);
}

}  // namespace assay::python
