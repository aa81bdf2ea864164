#include "python/parser.h"

#include "python/characters.h"
#include "python/encoding.h"

namespace assay::python {

namespace {

// Keywords that begin a statement and nothing else: one at the beginning of a line tells that a
// bracket above it was never closed.
bool begins_statement(TokenKind kind) {
  using enum TokenKind;
  switch (kind) {
    case kw_assert: case kw_break: case kw_class: case kw_continue: case kw_def: case kw_del:
    case kw_global: case kw_import: case kw_nonlocal: case kw_pass: case kw_raise: case kw_return:
    case kw_try: case kw_while: case kw_with: return true;
    default: return false;
  }
}

}  // namespace

Parser::Parser(std::string_view source) : source_(source), lexer_(source, problems_) {
  nodes_.reserve(source.size() / 5 + 16);  // what most code needs
  nodes_.emplace_back();
}

Syntax Parser::run() {
  check_encoding(source_, problems_);
  token_ = lexer_.next();
  Children children;
  statements(children, TokenKind::end);
  nodes_[0] = {NodeKind::module, 0, 0, 0, static_cast<std::uint32_t>(source_.size()),
               children.first, no_node};
  return {source_, std::move(nodes_), problems_.take()};
}

Token Parser::peek() {
  const auto place = lexer_.place();
  const auto problems = problems_.count();
  const Token token = lexer_.next();
  lexer_.back_to(place);
  problems_.back_to(problems);
  return token;
}

void Parser::back_to(const Retreat& retreat) {
  lexer_.back_to(retreat.place);
  token_ = retreat.token;
  last_end_ = retreat.last_end;
  nodes_.resize(retreat.nodes);
  problems_.back_to(retreat.problems);
  failed_ = false;
}

NodeId Parser::fail(const char* message, bool python2) {
  if (failed_) return no_node;
  failed_ = true;
  failed_at_ = token_;
  if (token_.kind != TokenKind::bad) problems_.add(token_.begin, message, python2);
  token_.kind = TokenKind::bad;
  return no_node;
}

// Goes to the next logical line.
void Parser::recover() {
  Token token = failed_at_;
  for (;; token = lexer_.next()) {
    if (token.kind == TokenKind::end) {
      token_ = token;
      break;
    }
    if (token.kind == TokenKind::newline) {
      token_ = lexer_.next();
      break;
    }
    if (lexer_.depth() > 0 && begins_statement(token.kind)) {
      auto line = token.begin;
      while (line > 0 && is_blank(source_[line - 1])) --line;
      if (line > 0 && is_line_end(source_[line - 1])) {
        lexer_.start_line_at(token.begin);
        token_ = lexer_.next();
        break;
      }
    }
    last_end_ = token.end;
  }
  failed_ = false;
  after_error_ = true;
}

// A chain, `a.b.c` or `a + b + c`, is as deep a tree as it is long, and deeper by what is in it.
// CPython's has no more than 3000 levels.
bool Parser::fits_chain(unsigned links) {
  constexpr unsigned ordinary = 32;
  constexpr unsigned longest = 3000;
  if (links <= ordinary || ++long_links_ <= longest) return true;
  fail("an expression of too many parts");
  return false;
}

Syntax parse(std::string_view source) {
  if (source.size() >= UINT32_MAX) {
    return {source, {Node{}}, {{0, "the source is longer than 4 GiB", false}}};
  }
  return Parser(source).run();
}

}  // namespace assay::python
