#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "python/syntax.h"

namespace assay::python {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A node as "kind(children)", a leaf as "kind:text".
void write(const Syntax& syntax, NodeId id, std::string& into) {
  into += kind_name(syntax.kind(id));
  if (syntax.child(id) == no_node) {
    if (!syntax.text(id).empty()) into += ":" + std::string(syntax.text(id));
    return;
  }
  into += '(';
  for (const NodeId child : syntax.children(id)) {
    if (into.back() != '(') into += ' ';
    write(syntax, child, into);
  }
  into += ')';
}

// The statements of a source, which must be without a problem.
std::string tree(std::string_view source) {
  const Syntax syntax = parse(source);
  for (const auto& problem : syntax.problems()) {
    ADD_FAILURE() << source << ": " << problem.offset << ' ' << problem.message;
  }
  std::string text;
  for (const NodeId id : syntax.children(0)) {
    if (!text.empty()) text += "; ";
    write(syntax, id, text);
  }
  return text;
}

// Of a source with problems: its tree, and the first problem.
struct Broken {
  std::string tree;
  std::string message;
  bool python2 = false;
  std::size_t problems = 0;
};
Broken broken(std::string_view source) {
  const Syntax syntax = parse(source);
  Broken result;
  for (const NodeId id : syntax.children(0)) {
    if (!result.tree.empty()) result.tree += "; ";
    write(syntax, id, result.tree);
  }
  result.problems = syntax.problems().size();
  if (result.problems == 0) {
    ADD_FAILURE() << "no problem in: " << source;
    return result;
  }
  result.message = syntax.problems().front().message;
  result.python2 = syntax.problems().front().python2;
  return result;
}

TEST(Parser, ReadsStatements) {
  EXPECT_EQ(tree(""), "");
  EXPECT_EQ(tree("# nothing\n\n"), "");
  EXPECT_EQ(tree("pass"), "pass:pass");
  EXPECT_EQ(tree("a = b = 1; a += 2\n"),
            "assign(name:a name:b number:1); aug_assign(name:a number:2)");
  EXPECT_EQ(tree("import os.path as p, re"),
            "import(alias(dotted_name:os.path identifier:p) alias(dotted_name:re))");
  EXPECT_EQ(tree("from . import (a, b as c,)"),
            "import_from(alias(dotted_name:a) alias(dotted_name:b identifier:c))");
  EXPECT_EQ(tree("x: int = 3"), "ann_assign(name:x name:int number:3)");
  EXPECT_EQ(tree("del a, b[0]"), "delete_(name:a subscript(name:b number:0))");
  EXPECT_EQ(tree("raise E from e"), "raise(name:E cause(name:e))");
  EXPECT_EQ(tree("global a, b"), "global(identifier:a identifier:b)");
}

TEST(Parser, PutsElifIntoElse) {
  EXPECT_EQ(tree("if a: b\nelif c: d\nelse: e\n"),
            "if_(name:a suite(expression(name:b)) else_(if_(name:c suite(expression(name:d)) "
            "else_(expression(name:e)))))");
}

TEST(Parser, ReadsDefinitions) {
  EXPECT_EQ(tree("@d(1)\nasync def f[T](a, /, b=1, *c, d: int, **e) -> x: return"),
            "function_def(decorator(call(name:d arguments(number:1))) identifier:f "
            "type_parameters(type_parameter(identifier:T)) parameters(parameter(identifier:a) "
            "parameter(identifier:b default_(number:1)) parameter(identifier:c) "
            "parameter(identifier:d annotation(name:int)) parameter(identifier:e)) "
            "returns(name:x) suite(return_:return))");
  EXPECT_EQ(tree("class A(B, metaclass=M):\n  x = 1\n"),
            "class_def(identifier:A arguments(name:B keyword(identifier:metaclass name:M)) "
            "suite(assign(name:x number:1)))");
}

TEST(Parser, BindsOperatorsByPrecedence) {
  EXPECT_EQ(tree("a + b * c ** -d"),
            "expression(bin_op(name:a bin_op(name:b bin_op(name:c unary_op(name:d)))))");
  EXPECT_EQ(tree("a - b - c"), "expression(bin_op(bin_op(name:a name:b) name:c))");
  EXPECT_EQ(tree("not a == b or c and d"),
            "expression(bool_op(unary_op(compare(name:a compare_to(name:b))) "
            "bool_op(name:c name:d)))");
  EXPECT_EQ(tree("a < b not in c is not d"),
            "expression(compare(name:a compare_to(name:b) compare_to(name:c) compare_to(name:d)))");
  EXPECT_EQ(tree("-x ** 2"), "expression(unary_op(bin_op(name:x number:2)))");
  EXPECT_EQ(tree("await a ** b"), "expression(bin_op(await(name:a) name:b))");
  EXPECT_EQ(tree("a if b else lambda x: y"),
            "expression(if_exp(name:a name:b lambda(parameters(parameter(identifier:x)) name:y)))");
}

TEST(Parser, AssignsWithinExpressionsWhereTheGrammarDoes) {
  EXPECT_EQ(tree("{(a := b): c}"),
            "expression(dict(dict_item(named_expr(name:a name:b) name:c)))");
  EXPECT_EQ(tree("x[(a := 1):]"),
            "expression(subscript(name:x slice(lower(named_expr(name:a number:1)))))");
  EXPECT_EQ(broken("{a := b: c}").tree, "error:{a := b: c}");
  EXPECT_EQ(broken("(a) := b").tree, "error:(a) := b");
}

// What nests is bounded, not what stands side by side.
TEST(Parser, ReadsManyLongChains) {
  std::string chain = "a";
  for (int i = 0; i < 500; ++i) chain += " + a";
  std::string source = "x = [\n";
  for (int i = 0; i < 20; ++i) source += chain + ",\n";
  EXPECT_THAT(parse(source + "]\n").problems(), IsEmpty());
  std::string nested = "a";
  for (int i = 0; i < 20; ++i) nested = "(" + nested + ")" + chain.substr(1);
  EXPECT_EQ(broken("x = " + nested).message, "an expression of too many parts");
}

TEST(Parser, ReadsStrings) {
  EXPECT_EQ(tree("'a' \"b\""), "expression(concatenated(string:'a' string:\"b\"))");
  EXPECT_EQ(tree("f'a{x!r:>{w}}b'"),
            "expression(fstring(string_part:a replacement(name:x format_spec(string_part:> "
            "replacement(name:w))) string_part:b))");
  EXPECT_EQ(tree("f'{a['b']}'"),  // PEP 701: the same quotes inside
            "expression(fstring(replacement(subscript(name:a string:'b'))))");
  EXPECT_EQ(tree("t'{a=}'"), "expression(fstring(replacement(name:a)))");
}

TEST(Parser, ReadsMatch) {
  EXPECT_EQ(tree("match x:\n case [1, *_] | A.b if c: pass\n case {'k': v, **r}: pass\n"
                 " case P(a, b=_) as p: pass\n"),
            "match(name:x match_case(match_or(match_sequence(match_value(number:1) match_star:*_) "
            "match_value(attribute(name:A identifier:b))) guard(name:c) suite(pass:pass)) "
            "match_case(match_mapping(match_item(string:'k' match_as(identifier:v)) "
            "match_star(identifier:r)) suite(pass:pass)) match_case(match_as(match_class(name:P "
            "match_as(identifier:a) match_keyword(identifier:b match_as:_)) identifier:p) "
            "suite(pass:pass)))");
  EXPECT_EQ(tree("match(x)\nmatch[1]: int = 2\ncase = type = match\nmatch -x"),
            "expression(call(name:match arguments(name:x))); ann_assign(subscript(name:match "
            "number:1) name:int number:2); assign(name:case name:type name:match); "
            "expression(bin_op(name:match name:x))");
}

TEST(Parser, TellsWithItemsFromATuple) {
  EXPECT_EQ(tree("with (a as b, c): pass"),
            "with(with_item(name:a name:b) with_item(name:c) suite(pass:pass))");
  EXPECT_EQ(tree("with (a, b) as c: pass"),
            "with(with_item(tuple(name:a name:b) name:c) suite(pass:pass))");
  EXPECT_EQ(tree("with (a).b() as c: pass"),
            "with(with_item(call(attribute(name:a identifier:b) arguments:()) name:c) "
            "suite(pass:pass))");
}

TEST(Parser, GoesOnAtTheNextLineAfterAnError) {
  EXPECT_EQ(broken("x = = 1\ny = 2\n").tree, "error:x = = 1; assign(name:y number:2)");
  EXPECT_EQ(broken("def f(:\n  return 1\nz\n").tree,
            "error:def f(:; return_(number:1); expression(name:z)");
  EXPECT_EQ(broken("foo(a, b\ndef g(): pass\n").tree,
            "error:foo(a, b; function_def(identifier:g parameters:() suite(pass:pass))");
  EXPECT_EQ(broken("if a:\n  b\nelif c c:\n  d\n").tree,
            "if_(name:a suite(expression(name:b))); expression(name:d)");
  EXPECT_EQ(broken("x = 'abc\ny = 1").tree, "error:x = 'abc; assign(name:y number:1)");
}

TEST(Parser, RecognisesPython2) {
  const auto old = [](std::string_view source) {
    const Broken result = broken(source);
    EXPECT_TRUE(result.python2) << source << ": " << result.message;
    return result.tree;
  };
  EXPECT_EQ(old("print 'a', b"), "expression(call(name:print arguments(string:'a' name:b)))");
  EXPECT_EQ(old("exec code in scope"), "expression(call(name:exec arguments(name:code name:scope)))");
  EXPECT_EQ(old("raise E, 'v'"), "raise(call(name:E arguments(string:'v')))");
  EXPECT_EQ(old("try: a\nexcept E, e: b"),
            "try_(suite(expression(name:a)) except_handler(name:E identifier:e "
            "suite(expression(name:b))))");
  EXPECT_EQ(old("a <> b"), "expression(compare(name:a compare_to(name:b)))");
  EXPECT_EQ(old("`a`"), "expression(name:a)");
  EXPECT_EQ(old("ur'a' ; 0777 ; 10L"), "expression(string:ur'a'); expression(number:0777); "
                                       "expression(number:10L)");
  EXPECT_EQ(old("def f(a, (b, c)): pass"),
            "function_def(identifier:f parameters(parameter(identifier:a) "
            "parameter(identifier:(b, c))) suite(pass:pass))");
}

TEST(Parser, ReadsExceptOfSeveralTypes) {  // PEP 758
  EXPECT_EQ(tree("try: a\nexcept A, B: b"),
            "try_(suite(expression(name:a)) except_handler(tuple(name:A name:B) "
            "suite(expression(name:b))))");
}

TEST(Parser, BoundsWhatIsDeep) {
  for (const std::string_view part : {"(", "[", "{", "-", "not ", "lambda:", "a if b else ", "f'{",
                                      "a**", "x[", "f(", "await ", "if a:\n ", "*", "a.b", "a+",
                                      "((a,", "{a:", "[a for a in ", "[*", "{**{", "`", "match (", "with (", "elif a: b\n",
                                      "case (", "\"\"\"\\", "\1", "a\tb\n"}) {
    std::string text;
    while (text.size() < 100'000) text += part;
    const Syntax syntax = parse(text);
    EXPECT_LE(syntax.nodes().size(), text.size() + 2);
    EXPECT_THAT(syntax.problems(), Not(IsEmpty())) << part;
  }
}

TEST(Parser, PlacesNodesWithinTheirParents) {
  const std::string_view source =
      "@d\ndef f(a=(1)):\n  return {**a, 'b': [c for c in (d)]}\nx = f'{y:{z}}' 'w'\n";
  const Syntax syntax = parse(source);
  for (NodeId id = 0; id < syntax.nodes().size(); ++id) {
    for (const NodeId child : syntax.children(id)) {
      EXPECT_LE(syntax[id].begin, syntax[child].begin) << syntax.text(child);
      EXPECT_GE(syntax[id].end, syntax[child].end) << syntax.text(child);
    }
  }
}

}  // namespace
}  // namespace assay::python
