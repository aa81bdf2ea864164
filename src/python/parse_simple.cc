#include "python/parser.h"

namespace assay::python {

NodeId Parser::simple_statement() {
  using enum TokenKind;
  const auto begin = token_.begin;
  const auto word = [&](NodeKind kind) {
    advance();
    return make(kind, begin);
  };
  switch (token_.kind) {
    case kw_pass: return word(NodeKind::pass);
    case kw_break: return word(NodeKind::break_);
    case kw_continue: return word(NodeKind::continue_);
    case kw_return: {
      advance();
      const NodeId value = at_expression() ? expressions() : no_node;
      return make(NodeKind::return_, begin, value);
    }
    case kw_import: return import();
    case kw_from: return import_from();
    case kw_global: return names(NodeKind::global);
    case kw_nonlocal: return names(NodeKind::nonlocal);
    case kw_del: return delete_statement();
    case kw_raise: return raise_statement();
    case kw_assert: return assert_statement();
    case name:
      if (at(SoftWord::type) && peek().kind == name) return type_alias();
      if (at(SoftWord::print) || at(SoftWord::exec)) {
        const NodeId old = old_statement();
        if (old != no_node || failed_) return old;
      }
      return expression_statement();
    default: return expression_statement();
  }
}

NodeId Parser::expression_statement() {
  const auto begin = token_.begin;
  const NodeId first = expressions_or_yield();
  if (failed_) return no_node;
  if (at(TokenKind::equal)) {
    Children children;
    add(children, first);
    check_target(first);
    while (take(TokenKind::equal)) {
      add(children, expressions_or_yield());
      if (at(TokenKind::equal)) check_target(children.last);
    }
    return make(NodeKind::assign, begin, children.first);
  }
  if (token_.kind >= TokenKind::plus_equal && token_.kind <= TokenKind::caret_equal) {
    constexpr Operator operations[] = {
        Operator::add,        Operator::subtract,   Operator::multiply,        Operator::divide,
        Operator::floor_divide, Operator::modulo,   Operator::matrix_multiply, Operator::power,
        Operator::left_shift, Operator::right_shift, Operator::bit_and,        Operator::bit_or,
        Operator::bit_xor};
    const auto operation = operations[static_cast<unsigned>(token_.kind) -
                                      static_cast<unsigned>(TokenKind::plus_equal)];
    check_single_target(first);
    advance();
    const NodeId value = expressions_or_yield();
    return make(NodeKind::aug_assign, begin, pair(first, value), static_cast<unsigned>(operation));
  }
  if (at(TokenKind::colon)) return annotated_assignment(begin, first);
  return make(NodeKind::expression, begin, first);
}

NodeId Parser::annotated_assignment(std::uint32_t begin, NodeId target) {
  check_single_target(target);
  advance();
  Children children;
  add(children, target);
  add(children, expression());
  if (take(TokenKind::equal)) add(children, expressions_or_yield());
  return make(NodeKind::ann_assign, begin, children.first);
}

// Python 2's print and exec, as calls. no_node, and nothing read, if it is an ordinary name.
NodeId Parser::old_statement() {
  using enum TokenKind;
  const bool executes = at(SoftWord::exec);
  switch (peek().kind) {
    case name: case integer: case floating: case imaginary: case string: case fstring_start:
    case left_brace: case ellipsis: case backquote: case tilde: case kw_false: case kw_lambda:
    case kw_none: case kw_true: break;
    default: return no_node;
  }
  const auto begin = token_.begin;
  warn(begin, executes ? "an exec statement" : "a print statement", true);
  advance();
  const NodeId callee = make(NodeKind::name, begin);
  const auto given = token_.begin;
  Children children;
  if (executes) {
    add(children, binary(5));
    if (take(kw_in)) {
      do {
        add(children, expression());
      } while (take(comma));
    }
  } else {
    do {
      add(children, expression());
    } while (take(comma) && at_expression());
  }
  const NodeId arguments = make(NodeKind::arguments, given, children.first);
  const NodeId call = make(NodeKind::call, begin, pair(callee, arguments));
  return make(NodeKind::expression, begin, call);
}

NodeId Parser::dotted_name() {
  const auto begin = token_.begin;
  do {
    if (!take(TokenKind::name)) return fail("a name is missing");
  } while (take(TokenKind::dot));
  return make(NodeKind::dotted_name, begin);
}

NodeId Parser::alias(bool dotted) {
  const auto begin = token_.begin;
  Children children;
  if (dotted) {
    add(children, dotted_name());
  } else {
    if (!take(TokenKind::name)) return fail("a name is missing");
    add(children, make(NodeKind::dotted_name, begin));
  }
  if (take(TokenKind::kw_as)) add(children, identifier());
  return make(NodeKind::alias, begin, children.first);
}

NodeId Parser::import() {
  const auto begin = token_.begin;
  advance();
  Children children;
  do {
    add(children, alias(true));
  } while (take(TokenKind::comma));
  return make(NodeKind::import, begin, children.first);
}

NodeId Parser::import_from() {
  using enum TokenKind;
  const auto begin = token_.begin;
  advance();
  unsigned dots = 0;
  while (at(dot) || at(ellipsis)) {
    dots += at(dot) ? 1 : 3;
    advance();
  }
  Children children;
  if (!at(kw_import) || dots == 0) add(children, dotted_name());
  expect(kw_import, "\"import\" is missing");
  if (at(star)) {
    const auto all = token_.begin;
    advance();
    const NodeId name = make(NodeKind::dotted_name, all);
    add(children, make(NodeKind::alias, all, name));
  } else if (take(left_paren)) {
    do {
      add(children, alias(false));
    } while (take(comma) && !at(right_paren));
    expect(right_paren, "\")\" is missing");
  } else {
    do {
      add(children, alias(false));
    } while (take(comma));
  }
  return make(NodeKind::import_from, begin, children.first, dots < 255 ? dots : 255);
}

NodeId Parser::names(NodeKind kind) {
  const auto begin = token_.begin;
  advance();
  Children children;
  do {
    add(children, identifier());
  } while (take(TokenKind::comma));
  return make(kind, begin, children.first);
}

NodeId Parser::delete_statement() {
  const auto begin = token_.begin;
  advance();
  Children children;
  do {
    const NodeId target = primary();
    check_target(target, true);
    add(children, target);
  } while (take(TokenKind::comma) && at_expression());
  return make(NodeKind::delete_, begin, children.first);
}

NodeId Parser::raise_statement() {
  using enum TokenKind;
  const auto begin = token_.begin;
  advance();
  if (!at_expression()) return make(NodeKind::raise, begin);
  Children children;
  const auto what = token_.begin;
  const NodeId exception = expression();
  if (at(comma)) {  // Python 2: raise E, value, traceback, which is E(value)
    warn(token_.begin, "\"raise E, value\"", true);
    advance();
    const auto given = token_.begin;
    Children values;
    do {
      add(values, expression());
    } while (take(comma));
    const NodeId arguments = make(NodeKind::arguments, given, values.first);
    add(children, make(NodeKind::call, what, pair(exception, arguments)));
    return make(NodeKind::raise, begin, children.first);
  }
  add(children, exception);
  if (take(kw_from)) {
    const auto cause = token_.begin;
    const NodeId value = expression();
    add(children, make(NodeKind::cause, cause, value));
  }
  return make(NodeKind::raise, begin, children.first);
}

NodeId Parser::assert_statement() {
  const auto begin = token_.begin;
  advance();
  Children children;
  add(children, expression());
  if (take(TokenKind::comma)) add(children, expression());
  return make(NodeKind::assert_, begin, children.first);
}

NodeId Parser::type_alias() {
  const auto begin = token_.begin;
  advance();
  Children children;
  add(children, identifier());
  if (at(TokenKind::left_bracket)) add(children, type_parameters());
  expect(TokenKind::equal, "\"=\" is missing");
  add(children, expression());
  return make(NodeKind::type_alias, begin, children.first);
}

}  // namespace assay::python
