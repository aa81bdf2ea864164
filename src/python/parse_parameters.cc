#include "python/parser.h"

namespace assay::python {

// Of a lambda up to its ":"; of a function from "(" to ")".
NodeId Parser::parameters(bool in_lambda) {
  using enum TokenKind;
  const auto begin = token_.begin;
  const auto last = in_lambda ? colon : right_paren;
  if (!in_lambda) advance();
  Children children;
  auto kind = ParameterKind::ordinary;
  bool has_default = false;
  bool bare_star = false;  // a "*" without a name wants a name after it
  bool slash_seen = false;
  bool after_all = false;  // ** was given
  while (!at(last) && !failed_) {
    if (after_all) return fail("a parameter after \"**\"");
    if (at(slash)) {
      if (slash_seen || children.first == no_node || kind != ParameterKind::ordinary) return fail();
      slash_seen = true;
      for (NodeId id = children.first; id != no_node; id = nodes_[id].next_sibling) {
        nodes_[id].detail = static_cast<std::uint8_t>(ParameterKind::positional_only);
      }
      advance();
    } else if (at(star)) {
      if (kind == ParameterKind::keyword_only) return fail("a second \"*\"");
      kind = ParameterKind::keyword_only;
      const auto star_begin = token_.begin;
      advance();
      if (at(comma)) {
        bare_star = true;
      } else {
        const NodeId id = parameter(ParameterKind::starred, in_lambda);
        nodes_[id].begin = star_begin;
        add(children, id);
        if (at(equal)) return fail("a default of \"*\"");
      }
    } else if (at(double_star)) {
      if (bare_star) return fail("a name is missing after \"*\"");
      after_all = true;
      const auto star_begin = token_.begin;
      advance();
      const NodeId id = parameter(ParameterKind::double_starred, in_lambda);
      nodes_[id].begin = star_begin;
      add(children, id);
      if (at(equal)) return fail("a default of \"**\"");
    } else {
      bare_star = false;
      const NodeId id = parameter(kind, in_lambda);
      add(children, id);
      if (failed_) return no_node;
      bool given = false;
      for (NodeId at = nodes_[id].first_child; at != no_node; at = nodes_[at].next_sibling) {
        given |= is(at, NodeKind::default_);
      }
      if (kind == ParameterKind::ordinary && has_default && !given) {
        return fail("a parameter without a default after one that has it");
      }
      has_default |= given;
    }
    if (!take(comma)) break;
  }
  if (bare_star) return fail("a name is missing after \"*\"");
  if (!in_lambda) expect(right_paren, "\")\" is missing");
  const NodeId id = make(NodeKind::parameters, begin, children.first);
  if (nodes_[id].end < begin) nodes_[id].end = begin;  // a lambda without any
  return id;
}

NodeId Parser::parameter(ParameterKind kind, bool in_lambda) {
  using enum TokenKind;
  const auto begin = token_.begin;
  const bool plain = kind != ParameterKind::starred && kind != ParameterKind::double_starred;
  Children children;
  if (at(left_paren) && plain) {  // Python 2: def f(a, (b, c))
    warn(begin, "a tuple as a parameter", true);
    const auto mark = nodes_.size();
    const NodeId names = parenthesised();
    check_target(names);
    if (failed_) return no_node;
    nodes_.resize(mark);
    add(children, make(NodeKind::identifier, begin));
  } else {
    add(children, identifier());
  }
  if (!in_lambda && take(colon)) {
    const auto type = token_.begin;
    const NodeId value = kind == ParameterKind::starred ? star_or_expression() : expression();
    add(children, make(NodeKind::annotation, type, value));
  }
  if (plain && take(equal)) {
    const auto given = token_.begin;
    const NodeId value = expression();
    add(children, make(NodeKind::default_, given, value));
  }
  return make(NodeKind::parameter, begin, children.first, static_cast<unsigned>(kind));
}

}  // namespace assay::python
