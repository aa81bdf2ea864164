#include <algorithm>
#include <array>
#include <utility>

#include "python/parser.h"

namespace assay::python {

namespace {

// The binary operators' precedence (the language reference, 6.17), from the loosest; 0: no operator.
enum Power : std::uint8_t {
  no_power, or_power, and_power, not_power, compare_power, bit_or_power, bit_xor_power,
  bit_and_power, shift_power, sum_power, product_power,
};

struct Binding {
  Power power = no_power;
  Operator operation = Operator::none;
};

struct Bindings {
  std::array<Binding, token_kinds> table{};
  constexpr Bindings() {
    using enum TokenKind;
    set(kw_or, or_power, Operator::or_);
    set(kw_and, and_power, Operator::and_);
    set(kw_not, compare_power, Operator::not_in);
    set(kw_in, compare_power, Operator::in);
    set(kw_is, compare_power, Operator::is);
    set(less, compare_power, Operator::less);
    set(less_equal, compare_power, Operator::less_equal);
    set(greater, compare_power, Operator::greater);
    set(greater_equal, compare_power, Operator::greater_equal);
    set(equal_equal, compare_power, Operator::equal);
    set(not_equal, compare_power, Operator::not_equal);
    set(bar, bit_or_power, Operator::bit_or);
    set(caret, bit_xor_power, Operator::bit_xor);
    set(ampersand, bit_and_power, Operator::bit_and);
    set(left_shift, shift_power, Operator::left_shift);
    set(right_shift, shift_power, Operator::right_shift);
    set(plus, sum_power, Operator::add);
    set(minus, sum_power, Operator::subtract);
    set(star, product_power, Operator::multiply);
    set(slash, product_power, Operator::divide);
    set(double_slash, product_power, Operator::floor_divide);
    set(percent, product_power, Operator::modulo);
    set(at_sign, product_power, Operator::matrix_multiply);
  }
  constexpr void set(TokenKind kind, Power power, Operator operation) {
    table[static_cast<unsigned>(kind)] = {power, operation};
  }
  Binding operator[](TokenKind kind) const { return table[static_cast<unsigned>(kind)]; }
};
constexpr Bindings bindings;

}  // namespace

bool Parser::at_expression() const {
  using enum TokenKind;
  switch (token_.kind) {
    case name: case integer: case floating: case imaginary: case string: case fstring_start:
    case left_paren: case left_bracket: case left_brace: case ellipsis: case backquote:
    case plus: case minus: case tilde: case star: case kw_await: case kw_false: case kw_lambda:
    case kw_none: case kw_not: case kw_true: return true;
    default: return false;
  }
}

NodeId Parser::expressions() {
  const auto begin = token_.begin;
  const NodeId first = star_or_expression();
  return at(TokenKind::comma) ? more_expressions(begin, first) : first;
}

NodeId Parser::expressions_or_yield() { return at(TokenKind::kw_yield) ? yield() : expressions(); }

// From the first comma on.
NodeId Parser::more_expressions(std::uint32_t begin, NodeId first) {
  Children children;
  add(children, first);
  while (take(TokenKind::comma) && at_expression()) add(children, star_or_expression());
  return make(NodeKind::tuple, begin, children.first);
}

NodeId Parser::star_or_expression() { return at(TokenKind::star) ? starred() : expression(); }
NodeId Parser::star_or_named() { return at(TokenKind::star) ? starred() : named(); }

NodeId Parser::starred() {
  const Deeper deeper(*this);
  if (!deeper) return no_node;
  const auto begin = token_.begin;
  advance();
  const NodeId value = binary(bit_or_power);
  return make(NodeKind::starred, begin, value);
}

NodeId Parser::named() {
  const auto begin = token_.begin;
  const NodeId left = expression();
  if (!at(TokenKind::walrus)) return left;
  if (!is(left, NodeKind::name) || (nodes_[left].flags & NodeFlag::parenthesised) != 0) {
    return fail("\":=\" assigns to a name alone");
  }
  advance();
  const NodeId value = expression();
  return make(NodeKind::named_expr, begin, pair(left, value));
}

NodeId Parser::expression() {
  const Deeper deeper(*this);
  if (!deeper) return no_node;
  const auto around = std::exchange(long_links_, 0);
  const NodeId id = at(TokenKind::kw_lambda) ? lambda() : conditional();
  long_links_ = std::max(around, long_links_);
  return id;
}

NodeId Parser::conditional() {
  const auto begin = token_.begin;
  const NodeId body = binary(or_power);
  if (!at(TokenKind::kw_if)) return body;
  advance();
  Children children;
  add(children, body);
  add(children, binary(or_power));
  expect(TokenKind::kw_else, "\"else\" is missing");
  add(children, expression());
  return make(NodeKind::if_exp, begin, children.first);
}

NodeId Parser::lambda() {
  const auto begin = token_.begin;
  advance();
  const NodeId first = parameters(true);
  expect(TokenKind::colon, "\":\" is missing");
  const NodeId body = expression();
  return make(NodeKind::lambda, begin, pair(first, body));
}

NodeId Parser::yield() {
  const auto begin = token_.begin;
  advance();
  if (take(TokenKind::kw_from)) {
    const NodeId value = expression();
    return make(NodeKind::yield_from, begin, value);
  }
  const NodeId value = at_expression() ? expressions() : no_node;
  return make(NodeKind::yield, begin, value);
}

NodeId Parser::binary(unsigned power) {
  const auto begin = token_.begin;
  NodeId left;
  if (at(TokenKind::kw_not) && power <= not_power) {
    const Deeper deeper(*this);
    if (!deeper) return no_node;
    advance();
    const NodeId operand = binary(not_power);
    left = make(NodeKind::unary_op, begin, operand, static_cast<unsigned>(Operator::not_));
  } else {
    left = unary();
  }
  for (unsigned links = 0;;) {
    const Binding binding = bindings[token_.kind];
    if (binding.power < power) return left;
    if (binding.power <= and_power) {
      left = boolean(begin, left);
    } else if (binding.power == compare_power) {
      left = comparison(begin, left);
    } else {
      if (!fits_chain(++links)) return no_node;
      advance();
      const NodeId right = binary(binding.power + 1);
      left = make(NodeKind::bin_op, begin, pair(left, right),
                  static_cast<unsigned>(binding.operation));
    }
    if (failed_) return no_node;
  }
}

NodeId Parser::boolean(std::uint32_t begin, NodeId left) {
  const auto word = token_.kind;
  const Binding binding = bindings[word];
  Children children;
  add(children, left);
  while (take(word)) add(children, binary(binding.power + 1));
  return make(NodeKind::bool_op, begin, children.first, static_cast<unsigned>(binding.operation));
}

NodeId Parser::comparison(std::uint32_t begin, NodeId left) {
  Children children;
  add(children, left);
  while (bindings[token_.kind].power == compare_power) {
    const auto operator_begin = token_.begin;
    const auto kind = token_.kind;
    Operator operation = bindings[kind].operation;
    advance();
    if (kind == TokenKind::kw_not) expect(TokenKind::kw_in, "\"not\" without \"in\"");
    if (kind == TokenKind::kw_is && take(TokenKind::kw_not)) operation = Operator::is_not;
    const NodeId right = binary(compare_power + 1);
    add(children,
        make(NodeKind::compare_to, operator_begin, right, static_cast<unsigned>(operation)));
  }
  return make(NodeKind::compare, begin, children.first);
}

NodeId Parser::unary() {
  using enum TokenKind;
  const auto begin = token_.begin;
  if (at(minus) || at(plus) || at(tilde)) {
    const Deeper deeper(*this);
    if (!deeper) return no_node;
    const auto operation = at(minus)  ? Operator::negate
                           : at(plus) ? Operator::plus
                                      : Operator::invert;
    advance();
    const NodeId operand = unary();
    return make(NodeKind::unary_op, begin, operand, static_cast<unsigned>(operation));
  }
  NodeId left;
  if (take(kw_await)) {
    const NodeId awaited = primary();
    left = make(NodeKind::await, begin, awaited);
  } else {
    left = primary();
  }
  if (!at(double_star)) return left;
  const Deeper deeper(*this);
  if (!deeper) return no_node;
  advance();
  const NodeId right = unary();
  return make(NodeKind::bin_op, begin, pair(left, right), static_cast<unsigned>(Operator::power));
}

NodeId Parser::primary() {
  const auto begin = token_.begin;
  NodeId left = atom();
  for (unsigned links = 1;; ++links) {
    if (at(TokenKind::dot)) {
      advance();
      const NodeId name = identifier();
      left = make(NodeKind::attribute, begin, pair(left, name));
    } else if (at(TokenKind::left_paren)) {
      const NodeId given = arguments();
      left = make(NodeKind::call, begin, pair(left, given));
    } else if (at(TokenKind::left_bracket)) {
      advance();
      const NodeId at_index = index();
      expect(TokenKind::right_bracket, "\"]\" is missing");
      left = make(NodeKind::subscript, begin, pair(left, at_index));
    } else {
      return left;
    }
    if (failed_ || !fits_chain(links)) return no_node;
  }
}

NodeId Parser::arguments() {
  const auto begin = token_.begin;
  advance();
  Children children;
  bool keywords = false;
  bool unpacked = false;  // ** was given
  while (!at(TokenKind::right_paren)) {
    const NodeId given = argument();
    if (failed_) return no_node;
    const auto kind = nodes_[given].kind;
    if (at(TokenKind::kw_for) || at(TokenKind::kw_async)) {
      if (children.first != no_node || kind == NodeKind::keyword || kind == NodeKind::starred ||
          kind == NodeKind::double_starred) {
        return fail("a generator must stand in parentheses");
      }
      add(children, comprehension(NodeKind::generator, begin, given, TokenKind::right_paren));
      return make(NodeKind::arguments, begin, children.first);
    }
    if (kind == NodeKind::double_starred) {
      unpacked = true;
    } else if (kind == NodeKind::keyword) {
      keywords = true;
    } else if (unpacked || (keywords && kind != NodeKind::starred)) {
      return fail("a positional argument after a keyword");
    }
    add(children, given);
    if (!take(TokenKind::comma)) break;
  }
  expect(TokenKind::right_paren, "\")\" is missing");
  return make(NodeKind::arguments, begin, children.first);
}

NodeId Parser::argument() {
  const auto begin = token_.begin;
  if (at(TokenKind::star) || at(TokenKind::double_star)) {
    const auto kind = at(TokenKind::star) ? NodeKind::starred : NodeKind::double_starred;
    advance();
    const NodeId value = expression();
    return make(kind, begin, value);
  }
  const NodeId given = named();
  if (!at(TokenKind::equal)) return given;
  if (!is(given, NodeKind::name) || (nodes_[given].flags & NodeFlag::parenthesised) != 0) {
    return fail("a keyword that is no name");
  }
  advance();
  nodes_[given].kind = NodeKind::identifier;
  const NodeId value = expression();
  return make(NodeKind::keyword, begin, pair(given, value));
}

NodeId Parser::index() {
  const auto begin = token_.begin;
  const NodeId first = slice();
  if (!at(TokenKind::comma)) {
    if (!is(first, NodeKind::starred)) return first;
    return make(NodeKind::tuple, begin, first);  // x[*a] is x[(*a,)]
  }
  Children children;
  add(children, first);
  while (take(TokenKind::comma) && (at_expression() || at(TokenKind::colon))) {
    add(children, slice());
  }
  return make(NodeKind::tuple, begin, children.first);
}

NodeId Parser::slice() {
  const auto begin = token_.begin;
  Children children;
  if (!at(TokenKind::colon)) {
    const NodeId first = star_or_named();
    if (!at(TokenKind::colon)) return first;
    if (is(first, NodeKind::starred) || is_bare_named(first)) return fail();
    add(children, make(NodeKind::lower, begin, first));
  }
  advance();
  for (const auto kind : {NodeKind::upper, NodeKind::step}) {
    if (kind == NodeKind::step && !take(TokenKind::colon)) break;
    const auto part = token_.begin;
    if (at_expression() && !at(TokenKind::star)) {
      const NodeId value = expression();
      add(children, make(kind, part, value));
    }
  }
  return make(NodeKind::slice, begin, children.first);
}

}  // namespace assay::python
